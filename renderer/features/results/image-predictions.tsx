import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import type { ImageDetail } from '../../../main/contract/api/results-image.ts';
import type { Group as ModelGroup } from '../../../main/contract/results/exhibit.ts';
import { className, formatFixed } from '../../../main/domain/numbers/format.ts';
import { HelpNote } from '../../ui/parts/states.tsx';
import { ArchitectureMark } from '../../ui/words/badges.tsx';
import { ClassName } from '../../ui/words/class-name.tsx';
import { ScrollBox, withKeys } from '../../ui/tables/plain-table.tsx';
import { Undefined } from '../../ui/words/values.tsx';
import { useParameters } from '../../results/address.ts';
import { groupTitle, useChoice } from '../../results/choice.tsx';

/** Rows of a table that are shown. */
const most = 1000;

/** Prediction of each network in the chosen group, or of all. A name opens the run. */
export function ImagePredictions({ image: { predictions, i, j, truth } }: { image: ImageDetail }) {
  const { overview, group } = useChoice();
  const [all, setAll] = useState(false);
  const [everyClass, setEveryClass] = useState(false);
  const name = (k: number): string => className(overview.classes, k);
  const own = predictions.filter((each) => group !== null && isIn(group, each));
  const others = predictions.length - own.length;
  const shown = all || own.length === 0 ? predictions : own;
  if (predictions.length === 0)
    return (
      <section aria-labelledby="image-predictions">
        <h3 id="image-predictions">Networks</h3>
        <HelpNote>No network has predicted this image yet.</HelpNote>
      </section>
    );
  const shownClasses = [i, j, ...(i === null ? [truth] : [])].filter((k) => k !== null);
  const columns = everyClass ? likeliestFirst(shown, overview.classes.length) : shownClasses;
  return (
    <section aria-labelledby="image-predictions">
      <h3 id="image-predictions">
        Networks{' '}
        <span className="soft">
          {group !== null && shown === own && `${groupTitle(group, overview)}, `}n = {shown.length}
        </span>
      </h3>
      <Switch
        label="Show softmax of every class"
        mb="xs"
        checked={everyClass}
        onChange={(event) => setEveryClass(event.currentTarget.checked)}
      />
      <ScrollBox label="Predictions of networks">
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">Network</th>
              <th scope="col">Label</th>
              {!everyClass && (
                <th scope="col" data-numeric>
                  Softmax of label
                </th>
              )}
              {columns.map((k) => (
                <th key={k} scope="col" data-numeric>
                  {!everyClass && 'of '}
                  <ClassName name={name(k)} width={96} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, most).map(({ key, name: title, architecture, runId, label, softmax, confidence }) => (
              <PredictionRow
                key={key}
                title={title}
                architecture={architecture}
                runId={runId}
                predicted={name(label)}
                shares={[
                  ...(everyClass ? [] : [confidenceOf(label, softmax, confidence)]),
                  ...columns.map((k) => softmax?.[k] ?? null),
                ]}
              />
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {shown.length > most && (
        <HelpNote>and {shown.length - most} more. Choose a group to see only its networks.</HelpNote>
      )}
      {own.length > 0 && others > 0 && (
        <Button size="xs" mt="xs" onClick={() => setAll(!all)}>
          {all ? 'Show only the chosen group' : `Show all ${predictions.length} networks`}
        </Button>
      )}
    </section>
  );
}

/** Classes that are shown in their own order. */
const fewClasses = 12;

/** All classes; of many, those first that some network finds likeliest. */
function likeliestFirst(predictions: readonly Prediction[], count: number): number[] {
  const classes = Array.from({ length: count }, (_, k) => k);
  if (count <= fewClasses) return classes;
  const most = classes.map((k) => predictions.reduce((max, { softmax }) => Math.max(max, softmax?.[k] ?? 0), 0));
  return classes.sort((a, b) => (most[b] ?? 0) - (most[a] ?? 0) || a - b);
}

interface PredictionRowProps {
  title: string;
  architecture: string;
  /** Null: an outside model. */
  runId: number | null;
  predicted: string;
  /** Null: not known. */
  shares: readonly (number | null)[];
}

function PredictionRow({ title, architecture, runId, predicted, shares }: PredictionRowProps) {
  const [, change] = useParameters();
  return (
    <tr>
      <th scope="row">
        {runId === null ? (
          <ArchitectureMark kind={architecture}>{title}</ArchitectureMark>
        ) : (
          <button type="button" className="link-button" onClick={() => change({ run: String(runId) })}>
            <ArchitectureMark kind={architecture}>{title}</ArchitectureMark>
          </button>
        )}
      </th>
      <td>
        <ClassName name={predicted} width={140} />
      </td>
      {withKeys(shares).map(({ key, item }) => (
        <td key={key} data-numeric>
          {item === null ? (
            <Undefined reason="The softmax of each class is not known of this model." />
          ) : (
            formatFixed(item, 3)
          )}
        </td>
      ))}
    </tr>
  );
}

/** Softmax of the label. */
const confidenceOf = (label: number, softmax: readonly number[] | null, confidence: number | null): number | null =>
  softmax?.[label] ?? confidence;

type Prediction = ImageDetail['predictions'][number];

function isIn(group: ModelGroup, { key, target, repeat, architecture }: Prediction): boolean {
  if (group.kind === 'chosen') return group.models.includes(key);
  if (group.kind === 'outside') return target === null;
  if (target !== group.target) return false;
  return group.kind === 'diverse' ? repeat === null : repeat === group.repeat && architecture === group.architecture;
}

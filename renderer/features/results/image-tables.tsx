import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import type { ImageDetail } from '../../../main/contract/api/results-compare.ts';
import type { Group } from '../../../main/contract/exhibit.ts';
import { ArchitectureMark } from '../../ui/badges.tsx';
import { withKeys, ScrollBox } from '../../ui/plain-table.tsx';
import { formatFixed } from '../../../main/domain/format.ts';
import { useParameters } from './address.ts';
import { groupTitle, useChoice } from './choice.tsx';

/** So many rows are shown of a table. */
const most = 1000;

type Said = ImageDetail['labels'][number]['earlier'][number];

const insteadWords = {
  'cannot-tell': 'can’t tell',
  timeout: 'ran out of time',
  blank: 'left blank',
  none: 'not asked yet',
} as const;

/** Before the time, where it is not the moment of labeling. */
const howWords = { given: '', entered: 'entered on', imported: 'imported on', simulated: 'simulated on' } as const;

/** Every label that people gave, with its time and what it replaced. */
export function ImageLabels({ image: { labels } }: { image: ImageDetail }) {
  const { overview } = useChoice();
  const said = ({ label, instead }: Said): string =>
    label === null ? insteadWords[instead ?? 'none'] : (overview.classes[label] ?? String(label));
  return (
    <section aria-labelledby="image-labels">
      <h3 id="image-labels">
        Labels <span className="soft">n = {labels.filter(({ label }) => label !== null).length}</span>
      </h3>
      <table className="plain-table image-labels">
        <thead>
          <tr>
            <th scope="col">Labeler</th>
            <th scope="col">Label</th>
            <th scope="col">When</th>
            <th scope="col" data-numeric>
              Took
            </th>
            <th scope="col">Before</th>
          </tr>
        </thead>
        <tbody>
          {labels.slice(0, most).map((given) => (
            <tr key={given.labelerId}>
              <th scope="row">
                {given.pseudonym}
                {given.simulated && <span className="soft"> simulated</span>}
              </th>
              <td className={given.label === null ? 'soft' : ''}>{said(given)}</td>
              <td>
                <When given={given} />
              </td>
              <td data-numeric>{given.responseMs === null ? '' : `${formatFixed(given.responseMs / 1000, 2)} s`}</td>
              <td title={given.earlier.map(momentOf).join(', ')}>{given.earlier.map(said).join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {labels.length > most && (
        <p className="help-note">
          The first {most} of {labels.length} labelers are shown.
        </p>
      )}
    </section>
  );
}

const momentOf = ({ at }: Said): string => (at === null ? 'time unknown' : new Date(at).toLocaleString());

/** When it was said; of labels that came in from elsewhere, when they did. */
function When({ given: { at, how } }: { given: ImageDetail['labels'][number] }) {
  if (at === null) return null;
  return (
    <>
      {howWords[how]} <time dateTime={at}>{new Date(at).toLocaleString()}</time>
    </>
  );
}

/** What each network says, those of the chosen group first; its name opens its run. */
export function ImagePredictions({ image: { predictions, i, j } }: { image: ImageDetail }) {
  const { overview, group } = useChoice();
  const [all, setAll] = useState(false);
  const [everyClass, setEveryClass] = useState(false);
  const name = (k: number): string => overview.classes[k] ?? String(k);
  const own = predictions.filter((each) => group !== null && isIn(group, each));
  const others = predictions.length - own.length;
  const shown = all || own.length === 0 ? predictions : own;
  if (predictions.length === 0) return <NoPrediction />;
  const headings = everyClass ? overview.classes : ['Softmax of it', `of ${name(i)}`, `of ${name(j)}`];
  return (
    <section aria-labelledby="image-predictions">
      <h3 id="image-predictions">
        Networks{' '}
        <span className="soft">
          {group !== null && shown === own && `${groupTitle(group, overview)}, `}n = {shown.length}
        </span>
      </h3>
      <Switch
        label="Softmax of every class"
        mb="xs"
        checked={everyClass}
        onChange={(event) => setEveryClass(event.currentTarget.checked)}
      />
      <ScrollBox label="What networks say">
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">Network</th>
              <th scope="col">Label</th>
              {headings.map((heading) => (
                <th key={heading} scope="col" data-numeric>
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, most).map(({ key, name: title, architecture, runId, label, softmax }) => (
              <PredictionRow
                key={key}
                {...{ title, architecture, runId }}
                said={name(label)}
                shares={everyClass ? softmax : [softmax[label] ?? 0, softmax[i] ?? 0, softmax[j] ?? 0]}
              />
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {shown.length > most && (
        <p className="help-note">and {shown.length - most} more; choose a group to see its networks alone.</p>
      )}
      {own.length > 0 && others > 0 && (
        <Button variant="default" size="xs" mt="xs" onClick={() => setAll(!all)}>
          {all ? 'Show those of the chosen group' : `Show all ${predictions.length} networks`}
        </Button>
      )}
    </section>
  );
}

const NoPrediction = () => (
  <section aria-labelledby="image-predictions">
    <h3 id="image-predictions">Networks</h3>
    <p className="help-note">No network has seen it yet.</p>
  </section>
);

interface PredictionRowProps {
  title: string;
  architecture: string;
  runId: number;
  said: string;
  shares: readonly number[];
}

function PredictionRow({ title, architecture, runId, said, shares }: PredictionRowProps) {
  const [, change] = useParameters();
  return (
    <tr>
      <th scope="row">
        <button type="button" className="link-button" onClick={() => change({ run: String(runId) })}>
          <ArchitectureMark kind={architecture.toLowerCase()}>{title}</ArchitectureMark>
        </button>
      </th>
      <td>{said}</td>
      {withKeys(shares).map(({ key, item }) => (
        <td key={key} data-numeric>
          {formatFixed(item, 3)}
        </td>
      ))}
    </tr>
  );
}

type Prediction = ImageDetail['predictions'][number];

function isIn(group: Group, { key, target, repeat, architecture }: Prediction): boolean {
  if (group.kind === 'chosen') return group.models.includes(key);
  if (target !== group.target) return false;
  return group.kind === 'diverse' ? repeat === null : repeat === group.repeat && architecture === group.architecture;
}

import { Group, Progress, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { RunDetails } from '../../../main/contract/api/index.ts';
import type { EvaluationCalls } from '../../../main/contributions/evaluation/calls.ts';
import type { Evaluated } from '../../../main/contributions/evaluation/contract.ts';
import { keptMistakes, type SnapshotEvaluation } from '../../../main/contract/results/index.ts';
import { formatCount, formatInteger, formatPercent, targetTitle } from '../../../main/domain/numbers/index.ts';
import { useApiOf } from '../../client/index.ts';
import { PartsAt } from '../../ui/places/index.ts';
import { ClassName, Share } from '../../ui/words/index.ts';
import { PixelImage, useThumbnailSize } from '../../ui/images/index.ts';
import { HelpNote, LoadingLine, QueryState } from '../../ui/parts/index.ts';
import { Segments } from '../../ui/fields/index.ts';
import { ConfusionMatrix, confusionTable, FrequentMistakes } from '../../ui/tables/index.ts';
import type { Target } from '../../../main/contract/recipes/index.ts';
import './evaluation.css';

/** Evaluation of a snapshot on the test images: confusion matrix and most confident mistakes. */
export function TestImages({ details: { row, snapshots } }: { details: RunDetails }) {
  const [target, setTarget] = useState<number | null>(null);
  const chosen = target ?? snapshots.at(-1)?.target ?? null;
  if (chosen === null) {
    return <HelpNote>No snapshot yet. The run saves one at each target accuracy that it reaches.</HelpNote>;
  }
  return (
    <Stack gap="md">
      {snapshots.length > 1 && (
        <Segments
          label="Snapshot"
          options={snapshots.map((each) => ({ value: String(each.target), label: `At ${targetTitle(each.target)}` }))}
          value={String(chosen)}
          onChange={(value) => setTarget(Number(value))}
        />
      )}
      <Evaluation key={chosen} id={row.id} name={row.name} target={chosen} />
    </Stack>
  );
}

const isComplete = ({ evaluated, evaluation }: Evaluated): boolean => evaluated === evaluation.testCount;

/** Counts as they come; places of what is still missing are as large as it will be. */
function Evaluation({ id, name, target }: { id: number; name: string; target: Target }) {
  const api = useApiOf<EvaluationCalls>('evaluation');
  const query = useQuery(
    api.snapshot.experimental_liveOptions({
      input: { id, target },
      meta: { live: 'never' },
      // One that was left before its end is asked for again.
      staleTime: ({ state }) => (state.data && isComplete(state.data) ? Number.POSITIVE_INFINITY : 0),
      retry: false,
    }),
  );
  if (query.isError || !query.data) return <QueryState query={query} loading="Reading the evaluation" lines={8} />;
  const { evaluation, evaluated, errorsInTraining } = query.data;
  const complete = isComplete(query.data);
  const title = `Confusion matrix of ${name} at ${targetTitle(target)}`;
  return (
    <>
      <section className="evaluation" aria-busy={!complete}>
        <Group gap="xs" h={22}>
          <h3>Confusion matrix</h3>
          {complete && <PartsAt place="export.menu" title={title} table={() => confusionTable(evaluation)} />}
        </Group>
        {complete ? (
          <Text size="sm">
            Errors: <Share k={evaluation.errors} n={evaluation.testCount} of="test images" decimals={2} />
            {evaluation.errors !== errorsInTraining && ` (training counted ${errorsInTraining}, on another engine)`}
          </Text>
        ) : (
          <Group fz="sm" lh="sm">
            Evaluating {formatInteger(evaluated)} of {formatCount(evaluation.testCount, 'test image')}
            <Progress
              w={160}
              value={(100 * evaluated) / evaluation.testCount}
              aria-label="Evaluation on test images: progress"
            />
          </Group>
        )}
        {complete && <FrequentMistakes evaluation={evaluation} />}
        <ConfusionMatrix evaluation={evaluation} title={title} />
      </section>
      <section>
        <h3>Most confident mistakes</h3>
        {!complete ? (
          <MistakesToCome evaluation={evaluation} count={Math.min(keptMistakes, errorsInTraining)} />
        ) : evaluation.mistakes.length === 0 ? (
          <Text size="sm">No mistakes.</Text>
        ) : (
          <Mistakes evaluation={evaluation} />
        )}
      </section>
    </>
  );
}

/** As many places as training counted mistakes. */
function MistakesToCome({ evaluation, count }: { evaluation: SnapshotEvaluation; count: number }) {
  const places = Array.from({ length: count }, (_, place) => place);
  const size = useThumbnailSize(56);
  return (
    <Group
      component="ul"
      className="picture-list"
      p={0}
      gap="sm"
      align="stretch"
      style={{ listStyle: 'none' }}
      aria-hidden="true"
    >
      {places.map((place) => (
        <li key={place}>
          <PixelImage pixels={null} imageSize={evaluation} size={size} label="" />
          <LoadingLine width={44} />
          <LoadingLine width={32} />
        </li>
      ))}
    </Group>
  );
}

function Mistakes({ evaluation }: { evaluation: SnapshotEvaluation }) {
  const { mistakes, classes } = evaluation;
  const size = useThumbnailSize(56);
  return (
    <Group component="ul" className="picture-list" p={0} gap="sm" align="stretch" style={{ listStyle: 'none' }}>
      {mistakes.map(({ image, actual, predicted, confidence, pixels }) => (
        <li key={image} title={`Test image ${image}`}>
          <PixelImage
            pixels={pixels}
            size={size}
            imageSize={evaluation}
            label={`Test image ${image}: ${classes[actual]}, predicted as ${classes[predicted]}`}
          />
          <span>
            <ClassName name={classes[actual] ?? ''} width={72} /> as{' '}
            <strong>
              <ClassName name={classes[predicted] ?? ''} width={72} />
            </strong>
          </span>
          <span className="soft">{formatPercent(confidence, 1)}</span>
        </li>
      ))}
    </Group>
  );
}

import { Group, Progress, SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { evaluateSchema, RunDetails } from '../../../../main/contract/api/runs.ts';
import { keptMistakes, type SnapshotEvaluation } from '../../../../main/contract/evaluation.ts';
import { formatCount, formatInteger, formatPercent } from '../../../../main/domain/format.ts';
import { useApi } from '../../../client/context.tsx';
import type { ExportTable } from '../../../ui/export/csv.ts';
import { ExportMenu } from '../../../ui/export/export-menu.tsx';
import { PixelImage } from '../../../ui/pixel-image.tsx';
import { useThumbnailSize } from '../../../ui/thumbnails.ts';
import { ScrollBox, TableHead } from '../../../ui/plain-table.tsx';
import { ErrorNotice, HelpNote, Loading, LoadingLine } from '../../../ui/states.tsx';
import { Share } from '../../../ui/values.tsx';

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
        <SegmentedControl
          aria-label="Snapshot"
          data={snapshots.map((each) => ({ value: String(each.target), label: `At ${each.target} %` }))}
          value={String(chosen)}
          onChange={(value) => setTarget(Number(value))}
        />
      )}
      <Evaluation key={chosen} id={row.id} name={row.name} target={chosen} />
    </Stack>
  );
}

type Evaluated = z.infer<typeof evaluateSchema>;

const isComplete = ({ evaluated, evaluation }: Evaluated): boolean => evaluated === evaluation.testCount;

/** Counts as they come; places of what is still missing are as large as it will be. */
function Evaluation({ id, name, target }: { id: number; name: string; target: number }) {
  const api = useApi();
  const query = useQuery(
    api.runs.evaluate.experimental_liveOptions({
      input: { id, target },
      meta: { live: 'self' },
      // One that was left before its end is asked for again.
      staleTime: ({ state }) => (state.data && isComplete(state.data) ? Number.POSITIVE_INFINITY : 0),
      retry: false,
    }),
  );
  if (query.isError) return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading label="Reading the evaluation" lines={8} />;
  const { evaluation, evaluated, errorsInTraining } = query.data;
  const complete = isComplete(query.data);
  const title = `Confusion matrix of ${name} at ${target} %`;
  return (
    <>
      <section aria-busy={!complete}>
        <Group gap="xs" h={22}>
          <h3>Confusion matrix</h3>
          {complete && <ExportMenu title={title} table={() => confusionTable(evaluation)} />}
        </Group>
        {complete ? (
          <Text size="sm">
            Errors: <Share k={evaluation.errors} n={evaluation.testCount} of="test images" decimals={2} />
            {evaluation.errors !== errorsInTraining && ` (training counted ${errorsInTraining}, on another engine)`}
          </Text>
        ) : (
          <Text component="div" size="sm" className="evaluation-progress">
            Evaluating {formatInteger(evaluated)} of {formatCount(evaluation.testCount, 'test image')}
            <Progress
              w={160}
              value={(100 * evaluated) / evaluation.testCount}
              aria-label="Evaluation on test images: progress"
            />
          </Text>
        )}
        <ConfusionMatrix evaluation={evaluation} title={title} />
      </section>
      <section>
        <h3>Most confident mistakes</h3>
        {!complete ? (
          <MistakesToCome {...evaluation} count={Math.min(keptMistakes, errorsInTraining)} />
        ) : evaluation.mistakes.length === 0 ? (
          <Text size="sm">No mistakes.</Text>
        ) : (
          <Mistakes {...evaluation} />
        )}
      </section>
    </>
  );
}

/** As many places as training counted mistakes. */
function MistakesToCome({ count, width, height }: Pick<SnapshotEvaluation, 'width' | 'height'> & { count: number }) {
  const places = Array.from({ length: count }, (_, place) => place);
  const size = useThumbnailSize(56);
  return (
    <ul className="picture-list" aria-hidden="true">
      {places.map((place) => (
        <li key={place}>
          <PixelImage pixels={null} {...{ width, height, size }} label="" />
          <LoadingLine width={44} />
          <LoadingLine width={32} />
        </li>
      ))}
    </ul>
  );
}

function Mistakes({ mistakes, classes, width, height }: SnapshotEvaluation) {
  const size = useThumbnailSize(56);
  return (
    <ul className="picture-list">
      {mistakes.map(({ image, actual, predicted, confidence, pixels }) => (
        <li key={image} title={`Test image ${image}`}>
          <PixelImage
            {...{ pixels, width, height, size }}
            label={`Test image ${image}: ${classes[actual]}, predicted as ${classes[predicted]}`}
          />
          <span>
            {classes[actual]} as <strong>{classes[predicted]}</strong>
          </span>
          <span className="soft">{formatPercent(confidence, 1)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Counts of images: a row for each actual class, a column for each predicted one. */
function confusionCounts({ classes, confusion }: SnapshotEvaluation): number[][] {
  const counts = classes.map(() => classes.map(() => 0));
  for (const { actual, predicted, count } of confusion) {
    const row = counts[actual];
    if (row) row[predicted] = count;
  }
  return counts;
}

function confusionTable(evaluation: SnapshotEvaluation): ExportTable {
  return {
    columns: ['Actual', ...evaluation.classes.map((name) => `as ${name}`)],
    rows: confusionCounts(evaluation).map((row, index) => [evaluation.classes[index] ?? '', ...row]),
  };
}

/** Counts by actual and predicted class; mistakes are shaded by their number. */
function ConfusionMatrix({ evaluation, title }: { evaluation: SnapshotEvaluation; title: string }) {
  const { classes } = evaluation;
  const counts = confusionCounts(evaluation);
  const most = Math.max(1, ...counts.flatMap((row, actual) => row.filter((_, predicted) => predicted !== actual)));
  return (
    <ScrollBox label={title}>
      <table className="confusion">
        <caption className="sr">{title}: rows are actual classes, columns are predicted classes</caption>
        <TableHead names={['actual ↓ predicted →', ...classes, 'n']} />
        <tbody>
          {counts.map((row, actual) => {
            const all = row.reduce((sum, count) => sum + count, 0);
            return (
              <tr key={classes[actual]}>
                <th scope="row">{classes[actual]}</th>
                {row.map((count, predicted) => (
                  <td
                    key={classes[predicted]}
                    data-right={actual === predicted || undefined}
                    data-shade={actual !== predicted && count > 0 ? Math.ceil((4 * count) / most) : undefined}
                    title={`${count} of ${all} images of ${classes[actual]} predicted as ${classes[predicted]} (${formatPercent(all === 0 ? 0 : count / all)})`}
                  >
                    {count === 0 ? '' : formatInteger(count)}
                  </td>
                ))}
                <td>{formatInteger(all)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollBox>
  );
}

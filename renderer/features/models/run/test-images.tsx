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
import { useClassFilter } from '../../../ui/class-filter.tsx';
import { ClassName } from '../../../ui/class-name.tsx';
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
      <section className="evaluation" aria-busy={!complete}>
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
    <ul className="picture-list" aria-hidden="true">
      {places.map((place) => (
        <li key={place}>
          <PixelImage pixels={null} imageSize={evaluation} size={size} label="" />
          <LoadingLine width={44} />
          <LoadingLine width={32} />
        </li>
      ))}
    </ul>
  );
}

function Mistakes({ evaluation }: { evaluation: SnapshotEvaluation }) {
  const { mistakes, classes } = evaluation;
  const size = useThumbnailSize(56);
  return (
    <ul className="picture-list">
      {mistakes.map(({ image, actual, predicted, confidence, pixels }) => (
        <li key={image} title={`Test image ${image}`}>
          <PixelImage
            {...{ pixels, size }}
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
    </ul>
  );
}

/** Classes whose matrix is taken in at a glance. */
const fewClasses = 12;
const mostFrequent = 10;

/** Among many classes, the confusions that a person would search the matrix for. */
function FrequentMistakes({ evaluation: { classes, confusion } }: { evaluation: SnapshotEvaluation }) {
  const mistakes = confusion
    .filter(({ actual, predicted, count }) => actual !== predicted && count > 0)
    .sort((a, b) => b.count - a.count || a.actual - b.actual || a.predicted - b.predicted);
  if (classes.length <= fewClasses || mistakes.length === 0) return null;
  const totals = new Map<number, number>();
  for (const { actual, count } of confusion) totals.set(actual, (totals.get(actual) ?? 0) + count);
  return (
    <table className="plain-table">
      <caption className="confusion-caption">
        Most frequent mistakes
        {mistakes.length > mostFrequent && `, ${mostFrequent} of ${formatInteger(mistakes.length)} kinds`}
      </caption>
      <TableHead names={['Actual', 'Predicted as', 'Images of the class']} numeric={['Images of the class']} />
      <tbody>
        {mistakes.slice(0, mostFrequent).map(({ actual, predicted, count }) => (
          <tr key={`${actual}-${predicted}`}>
            <th scope="row">
              <ClassName name={classes[actual] ?? ''} />
            </th>
            <td>
              <ClassName name={classes[predicted] ?? ''} />
            </td>
            <td data-numeric>
              <Share k={count} n={totals.get(actual) ?? count} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
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
  const most = counts.reduce(
    (largest, row, actual) => row.reduce((max, count, k) => (k === actual ? max : Math.max(max, count)), largest),
    1,
  );
  const hasLong = classes.some((name) => [...name].length > 6);
  const find = useClassFilter(classes);
  const rows = classes.flatMap((name, k) => (find.isShown(name) ? [k] : []));
  // Of the rows that are searched for, what they were called is all that matters.
  const columns = classes.flatMap((_, k) =>
    !find.isActive || rows.some((row) => row === k || (counts[row]?.[k] ?? 0) > 0) ? [k] : [],
  );
  return (
    <>
      {find.field}
      <ScrollBox label={title} className="scroll-x long-table">
        <table className="confusion" data-long={hasLong || undefined} data-many={columns.length > 20 || undefined}>
          <caption className="sr">{title}: rows are actual classes, columns are predicted classes</caption>
          <thead>
            <tr>
              <th scope="col">actual ↓ predicted →</th>
              {columns.map((k) => (
                <th key={classes[k]} scope="col" title={classes[k]}>
                  <bdi className="confusion-name">{classes[k]}</bdi>
                </th>
              ))}
              <th scope="col">n</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((actual) => {
              const row = counts[actual] ?? [];
              const all = row.reduce((sum, count) => sum + count, 0);
              return (
                <tr key={classes[actual]}>
                  <th scope="row">
                    <ClassName name={classes[actual] ?? ''} width={140} />
                  </th>
                  {columns.map((predicted) => {
                    const count = row[predicted] ?? 0;
                    return (
                      <td
                        key={classes[predicted]}
                        data-right={actual === predicted || undefined}
                        data-shade={actual !== predicted && count > 0 ? Math.ceil((4 * count) / most) : undefined}
                        title={`${count} of ${all} images of ${classes[actual]} predicted as ${classes[predicted]} (${formatPercent(all === 0 ? 0 : count / all)})`}
                      >
                        {count === 0 ? '' : formatInteger(count)}
                      </td>
                    );
                  })}
                  <td>{formatInteger(all)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollBox>
    </>
  );
}

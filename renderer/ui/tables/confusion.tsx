import type { SnapshotEvaluation } from '../../../main/contract/results/evaluation.ts';
import { className, formatInteger, formatPercent } from '../../../main/domain/numbers/format.ts';
import { useClassFilter } from '../fields/class-filter.tsx';
import { ClassName } from '../words/class-name.tsx';
import type { ExportTable } from '../export/csv.ts';
import { PlainTable } from './plain-table.tsx';
import { Share } from '../words/values.tsx';
import { shadeStyle } from '../words/shade.ts';

/** Counts of images by actual and predicted class; pairs that never happened are left out. */
export type Confusion = Pick<SnapshotEvaluation, 'classes' | 'confusion'>;

/** Classes whose matrix is taken in at a glance. */
const fewClasses = 12;
const mostFrequent = 10;

/** Among many classes, the confusions that a person would search the matrix for. */
export function FrequentMistakes({ evaluation: { classes, confusion } }: { evaluation: Confusion }) {
  const mistakes = confusion
    .filter(({ actual, predicted, count }) => actual !== predicted && count > 0)
    .sort((a, b) => b.count - a.count || a.actual - b.actual || a.predicted - b.predicted);
  if (classes.length <= fewClasses || mistakes.length === 0) return null;
  const totals = new Map<number, number>();
  for (const { actual, count } of confusion) totals.set(actual, (totals.get(actual) ?? 0) + count);
  return (
    <PlainTable
      caption={`Most frequent mistakes${mistakes.length > mostFrequent ? `, ${mostFrequent} of ${formatInteger(mistakes.length)} kinds` : ''}`}
      rows={mistakes.slice(0, mostFrequent)}
      rowKey={({ actual, predicted }) => `${actual}-${predicted}`}
      columns={[
        { title: 'Actual', cell: ({ actual }) => <ClassName name={className(classes, actual)} /> },
        { title: 'Predicted as', cell: ({ predicted }) => <ClassName name={className(classes, predicted)} /> },
        {
          title: 'Images of the class',
          numeric: true,
          cell: ({ actual, count }) => <Share k={count} n={totals.get(actual) ?? count} />,
        },
      ]}
    />
  );
}

/** Counts of images: a row for each actual class, a column for each predicted one. */
function confusionCounts({ classes, confusion }: Confusion): number[][] {
  const counts = classes.map(() => classes.map(() => 0));
  for (const { actual, predicted, count } of confusion) {
    const row = counts[actual];
    if (row) row[predicted] = count;
  }
  return counts;
}

/** Counts by actual and predicted class; mistakes are shaded by their number. */
export function ConfusionMatrix({ evaluation, title }: { evaluation: Confusion; title: string }) {
  const { classes } = evaluation;
  const counts = confusionCounts(evaluation);
  const countOf = (actual: number, predicted: number): number => counts[actual]?.[predicted] ?? 0;
  const total = (actual: number): number => counts[actual]?.reduce((sum, count) => sum + count, 0) ?? 0;
  const most = counts.reduce(
    (largest, row, actual) => row.reduce((max, count, k) => (k === actual ? max : Math.max(max, count)), largest),
    1,
  );
  const hasLong = classes.some((name) => [...name].length > 6);
  const find = useClassFilter(classes);
  const rows = classes.flatMap((name, k) => (find.isShown(name) ? [k] : []));
  // A search shows only the columns that the found rows were taken for.
  const columns = classes.flatMap((_, k) =>
    !find.isActive || rows.some((row) => row === k || countOf(row, k) > 0) ? [k] : [],
  );
  return (
    <>
      {find.field}
      <PlainTable
        label={title}
        box="scroll-x long-table"
        className={['confusion', hasLong && 'confusion-long', columns.length > 20 && 'confusion-many']
          .filter(Boolean)
          .join(' ')}
        rows={rows}
        rowKey={(actual) => actual}
        columns={[
          {
            title: 'actual ↓ predicted →',
            cell: (actual) => <ClassName name={className(classes, actual)} width={140} />,
          },
          ...columns.map((predicted) => ({
            title: (
              <bdi className="confusion-name" title={classes[predicted]}>
                {classes[predicted]}
              </bdi>
            ),
            cell: (actual: number) => {
              const count = countOf(actual, predicted);
              return count === 0 ? '' : formatInteger(count);
            },
            attributes: (actual: number) => {
              const [count, all] = [countOf(actual, predicted), total(actual)];
              const shade = actual !== predicted && count > 0 ? Math.ceil((4 * count) / most) : undefined;
              return {
                'data-right': actual === predicted || undefined,
                'data-shade': shade,
                style: shade === undefined ? undefined : shadeStyle('networks', shade),
                title: `${count} of ${all} images of ${classes[actual]} predicted as ${classes[predicted]} (${formatPercent(all === 0 ? 0 : count / all)})`,
              };
            },
          })),
          { title: 'n', cell: (actual) => formatInteger(total(actual)) },
        ]}
      />
    </>
  );
}

export function confusionTable(evaluation: Confusion): ExportTable {
  return {
    columns: ['Actual', ...evaluation.classes.map((name) => `as ${name}`)],
    rows: confusionCounts(evaluation).map((row, index) => [className(evaluation.classes, index), ...row]),
  };
}

import type { SnapshotEvaluation } from '../../../../main/contract/evaluation.ts';
import type { ExportTable } from '../../../ui/export/csv.ts';
import { percentText, whole } from '../../../ui/format.ts';
import { ScrollBox } from '../../../ui/plain-table.tsx';

/** Counts by class: rows are what images are, columns what the network says. */
function countsOf({ classes, confusion }: SnapshotEvaluation): number[][] {
  const counts = classes.map(() => classes.map(() => 0));
  for (const { actual, predicted, count } of confusion) {
    const row = counts[actual];
    if (row) row[predicted] = count;
  }
  return counts;
}

export function confusionTable(evaluation: SnapshotEvaluation): ExportTable {
  return {
    columns: ['Actual', ...evaluation.classes.map((name) => `as ${name}`)],
    rows: countsOf(evaluation).map((row, index) => [evaluation.classes[index] ?? '', ...row]),
  };
}

/** Which classes are taken for which. Mistakes are shaded by how many there are; every cell has its number. */
export function ConfusionMatrix({ evaluation, title }: { evaluation: SnapshotEvaluation; title: string }) {
  const { classes } = evaluation;
  const counts = countsOf(evaluation);
  const most = Math.max(1, ...counts.flatMap((row, actual) => row.filter((_, predicted) => predicted !== actual)));
  return (
    <ScrollBox label={title}>
      <table className="confusion">
        <caption className="sr">{title}: rows are what images are, columns what the network says</caption>
        <thead>
          <tr>
            <th scope="col">
              <span className="soft">is ↓ said →</span>
            </th>
            {classes.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">n</th>
          </tr>
        </thead>
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
                    title={`${count} of ${all} images of ${classes[actual]} taken for ${classes[predicted]} (${percentText(all === 0 ? 0 : count / all)})`}
                  >
                    {count === 0 ? '' : whole(count)}
                  </td>
                ))}
                <td>{whole(all)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollBox>
  );
}

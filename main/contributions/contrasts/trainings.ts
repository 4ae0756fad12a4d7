import type { Cost, TrainedCell, TrainingProgress } from '../../contract/api/index.ts';
import { formatCost, formatCount, targetTitle } from '../../domain/numbers/index.ts';
import { table } from '../../terminal/index.ts';

/** What models are added, and what they take. @param to what has some of them already */
export function additionText(
  { runs, kept, known, ...cost }: { runs: number; kept: number; known: number } & Cost,
  cells: number,
  to: string,
): string {
  const shared = known > 0 ? `, ${known} of them trained already` : '';
  const before = kept > 0 ? ` beside ${kept} that ${to} has` : '';
  return `${formatCount(runs, 'training')}${before} in ${formatCount(cells, 'cell')}${shared}: ${formatCost(cost)}`;
}

/** How far trainings are. */
export const endedText = ({ runs, done, cost }: TrainingProgress): string =>
  `${done} of ${formatCount(runs, 'training')} ended${done < runs ? `; ${formatCost(cost)} to go` : ''}`;

type Standing = Pick<TrainedCell, 'targets'> & { heads: readonly (string | number)[] };

/** How many seeds of each cell reached each target. */
export const standingsTable = (heads: readonly string[], cells: readonly Standing[]): string =>
  table(
    [...heads, 'target', 'reached', 'missed', 'failed', 'others'],
    cells.flatMap(({ heads: own, targets }) =>
      targets.map(({ target, planned, done, missed, failed }) => [
        ...[...own, targetTitle(target), `${done} of ${planned}`],
        ...[missed, failed, planned - done - missed - failed],
      ]),
    ),
  );

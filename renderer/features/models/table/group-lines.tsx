import type { ReactNode } from 'react';
import {
  type GroupMean,
  type GroupMeasure,
  mostTrends,
  type RunGroupRow,
  type RunTable,
} from '../../../../main/contract/api/runs.ts';
import { formatCount, formatFixed, formatInteger } from '../../../../main/domain/numbers/format.ts';
import { targetInTable } from '../../../../main/domain/numbers/targets.ts';
import type { GridLine } from '../../../ui/table/virtual-grid.tsx';

/** What means are, once below the table's tools. */
export const groupNote =
  'Of each group: mean ± standard deviation over its runs that are done, then the 95 % interval of the mean (Student’s t, from three runs on). A row opens its runs.';

/** Columns of numbers of which groups have means. */
export const measured: readonly GroupMeasure[] = ['accuracy', 'trend', 'steps', 'speed', 'time'];

/** How the numbers of a column are written: the same in all rows, so that the eye can compare them. */
interface Scale {
  /** What they are divided by. */
  by: number;
  decimals: number;
  unit: string;
}

const percents: Scale = { by: 1, decimals: 2, unit: '' };

/** Decimals for numbers up to this size: three digits, but no rounded-off whole ones. */
const decimalsFor = (largest: number): number => (largest >= 100 ? 0 : largest >= 10 ? 1 : 2);

const times: readonly (readonly [ms: number, unit: string])[] = [
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
];

/** The scale of a measure that suits the largest mean of all groups. */
export function scaleOf(of: GroupMeasure, groups: readonly Pick<RunGroupRow, 'means'>[]): Scale {
  if (of === 'accuracy' || of === 'trend') return percents;
  const means = groups.flatMap((group) => group.means.filter((each) => each.of === of).map(({ mean }) => mean));
  const largest = means.reduce((most, mean) => Math.max(most, mean), 0);
  if (of !== 'time') return { by: 1, decimals: of === 'steps' ? 0 : decimalsFor(largest), unit: '' };
  const [by, unit] = times.find(([ms]) => largest >= 2 * ms) ?? [1000, 's'];
  return { by, unit, decimals: decimalsFor(largest / by) };
}

function written(value: number, { by, decimals }: Scale): string {
  return decimals === 0 ? formatInteger(Math.round(value / by)) : formatFixed(value / by, decimals);
}

/** A mean of a group as its cell says it: `97.51 ± 0.02`, `97.50 to 97.52`, and what that is over. */
export function meanTexts(mean: GroupMean, scale: Scale): { mean: string; interval: string | null; title: string } {
  const unit = scale.unit === '' ? '' : ` ${scale.unit}`;
  const interval =
    mean.lo === null || mean.hi === null ? null : `${written(mean.lo, scale)} to ${written(mean.hi, scale)}`;
  const over = `Over ${formatCount(mean.n, 'run')}`;
  return {
    mean: `${written(mean.mean, scale)}${mean.sd === null ? '' : ` ± ${written(mean.sd, scale)}`}${unit}`,
    interval,
    title:
      interval === null ? `${over}: too few for an interval` : `${over}; 95 % interval of the mean ${interval}${unit}`,
  };
}

/** A line: what it is of, mean and deviation, interval; where fewer runs have the number than are done, how many. */
function MeanLine({ mean, scale, done }: { mean: GroupMean; scale: Scale; done: number }) {
  const texts = meanTexts(mean, scale);
  const over = mean.n === done ? [] : [`n = ${formatInteger(mean.n)}`];
  const interval = texts.interval === null ? [] : [texts.interval];
  return (
    <span className="group-mean" title={texts.title}>
      {mean.target !== null && <span className="soft">{targetInTable(mean.target)}:</span>}
      <span>{texts.mean}</span>
      <span className="soft">{[...interval, ...over].join(', ')}</span>
    </span>
  );
}

const tooManyTrends = `Trends of more than ${formatCount(mostTrends, 'run')} have no means: filter the table`;

/** Cells of a group by column. */
function cellsOf(
  { means, done }: RunGroupRow,
  scales: ReadonlyMap<GroupMeasure, Scale>,
  withTrends: boolean,
): { cells: Map<string, ReactNode>; height: number } {
  const cells = new Map<string, ReactNode>();
  let height = 2;
  for (const [of, scale] of scales) {
    const own = means.filter((mean) => mean.of === of);
    height = Math.max(height, own.length);
    const lines = own.map((mean) => <MeanLine key={String(mean.target)} mean={mean} scale={scale} done={done} />);
    const isByTarget = own.some(({ target }) => target !== null);
    cells.set(
      of,
      own.length === 0 ? (
        <span className="soft" title={of === 'trend' && !withTrends ? tooManyTrends : 'No run that is done has it'}>
          –
        </span>
      ) : (
        <span className={isByTarget ? 'group-means' : undefined}>{lines}</span>
      ),
    );
  }
  return { cells, height };
}

/** A longer title takes two lines. */
const longTitle = 30;

/** Runs without groups, or groups with the runs of those that are open. */
export function runLines(
  { ids, groups }: Pick<RunTable, 'ids' | 'groups'>,
  open: ReadonlySet<string>,
): GridLine<number>[] {
  if (groups.length === 0) return ids.map((key) => ({ kind: 'row', key }));
  const scales = new Map(measured.map((of) => [of, scaleOf(of, groups)]));
  const withTrends = groups.reduce((sum, { done }) => sum + done, 0) <= mostTrends;
  const lines: GridLine<number>[] = [];
  let next = 0;
  for (const group of groups) {
    const { key, title, count, done } = group;
    const isOpen = open.has(key);
    const { cells, height } = cellsOf(group, scales, withTrends);
    const opening = { id: key, isOpen, cells, height: Math.max(height, title.length > longTitle ? 3 : 2) };
    const note =
      done === count ? formatCount(count, 'run') : `${formatCount(count, 'run')}, ${formatInteger(done)} done`;
    lines.push({ kind: 'group', title, count, opening, note });
    if (isOpen) for (const id of ids.slice(next, next + count)) lines.push({ kind: 'row', key: id });
    next += count;
  }
  return lines;
}

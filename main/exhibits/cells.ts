import { resampling, type CorrectedInterval } from '../analysis/intervals.ts';
import type { Spread } from '../analysis/spread.ts';
import type { ApiInterval, Cell, Exhibit, Quantity } from '../contract/exhibit.ts';
import { isQuantity, quotedInterval } from '../domain/exhibits.ts';

type ByUnit = Record<'image' | 'pair', CorrectedInterval | null> | null;

/** What belongs beside a number. */
interface Beside {
  /** Why it is undefined, if it is: a sentence. */
  reason: string;
  interval?: ByUnit;
  paper?: Quantity['paper'] | undefined;
  counts?: Quantity['counts'];
}

/** A number that is a share of n things, or otherwise of n things. */
export function quantity(value: number | null | undefined, n: number, of: Quantity['of'], beside: Beside): Quantity {
  const { reason, interval = null, paper = null, counts } = beside;
  return {
    value: value ?? null,
    ...{ std: null, n, of, paper },
    interval: interval && { image: toInterval(interval.image), pair: toInterval(interval.pair) },
    undefined: value == null ? reason : null,
    ...(counts !== undefined && { counts }),
  };
}

/** A mean with its standard deviation. */
export function meanCell(
  { mean, std, n }: Pick<Spread, 'mean' | 'std' | 'n'>,
  of: Quantity['of'],
  beside: Beside,
): Quantity {
  return { ...quantity(mean, n, of, beside), std };
}

/** A number that is of nothing else, e.g. a count. */
export function count(value: number | null | undefined, beside: Partial<Beside> & { note?: string } = {}): Quantity {
  const { note, reason = '', ...rest } = beside;
  return {
    ...quantity(value, 0, null, { ...rest, reason }),
    n: null,
    ...(note !== undefined && note !== '' && { note }),
  };
}

export const undefinedCell = (reason: string): Quantity => count(null, { reason });

/** A plain number or text, or why there is none. */
export const orWhy = (value: number | string | null | undefined, reason: string): Cell =>
  value ?? undefinedCell(reason);

/** A mean with its standard deviation, or why there is none. */
export function spreadOrWhy(
  value: { mean: number | null; std: number | null; n?: number } | undefined,
  reason: string,
  of: Quantity['of'] = null,
): Quantity {
  if (value?.mean == null || value.std === null) return undefinedCell(reason);
  return { ...count(value.mean), std: value.std, n: value.n ?? null, of };
}

export function toInterval(interval: CorrectedInterval | null): ApiInterval | null {
  return interval && { lo: interval.lo, hi: interval.hi, units: interval.units, nNull: interval.n_null };
}

/** Intervals of one statistic by unit, of intervals of several. */
export function intervalsByUnit<Name extends string>(
  intervals: Record<'image' | 'pair', Partial<Record<Name, CorrectedInterval>> | null> | null | undefined,
  name: Name,
): ByUnit {
  return intervals ? { image: intervals.image?.[name] ?? null, pair: intervals.pair?.[name] ?? null } : null;
}

/** A value that the paper prints without a spread. */
export const printed = (mean: number | null | undefined): Quantity['paper'] =>
  mean == null ? null : { mean, std: null };

/** How every interval is made. */
export const intervalMethod = `95 % intervals: bootstrap, ${resampling.bootstrap_resamples} resamples, bias-corrected and accelerated (BCa, Efron 1987) with quantiles expanded for few units (Hesterberg 2015).`;

/** The same with what was drawn; nothing where no number has an interval. */
function intervalNote(rows: Exhibit['rows']): string | null {
  const quantities = rows.flat().filter(isQuantity);
  const shown = quantities.flatMap((each) => quotedInterval(each) ?? []).filter(({ lo }) => lo !== null);
  if (shown.length === 0) return null;
  const isDrawn = (unit: 'pair' | 'image'): boolean => quantities.some(({ interval }) => interval?.[unit]);
  const drawn = isDrawn('pair') ? 'pairs of classes' : isDrawn('image') ? 'images' : 'labelers or networks';
  const [units, ...others] = new Set(shown.map((each) => each.units));
  return `In brackets: ${intervalMethod} Drawn: ${others.length === 0 ? `n = ${units} ` : ''}${drawn}.`;
}

/** An exhibit, with how the intervals of its numbers were made. */
export function withIntervals(exhibit: Exhibit): Exhibit {
  const intervals = intervalNote(exhibit.rows);
  return { ...exhibit, ...(intervals !== null && { intervals }) };
}

/** The same with the titles of its groups, a row each, in place of their targets. */
export const withTitles = ({ columns, rows, ...exhibit }: Exhibit, titles: readonly string[]): Exhibit => ({
  ...exhibit,
  columns: [{ name: 'Networks' }, ...columns.slice(1)],
  rows: rows.map(([, ...cells], at) => [titles[at] ?? '', ...cells]),
});

/** The same of one group, without the column of its target. */
export const withoutTarget = ({ columns, rows, ...exhibit }: Exhibit): Exhibit => ({
  ...exhibit,
  columns: columns.slice(1),
  rows: rows.map((cells) => cells.slice(1)),
});

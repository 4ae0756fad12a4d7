import type { ClaimReason, ShownInterval } from '../../analysis/claims/claims.ts';
import { resampling } from '../../analysis/statistics/intervals.ts';
import type { Spread } from '../../analysis/statistics/spread.ts';
import type { ApiInterval, Cell, Column, Exhibit, Quantity } from '../../contract/results/exhibit.ts';
import { claimSentences, claimText, jointly, sampleSizeText, unvariedText } from '../../domain/results/claims.ts';
import { isQuantity } from '../../domain/results/exhibits.ts';
import { peopleWord } from '../../domain/numbers/format.ts';
import { nobodyLeftOut } from './reasons.ts';

/** What belongs beside a number. */
interface Beside {
  /** Why it is undefined, if it is: a sentence. */
  reason: string;
  interval?: ShownInterval | ApiInterval | null | undefined;
  paper?: Quantity['paper'] | undefined;
  counts?: Quantity['counts'];
}

/** A number that is a share of n things, or otherwise of n things. */
export function quantity(value: number | null | undefined, n: number, of: Quantity['of'], beside: Beside): Quantity {
  const { reason, interval = null, paper = null, counts } = beside;
  return {
    value: value ?? null,
    std: null,
    n,
    of,
    paper,
    interval: value == null ? null : toInterval(interval),
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
  value: { mean: number | null; std: number | null; n?: number } | null | undefined,
  reason: string,
  of: Quantity['of'],
  interval: ShownInterval | ApiInterval | null | undefined = null,
): Quantity {
  if (value?.mean == null || value.std === null) return undefinedCell(reason);
  return { ...count(value.mean), std: value.std, n: value.n ?? null, of, interval: toInterval(interval) };
}

const whyNone: Record<ClaimReason, string> = {
  undefined: 'The number itself is not defined.',
  one_pair: 'An interval needs two pairs of classes.',
  one_anchor: 'One anchor is in more than half of the pairs: the data hold hardly more than one draw of it.',
  few_pairs: 'Fewer than five pairs of classes have such an image.',
  empty: 'Without one of the pairs, networks or people the number is not defined.',
  no_networks: 'No network changes a number of people alone.',
  shared_blocks: 'Some of the trainings, not all, are on both sides.',
  few_runs: 'A claim about networks like these needs three trainings on each side.',
  no_people: 'The number does not depend on people, or its classes are those of these very people.',
  few_people: 'A claim about people like these needs three of them.',
  counted: nobodyLeftOut,
  other_people: 'The two sides have different labelers.',
  too_long: 'It takes minutes to compute for this many labelers and networks.',
  no_variation: 'Nothing varied, which does not mean that nothing can.',
};

/** Reasons where each image is a unit of its own. */
const whyNoneOfImages: Partial<Record<ClaimReason, string>> = {
  one_pair: 'An interval needs two images.',
  few_pairs: 'There are fewer than five such images.',
  empty: 'Without one of the images, networks or people the number is not defined.',
};

/** An interval as it is shown, with the reason where there is none. */
export function toInterval(interval: ShownInterval | ApiInterval | null | undefined): ApiInterval | null {
  if (!interval) return null;
  if ('nNull' in interval) return interval;
  const { estimate, lo, hi, claim, about, units, n, replicates, reason, unvaried } = interval;
  const known = reason && ((units === 'images' && whyNoneOfImages[reason]) || whyNone[reason]);
  const why = unvaried && estimate !== null ? unvariedText(estimate, unvaried) : known;
  return {
    lo,
    hi,
    claim,
    ...(about && { about }),
    units,
    n,
    ...(replicates && { replicates }),
    nNull: 0,
    undefined: why,
  };
}

/** Stands for the interval of a number that never has one, in a column whose other numbers have. @param why a sentence */
export const noInterval = (why: string): ApiInterval => ({
  lo: null,
  hi: null,
  claim: 'anchors',
  units: 'pairs',
  n: 0,
  nNull: 0,
  undefined: why,
});

/** A value that the paper prints without a spread. */
export const printed = (mean: number | null | undefined): Quantity['paper'] =>
  mean == null ? null : { mean, std: null };

/** How intervals under a claim are made. */
export const intervalMethod =
  '95 % intervals: Student’s t, with the variance of units that are independent (anchors, where pairs share them; Aronow, Samii and Assenova 2015), longer on the side where a few pairs differ much from the rest (Hall 1992).';

/** How the intervals of crossings are made. */
export const crossingMethod = `95 % intervals of crossings: bootstrap of raters, ${resampling.bootstrap_resamples} resamples, bias-corrected and accelerated (BCa, Efron 1987) with quantiles expanded for few units (Hesterberg 2015).`;

/** Reasons for missing intervals that a note gives; tooltips have all. */
const maxReasons = 4;

/** For whom the intervals of a table hold: a sentence each, by the mark that stands behind them; and why shares of 0 or 100 % have none. */
function intervalNote(rows: Exhibit['rows'], people: string): string | null {
  const quantities = rows.flat().filter(isQuantity);
  const shown = quantities.flatMap(({ interval }) => interval ?? []);
  const sentences = claimSentences(shown, people);
  const without = shown.filter((each) => each.undefined !== null);
  const why = (without.find(({ n }) => n > 0) ?? without[0])?.undefined;
  if (sentences.length === 0) return why ? `No interval. ${why}` : null;
  const ends = quantities.flatMap(({ value, interval }) =>
    (value === 0 || value === 100) && interval?.undefined != null ? [interval.undefined] : [],
  );
  const reasons = without.flatMap((each) => each.undefined ?? []).filter((reason) => !ends.includes(reason));
  const others = new Set(reasons);
  return [
    `In brackets: 95 % intervals. The letter behind one says for whom it holds. ${sentences.join(' ')}`,
    ...new Set(ends),
    ...(others.size > 0 ? [`Where there is none: ${[...others].slice(0, maxReasons).join(' ')}`] : []),
  ].join(' ');
}

export const plainP: Column = { name: 'p', decimals: 4, p: true };
/** By Holm's method. */
export const adjustedP: Column = { ...plainP, name: 'p, adjusted' };
export const pColumns: readonly Column[] = [plainP, adjustedP];

/** For whom the bands of curves hold, and why parts of them have none. @param name how they are drawn: in the plural */
export function bandsNote(intervals: readonly ApiInterval[], people: string, name = 'Bands'): string | null {
  const [defined, ...others] = intervals.filter(({ lo }) => lo !== null);
  const reasons = [...new Set(intervals.flatMap((each) => each.undefined ?? []))];
  if (!defined) return reasons[0] === undefined ? null : `No ${name.toLowerCase()}. ${reasons[0]}`;
  return [
    `${name}: 95 % intervals ${claimText(jointly(defined, others), people)}. ${sampleSizeText(defined, others, people)}.`,
    ...reasons,
  ].join(' ');
}

/** An exhibit, with for whom the intervals of its numbers hold. */
export function withIntervals(study: { readonly rehearsal: boolean }, exhibit: Exhibit): Exhibit {
  const intervals = intervalNote(exhibit.rows, peopleWord(study));
  return { ...exhibit, ...(intervals !== null && { intervals }) };
}

/** The exhibit with the titles of its groups, a row each, in place of their targets. */
export const withTitles = ({ columns, rows, ...exhibit }: Exhibit, titles: readonly string[]): Exhibit => ({
  ...exhibit,
  columns: [{ name: 'Networks' }, ...columns.slice(1)],
  rows: rows.map(([, ...cells], at) => [titles[at] ?? '', ...cells]),
});

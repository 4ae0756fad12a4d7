import type { TimeRange } from '../../contract/api/jobs.ts';

/** How many times as long as expected something takes: the most likely factor, and a range for one more. */
export interface Factor {
  mid: number;
  low: number;
  high: number;
}

/** A normal deviate: 90 % lie within, so that 80 % hold although the spread itself is estimated. */
const deviate = 1.645;

/** How many earlier runs the assumed spread counts as. */
const priorWeight = 2;

/**
 * The factor of the next run from those of earlier ones, which vary by a log-normal distribution.
 * @param ratios time taken, as a share of the time expected; the assumed spread alone if empty
 * @param prior assumed standard deviation of the logarithm
 */
export function nextFactor(ratios: readonly number[], prior: number): Factor {
  const logs = ratios.map((ratio) => Math.log(Math.max(ratio, 1e-6))).sort((a, b) => a - b);
  const n = logs.length;
  const mid = n === 0 ? 0 : ((logs[(n - 1) >> 1] ?? 0) + (logs[n >> 1] ?? 0)) / 2;
  const squares = logs.reduce((sum, log) => sum + (log - mid) ** 2, 0);
  // The median took one degree of freedom.
  const variance = (squares + priorWeight * prior ** 2) / (Math.max(0, n - 1) + priorWeight);
  const spread = deviate * Math.sqrt(variance * (n === 0 ? 1 : 1 + 1 / n));
  return { mid: Math.exp(mid), low: Math.exp(mid - spread), high: Math.exp(mid + spread) };
}

export const scale = (seconds: number, { mid, low, high }: Factor): TimeRange => ({
  seconds: seconds * mid,
  low: seconds * low,
  high: seconds * high,
});

/** What remains of a range after a share of it is done. */
export const remainder = <Range extends TimeRange>(range: Range, share: number): Range => {
  const left = 1 - Math.min(1, Math.max(0, share));
  return { ...range, seconds: range.seconds * left, low: range.low * left, high: range.high * left };
};

/**
 * Work on several workers at once: at best never shorter than its longest part, at worst the longest part comes last
 * (Graham 1969). Parts vary together: they share a machine.
 */
export function togetherOn(ranges: readonly TimeRange[], workers: number): TimeRange {
  const best = (key: keyof TimeRange): number => Math.max(longest(ranges, key), total(ranges, key) / workers);
  const worst = (key: keyof TimeRange): number =>
    total(ranges, key) / workers + (1 - 1 / workers) * longest(ranges, key);
  return { seconds: (best('seconds') + worst('seconds')) / 2, low: best('low'), high: worst('high') };
}

const longest = (ranges: readonly TimeRange[], key: keyof TimeRange): number =>
  ranges.reduce((most, range) => Math.max(most, range[key]), 0);

const total = (ranges: readonly TimeRange[], key: keyof TimeRange): number =>
  ranges.reduce((sum, range) => sum + range[key], 0);

/** One after the other. */
export const inTurn = (ranges: readonly TimeRange[]): TimeRange => ({
  seconds: total(ranges, 'seconds'),
  low: total(ranges, 'low'),
  high: total(ranges, 'high'),
});

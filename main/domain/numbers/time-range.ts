import type { TimeRange } from '../../contract/api/jobs.ts';

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

import type { RandomStream } from '../../main/domain/random.ts';

/** The middle value; the mean of both middle ones of an even number. Not a number if there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** Percentile by the nearest rank. NaN without values. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sample standard deviation (n - 1). */
export function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** A ratio of medians with its 95 % interval. */
export interface Ratio {
  ratio: number;
  low: number;
  high: number;
}

/**
 * How many times as fast the second of two programs is, from times measured in pairs: the ratio of the medians, with the
 * percentile interval of a bootstrap over the pairs (Efron & Tibshirani 1993). Pairs, as both halves of one saw the same
 * state of the machine.
 * @throws RangeError if the times are not pairs, or are none
 */
export function pairedRatio(
  slow: readonly number[],
  fast: readonly number[],
  random: RandomStream,
  resamples = 2000,
): Ratio {
  const count = slow.length;
  if (count === 0 || count !== fast.length) throw new RangeError('pairedRatio: the times are not pairs');
  const ratios = Array.from({ length: resamples }, () => {
    const drawn = Array.from({ length: count }, () => random.int(count));
    return median(drawn.map((k) => slow[k]!)) / median(drawn.map((k) => fast[k]!));
  }).sort((a, b) => a - b);
  const quantile = (share: number): number => ratios[Math.round(share * (resamples - 1))]!;
  return { ratio: median(slow) / median(fast), low: quantile(0.025), high: quantile(0.975) };
}

/** t quantiles (0.975) by degrees of freedom 1, 2, ...; about 2 beyond. */
const studentQuantiles = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23];

/**
 * Difference of the means of two samples, with half the width of its 95 % interval (Student's t, variances pooled).
 * @throws RangeError if one has fewer than two values
 */
export function differenceOfMeans(a: readonly number[], b: readonly number[]): { difference: number; margin: number } {
  if (a.length < 2 || b.length < 2) throw new RangeError('differenceOfMeans: fewer than two values');
  const freedom = a.length + b.length - 2;
  const pooled = ((a.length - 1) * deviation(a) ** 2 + (b.length - 1) * deviation(b) ** 2) / freedom;
  const standardError = Math.sqrt(pooled * (1 / a.length + 1 / b.length));
  return { difference: mean(a) - mean(b), margin: (studentQuantiles[freedom - 1] ?? 2) * standardError };
}

import type { RandomStream } from '../../main/domain/random/random.ts';

/** The middle value; the mean of both middle ones of an even number. Not a number if there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
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

import { bootstrap, resampling } from './bootstrap.ts';
import type { CorrectedInterval } from './corrected-interval.ts';
import { crossing } from './flip-point.ts';

/** Beyond so many additions the interval is left out: it would hold up a screen. */
const mostWork = 1e8;

/**
 * Interval of where the shares of i and j cross along a pair, raters drawn anew: how much would it move with other
 * people, or other networks, of the same kind? The images stay what they are.
 * @param differences s_j - s_i of one rater at each place, NaN where it said nothing: a list a rater.
 * @returns null with fewer than two raters, or when there is too much to do.
 */
export function crossingInterval(
  alphas: readonly number[],
  differences: readonly Float64Array[],
): CorrectedInterval | null {
  const raters = differences.length;
  if (raters < 2 || raters * alphas.length * Math.max(resampling.bootstrap_resamples, raters) > mostWork) return null;
  const cross = {
    of: (drawn: ArrayLike<number>) =>
      crossOf(
        alphas,
        Array.from(drawn, (rater) => differences[rater]!),
      ),
    without: (rater: number) => crossOf(alphas, differences.toSpliced(rater, 1)),
  };
  return bootstrap(raters, { cross })?.corrected.cross ?? null;
}

function crossOf(alphas: readonly number[], differences: readonly Float64Array[]): number | null {
  const points = alphas.flatMap((alpha, place) => {
    let sum = 0;
    let n = 0;
    for (const rater of differences) {
      const value = rater[place]!;
      if (Number.isNaN(value)) continue;
      sum += value;
      n++;
    }
    return n === 0 ? [] : [{ alpha, difference: sum / n }];
  });
  return crossing(points).alpha_cross;
}

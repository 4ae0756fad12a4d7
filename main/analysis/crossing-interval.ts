import { quantile, resampling, type Interval } from './bootstrap.ts';
import { crossing } from './flip-point.ts';
import { mulberry32 } from './mulberry32.ts';

/** Beyond so many additions the interval is left out: it would hold up a screen. */
const mostWork = 1e8;

/**
 * Percentile interval of where the shares of i and j cross along a pair, raters drawn anew: how much would it move with
 * other people, or other networks, of the same kind? The images stay what they are.
 * @param differences s_j - s_i of one rater at each place, NaN where it said nothing: a list a rater.
 * @returns null with fewer than two raters, or when there is too much to do.
 */
export function crossingInterval(alphas: readonly number[], differences: readonly Float64Array[]): Interval | null {
  const { seed, bootstrap_resamples: resamples } = resampling;
  const raters = differences.length;
  if (raters < 2 || raters * alphas.length * resamples > mostWork) return null;
  const random = mulberry32(seed);
  const crosses: number[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    const drawn = Array.from({ length: raters }, () => differences[Math.floor(random() * raters)]!);
    const cross = crossOf(alphas, drawn);
    if (cross !== null) crosses.push(cross);
  }
  const sorted = Float64Array.from(crosses).sort();
  return {
    estimate: crossOf(alphas, differences),
    lo: quantile(sorted, 0.025),
    hi: quantile(sorted, 0.975),
    n_null: resamples - sorted.length,
  };
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

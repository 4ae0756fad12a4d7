import { claimInterval, leastVariance } from './claim-interval.ts';
import type { ClaimReason, ShownInterval } from './claims.ts';
import { type PairUnits, unitCount, unitVariance, unvaried } from './units.ts';

/** A mean over images, and how far each pair pulls it. */
export interface PairInfluences {
  estimate: number;
  /** u_p = w_p (mean of the pair - estimate), w_p = n_p P / sum n; they add up to 0. */
  influences: Float64Array;
}

/**
 * @param sums of the images' values, and `counts`: how many images, a pair each, in the order of the units that the
 * influences are for; at least one image a pair
 */
export function pairInfluences(sums: ArrayLike<number>, counts: ArrayLike<number>): PairInfluences {
  const P = sums.length;
  let [all, total] = [0, 0];
  for (let pair = 0; pair < P; pair++) {
    all += counts[pair]!;
    total += sums[pair]!;
  }
  const estimate = total / all;
  const influences = new Float64Array(P);
  for (let pair = 0; pair < P; pair++) {
    const count = counts[pair]!;
    influences[pair] = ((count * P) / all) * (sums[pair]! / count - estimate);
  }
  return { estimate, influences };
}

/** Ends of what a mean can be: percent of images, classes an image, or any number. */
const ranges = {
  percent: [0, 100],
  classes: [1, Number.POSITIVE_INFINITY],
  real: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
} as const;

/** The interval of a mean over images under the claim `anchors` (metrics.md 13.4, 13.8). */
export function meanInterval(
  units: PairUnits,
  { estimate, influences }: PairInfluences,
  scale: keyof typeof ranges,
): ShownInterval {
  const [least, most] = ranges[scale];
  const shown = {
    estimate,
    claim: 'anchors' as const,
    units: units.units,
    p: null,
    n: unitCount(units),
  };
  const none = (reason: ClaimReason): ShownInterval => ({
    ...shown,
    se: null,
    df: null,
    skew: null,
    lo: null,
    hi: null,
    reason,
    ...(reason === 'no_variation' && scale === 'percent' && unvaried(units, estimate)),
  });
  const V = unitVariance(units, [influences]);
  if (units.obstacle !== null || V === null || units.freedom === null) return none(units.obstacle ?? 'one_pair');
  if (V < leastVariance) return none('no_variation');
  const { se, df, skew, lo, hi } = claimInterval({ estimate, V, df: units.freedom }, influences);
  return {
    ...shown,
    se,
    df,
    skew,
    lo: Math.max(least, lo),
    hi: Math.min(most, hi),
    reason: null,
  };
}

import { claimInterval, leastVariance } from './claim-interval.ts';
import { type ShownInterval, without } from './claims.ts';
import { type PairUnits, unitCount, unitVariance, unvaried } from '../outcomes/units.ts';

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
export function anchorsInterval(units: PairUnits, { estimate, influences }: PairInfluences): ShownInterval {
  const shown = { estimate, claim: 'anchors' as const, units: units.units, n: unitCount(units) };
  const V = unitVariance(units, [influences]);
  const { obstacle, freedom } = units;
  if (obstacle !== null || V === null || freedom === null) return { ...shown, ...without(obstacle ?? 'one_pair') };
  if (V < leastVariance) return { ...shown, ...without('no_variation') };
  return { ...shown, ...claimInterval({ estimate, V, df: freedom }, influences), reason: null };
}

/** `anchorsInterval` within the ends of its scale, and without the probability of no difference. */
export function meanInterval(units: PairUnits, of: PairInfluences, scale: keyof typeof ranges): ShownInterval {
  const [least, most] = ranges[scale];
  const found = anchorsInterval(units, of);
  return {
    ...found,
    p: null,
    lo: found.lo === null ? null : Math.max(least, found.lo),
    hi: found.hi === null ? null : Math.min(most, found.hi),
    ...(found.reason === 'no_variation' && scale === 'percent' && unvaried(units, of.estimate)),
  };
}

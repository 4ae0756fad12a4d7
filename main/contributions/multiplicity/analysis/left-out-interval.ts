import { influencesOf, leastVariance } from '../../../analysis/claims/index.ts';
import { studentQuantile } from '../../../analysis/statistics/index.ts';
import { type PairUnits, unitVariance } from '../../../analysis/outcomes/index.ts';
import { at } from '../../../domain/numbers/index.ts';

/** A 95 % interval from an estimate without each pair, about these very networks and people; null: `reason` says why. */
export interface LeftOutInterval {
  se: number | null;
  df: number | null;
  lo: number | null;
  hi: number | null;
  reason: 'undefined' | 'one_pair' | 'one_anchor' | 'empty' | 'no_variation' | null;
}

/**
 * Student's t with the variance of the pairs' influences (metrics.md 16), within the ends of the scale.
 * @param values the estimate without each of the units, and last of all itself; NaN: undefined
 */
export function leftOutInterval(
  units: PairUnits,
  values: Float64Array,
  [least, most]: readonly [number, number],
): LeftOutInterval {
  const none = (reason: LeftOutInterval['reason']) => ({ se: null, df: null, lo: null, hi: null, reason });
  const estimate = at(values, values.length - 1);
  const df = units.freedom;
  if (Number.isNaN(estimate)) return none('undefined');
  if (units.obstacle !== null || df === null) return none(units.obstacle ?? 'one_pair');
  if (values.some(Number.isNaN)) return none('empty');
  const V = unitVariance(units, [influencesOf(values)]) ?? 0;
  if (V < leastVariance) return none('no_variation');
  const se = Math.sqrt(V);
  const reach = studentQuantile(0.975, df) * se;
  return { se, df, lo: Math.max(least, estimate - reach), hi: Math.min(most, estimate + reach), reason: null };
}

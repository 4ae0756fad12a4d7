import { normalCdf, normalQuantile, studentQuantile } from './distributions.ts';
import { quantile } from './quantile.ts';

/** A 95 % interval for reading: bias-corrected and accelerated, with expanded quantiles. */
export interface CorrectedInterval {
  /** Of all units. */
  estimate: number | null;
  /** Null with fewer than two units, or where the statistic is undefined. */
  lo: number | null;
  hi: number | null;
  /** What was drawn: so many pairs, images or raters. */
  units: number;
  /** Resamples in which the statistic is undefined; they are left out. */
  n_null: number;
}

/** A statistic under resampling. */
export interface Resampled {
  /** Of all units. */
  estimate: number | null;
  /** Its values in the resamples, ascending, without those in which it is undefined. */
  sorted: Float64Array;
  /** What was drawn, and how often. */
  units: number;
  resamples: number;
}

/**
 * The level of the lower end of a two-sided 95 % percentile interval that makes up for few units (Hesterberg 2015, What Teachers
 * Should Know About the Bootstrap; his R package resample, ExpandProbs): Phi(-sqrt(n / (n - 1)) t), t the 97.5 % quantile of
 * Student's t with n - 1 degrees of freedom. Resamples of n units vary too little by sqrt((n - 1) / n), and the normal
 * quantile is too small for a spread that is itself estimated. From 0 (n = 2) to 0.025 (many).
 * @param units n >= 2.
 */
export const expandedLevel = (units: number): number => normalCdf(-expandedQuantile(units));

const expandedQuantile = (units: number): number => Math.sqrt(units / (units - 1)) * studentQuantile(0.975, units - 1);

/**
 * The BCa interval (Efron 1987) at the expanded level (CI.bca(expand = TRUE) of the same package): quantiles of the resamples at
 * Phi(z0 + (z0 + z) / (1 - a (z0 + z))), z = -+ the normal quantile of `expandedLevel`. z0: how far the estimate is from
 * the median of the resamples, ties counted half. a: a sixth of the skewness of the jackknife.
 * @param without the statistic of all units but one.
 */
export function correctedInterval(
  { estimate, sorted, units, resamples }: Resampled,
  without: (unit: number) => number | null,
): CorrectedInterval {
  const known = { estimate, units, n_null: resamples - sorted.length };
  if (units < 2 || estimate === null || sorted.length === 0) return { ...known, lo: null, hi: null };
  const z = expandedQuantile(units);
  const bias = medianBias(estimate, sorted);
  const acceleration = skewnessOf(leftOut(units, without)) / 6;
  const level = (of: number): number => {
    const slowed = 1 - acceleration * (bias + of);
    // Few units and a long tail: the quantile lies beyond all resamples.
    if (slowed <= 0) return of < 0 ? 0 : 1;
    return normalCdf(bias + (bias + of) / slowed);
  };
  return { ...known, lo: quantile(sorted, level(-z)), hi: quantile(sorted, level(z)) };
}

/** The normal quantile of the share of resamples below the estimate; within what so many resamples can tell. */
function medianBias(estimate: number, sorted: Float64Array): number {
  const rounding = 1e-12 * Math.max(1, Math.abs(estimate));
  let [below, ties] = [0, 0];
  for (const value of sorted) {
    if (value < estimate - rounding) below++;
    else if (value <= estimate + rounding) ties++;
  }
  const edge = 0.5 / sorted.length;
  return normalQuantile(Math.min(1 - edge, Math.max(edge, (below + ties / 2) / sorted.length)));
}

function leftOut(units: number, without: (unit: number) => number | null): number[] {
  const values = Array.from({ length: units }, (_, unit) => without(unit));
  return values.filter((value) => value !== null);
}

/** sum (mean - x)^3 / (sum (mean - x)^2)^1.5; 0 where nothing varies, or nothing is known. */
function skewnessOf(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [squares, cubes] = [0, 0];
  for (const value of values) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  // What is left by rounding is no variation.
  return squares <= values.length * (1e-12 * Math.max(1, Math.abs(mean))) ** 2 ? 0 : cubes / squares ** 1.5;
}

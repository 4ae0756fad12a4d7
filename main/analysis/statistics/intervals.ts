import { normalCdf, normalQuantile, studentQuantile } from './distributions.ts';
import { byName, quantile } from './spread.ts';

/**
 * The generator mulberry32 (T. Ettinger), 32-bit arithmetic, as metrics.md 8 gives it; uniform in [0, 1). Small and the
 * same in any language, so that resampled intervals can be checked elsewhere to the last digit.
 */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = nextState(state);
    return (outputBits(state) >>> 0) / 2 ** 32;
  };
}

export const nextState = (state: number): number => (state + 0x6d2b79f5) | 0;

/** The 32 random bits of a state, as a signed integer: below 0 where the number in [0, 1) is 1/2 or more. */
export function outputBits(state: number): number {
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return t ^ (t >>> 14);
}

/** A 95 % interval for reading: bias-corrected and accelerated, with expanded quantiles. */
export interface CorrectedInterval extends Interval {
  /** Number of units (pairs, images or raters) that were resampled. */
  units: number;
}

/** A statistic under resampling. */
interface Resampled {
  /** The statistic of all units. */
  estimate: number | null;
  /** Its values in the resamples, ascending, without those in which it is undefined. */
  sorted: Float64Array;
  /** Number of units, and of resamples. */
  units: number;
  resamples: number;
}

/**
 * The level of the lower end of a two-sided 95 % percentile interval that makes up for few units (Hesterberg 2015, What
 * Teachers Should Know About the Bootstrap; his R package resample, ExpandProbs): Phi(-sqrt(n / (n - 1)) t), t the 97.5
 * % quantile of Student's t with n - 1 degrees of freedom. Resamples of n units vary too little by sqrt((n - 1) / n),
 * and the normal quantile is too small for a spread that is itself estimated. From 0 (n = 2) to 0.025 (many).
 * @param units n >= 2.
 */
export const expandedLevel = (units: number): number => normalCdf(-expandedQuantile(units));
const expandedQuantile = (units: number): number => Math.sqrt(units / (units - 1)) * studentQuantile(0.975, units - 1);

/**
 * The BCa interval (Efron 1987) at the expanded level (CI.bca(expand = TRUE) of the same package): quantiles of the
 * resamples at Phi(z0 + (z0 + z) / (1 - a (z0 + z))), z = -+ the normal quantile of `expandedLevel`. z0: how far the
 * estimate is from the median of the resamples, ties counted half. a: a sixth of the skewness of the jackknife.
 * @param without the statistic of all units but one.
 */
function correctedInterval(
  { estimate, sorted, units, resamples }: Resampled,
  without: (unit: number) => number | null,
): CorrectedInterval {
  const known = { estimate, units, n_null: resamples - sorted.length };
  if (units < 2 || estimate === null || sorted.length === 0) return { ...known, lo: null, hi: null };
  const z = expandedQuantile(units);
  const bias = medianBias(estimate, sorted);
  const jackknife = Array.from({ length: units }, (_, unit) => without(unit));
  const acceleration = skewness(jackknife.filter((value) => value !== null)) / 6;
  const level = (of: number): number => {
    const slowed = 1 - acceleration * (bias + of);
    // Few units and a long tail: the quantile lies beyond all resamples.
    if (slowed <= 0) return of < 0 ? 0 : 1;
    return normalCdf(bias + (bias + of) / slowed);
  };
  return { ...known, lo: quantile(sorted, level(-z)), hi: quantile(sorted, level(z)) };
}

/**
 * The normal quantile of the share of resamples below the estimate; held within what that number of resamples can show.
 */
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

/** sum (mean - x)^3 / (sum (mean - x)^2)^1.5; 0 where nothing varies, or nothing is known. */
function skewness(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [squares, cubes] = [0, 0];
  for (const value of values) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  // A difference by rounding is no variation.
  return squares <= values.length * (1e-12 * Math.max(1, Math.abs(mean))) ** 2 ? 0 : cubes / squares ** 1.5;
}

/** Settings of metrics.md 8, stated with every analysis. */
export const resampling = { seed: 20211213, bootstrap_resamples: 1000, permutation_resamples: 9999 } as const;

/** A percentile interval of 95 %, as metrics.md 8 fixes it. With few units it is too narrow: show the corrected one. */
export interface Interval {
  estimate: number | null;
  /** 2.5 % and 97.5 % quantiles; null if the statistic is undefined in all resamples. Corrected: null for one unit. */
  lo: number | null;
  hi: number | null;
  /** Resamples in which the statistic is undefined; they are dropped. */
  n_null: number;
}

/** A statistic of units; null: undefined. */
export interface UnitStatistic {
  /** The statistic of the units with the given indices, which may repeat. */
  of(units: ArrayLike<number>): number | null;
  /** The statistic of all units but one. */
  without(unit: number): number | null;
}

/** Stands for a value that is not defined at all. */
export const undefinedStatistic: UnitStatistic = { of: () => null, without: () => null };

/**
 * Bootstrap (Efron and Tibshirani 1993; metrics.md 8): each resample draws as many units as there are, with
 * replacement; all statistics of a call share the resamples. Same input, same intervals.
 * @returns null without units.
 */
export function bootstrap<Name extends string>(
  units: number,
  statistics: Readonly<Record<Name, UnitStatistic>>,
): Record<Name, Interval> | null {
  const found = resampled(units, statistics);
  return found && byName(Object.keys(statistics) as Name[], (name) => percentileInterval(found[name]));
}

/** `bootstrap` of one statistic, corrected for few units. */
export function correctedBootstrap(units: number, statistic: UnitStatistic): CorrectedInterval | null {
  const found = resampled(units, { statistic });
  return found && correctedInterval(found.statistic, statistic.without);
}

function resampled<Name extends string>(
  units: number,
  statistics: Readonly<Record<Name, UnitStatistic>>,
): Record<Name, Resampled> | null {
  if (units === 0) return null;
  const { seed, bootstrap_resamples: resamples } = resampling;
  const names = Object.keys(statistics) as Name[];
  const random = mulberry32(seed);
  const drawn = new Uint32Array(units);
  const values = byName(names, (): number[] => []);
  for (let resample = 0; resample < resamples; resample++) {
    for (let at = 0; at < units; at++) drawn[at] = Math.floor(random() * units);
    for (const name of names) {
      const value = statistics[name].of(drawn);
      if (value !== null) values[name].push(value);
    }
  }
  const all = Uint32Array.from({ length: units }, (_, unit) => unit);
  return byName(names, (name): Resampled => {
    const estimate = statistics[name].of(all);
    return { estimate, sorted: Float64Array.from(values[name]).sort(), units, resamples };
  });
}

function percentileInterval({ estimate, sorted, resamples }: Resampled): Interval {
  const [lo, hi] = [quantile(sorted, 0.025), quantile(sorted, 0.975)];
  return { estimate, lo, hi, n_null: resamples - sorted.length };
}

/** Images that are drawn together: each by itself, or all of a pair. */
export type Units = readonly (readonly number[])[];

/** Mean of a value over the image positions of a resample. `values`: an image each. */
export function meanOver(units: Units, values: ArrayLike<number>): UnitStatistic {
  const sums = Float64Array.from(units, (images) => images.reduce((sum, image) => sum + values[image]!, 0));
  const sizes = Uint32Array.from(units, (images) => images.length);
  const total = { sum: sums.reduce((a, b) => a + b, 0), n: sizes.reduce((a, b) => a + b, 0) };
  const meanOrNull = (sum: number, n: number): number | null => (n === 0 ? null : sum / n);
  return {
    of(drawn) {
      let sum = 0;
      let n = 0;
      for (let at = 0; at < drawn.length; at++) {
        sum += sums[drawn[at]!]!;
        n += sizes[drawn[at]!]!;
      }
      return meanOrNull(sum, n);
    },
    without: (unit) => meanOrNull(total.sum - sums[unit]!, total.n - sizes[unit]!),
  };
}

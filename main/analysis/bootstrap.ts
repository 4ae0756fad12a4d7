import { mulberry32 } from './mulberry32.ts';

/** Settings of SPEC 8, stated with every analysis. */
export const resampling = { seed: 20211213, bootstrap_resamples: 1000, permutation_resamples: 9999 } as const;

/** A percentile interval of 95 %. */
export interface Interval {
  estimate: number | null;
  /** 2.5 % and 97.5 % quantiles of the resamples; null if the statistic is undefined in all of them. */
  lo: number | null;
  hi: number | null;
  /** Resamples in which the statistic is undefined; they are left out. */
  n_null: number;
}

/** A statistic of the units with the given indices, which may repeat; null: undefined. */
export type UnitStatistic = (units: ArrayLike<number>) => number | null;

/**
 * Percentile bootstrap (Efron and Tibshirani 1993; SPEC 8): each resample draws as many units as there are, with
 * replacement; all statistics of a call share the resamples. Same input, same intervals.
 * @returns null without units.
 */
export function bootstrap<Name extends string>(
  units: number,
  statistics: Readonly<Record<Name, UnitStatistic>>,
  { seed, bootstrap_resamples: resamples }: { seed: number; bootstrap_resamples: number } = resampling,
): Record<Name, Interval> | null {
  if (units === 0) return null;
  const names = Object.keys(statistics) as Name[];
  const random = mulberry32(seed);
  const drawn = new Uint32Array(units);
  const values = names.map((): number[] => []);
  for (let resample = 0; resample < resamples; resample++) {
    for (let at = 0; at < units; at++) drawn[at] = Math.floor(random() * units);
    names.forEach((name, index) => {
      const value = statistics[name](drawn);
      if (value !== null) values[index]!.push(value);
    });
  }
  const all = Uint32Array.from({ length: units }, (_, unit) => unit);
  const intervals = names.map((name, index): [Name, Interval] => {
    const sorted = Float64Array.from(values[index]!).sort();
    return [
      name,
      {
        estimate: statistics[name](all),
        lo: quantile(sorted, 0.025),
        hi: quantile(sorted, 0.975),
        n_null: resamples - sorted.length,
      },
    ];
  });
  return Object.fromEntries(intervals) as Record<Name, Interval>;
}

/** Quantile q of ascending values with linear interpolation (type 7: h = (n - 1) q); null without values. */
export function quantile(sorted: ArrayLike<number>, q: number): number | null {
  if (sorted.length === 0) return null;
  const h = (sorted.length - 1) * q;
  const below = Math.floor(h);
  const lower = sorted[below]!;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return lower + (h - below) * (upper - lower);
}

/** Images that are drawn together: each by itself, or all of a pair. */
export type Units = readonly (readonly number[])[];

/** Mean of a value over the image positions of a resample. `values`: an image each. */
export function meanOver(units: Units, values: ArrayLike<number>): UnitStatistic {
  const sums = Float64Array.from(units, (images) => images.reduce((sum, image) => sum + values[image]!, 0));
  const sizes = Uint32Array.from(units, (images) => images.length);
  return (drawn) => {
    let sum = 0;
    let n = 0;
    for (let at = 0; at < drawn.length; at++) {
      sum += sums[drawn[at]!]!;
      n += sizes[drawn[at]!]!;
    }
    return n === 0 ? null : sum / n;
  };
}

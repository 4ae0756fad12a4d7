import { correctedInterval, type CorrectedInterval, type Resampled } from './corrected-interval.ts';
import { mulberry32 } from './mulberry32.ts';
import { quantile } from './quantile.ts';

/** Settings of metrics.md 8, stated with every analysis. */
export const resampling = { seed: 20211213, bootstrap_resamples: 1000, permutation_resamples: 9999 } as const;

/** A percentile interval of 95 %, as metrics.md 8 fixes it. With few units it is too narrow: show the corrected one. */
export interface Interval {
  estimate: number | null;
  /** 2.5 % and 97.5 % quantiles of the resamples; null if the statistic is undefined in all of them. */
  lo: number | null;
  hi: number | null;
  /** Resamples in which the statistic is undefined; they are left out. */
  n_null: number;
}

/** A statistic of units; null: undefined. */
export interface UnitStatistic {
  /** Of the units with the given indices, which may repeat. */
  of(units: ArrayLike<number>): number | null;
  /** Of all units but one. */
  without(unit: number): number | null;
}

/** Both intervals of each statistic. */
export interface Bootstrap<Name extends string> {
  percentile: Record<Name, Interval>;
  corrected: Record<Name, CorrectedInterval>;
}

/**
 * Bootstrap (Efron and Tibshirani 1993; metrics.md 8): each resample draws as many units as there are, with
 * replacement; all statistics of a call share the resamples. Same input, same intervals.
 * @returns null without units.
 */
export function bootstrap<Name extends string>(
  units: number,
  statistics: Readonly<Record<Name, UnitStatistic>>,
  { seed, bootstrap_resamples: resamples }: { seed: number; bootstrap_resamples: number } = resampling,
): Bootstrap<Name> | null {
  if (units === 0) return null;
  const names = Object.keys(statistics) as Name[];
  const random = mulberry32(seed);
  const drawn = new Uint32Array(units);
  const values = names.map((): number[] => []);
  for (let resample = 0; resample < resamples; resample++) {
    for (let at = 0; at < units; at++) drawn[at] = Math.floor(random() * units);
    names.forEach((name, index) => {
      const value = statistics[name].of(drawn);
      if (value !== null) values[index]!.push(value);
    });
  }
  const all = Uint32Array.from({ length: units }, (_, unit) => unit);
  const found = names.map((name, index) => {
    const estimate = statistics[name].of(all);
    return { name, resampled: { estimate, sorted: Float64Array.from(values[index]!).sort(), units, resamples } };
  });
  return {
    percentile: byName(found, ({ resampled }) => percentileInterval(resampled)),
    corrected: byName(found, ({ name, resampled }) => correctedInterval(resampled, statistics[name].without)),
  };
}

function percentileInterval({ estimate, sorted, resamples }: Resampled): Interval {
  const [lo, hi] = [quantile(sorted, 0.025), quantile(sorted, 0.975)];
  return { estimate, lo, hi, n_null: resamples - sorted.length };
}

function byName<Name extends string, Of extends { name: Name }, T>(
  all: readonly Of[],
  of: (each: Of) => T,
): Record<Name, T> {
  return Object.fromEntries(all.map((each) => [each.name, of(each)])) as Record<Name, T>;
}

/** Images that are drawn together: each by itself, or all of a pair. */
export type Units = readonly (readonly number[])[];

/** Mean of a value over the image positions of a resample. `values`: an image each. */
export function meanOver(units: Units, values: ArrayLike<number>): UnitStatistic {
  const sums = Float64Array.from(units, (images) => images.reduce((sum, image) => sum + values[image]!, 0));
  const sizes = Uint32Array.from(units, (images) => images.length);
  const total = { sum: sums.reduce((a, b) => a + b, 0), n: sizes.reduce((a, b) => a + b, 0) };
  const meanOf = (sum: number, n: number): number | null => (n === 0 ? null : sum / n);
  return {
    of(drawn) {
      let sum = 0;
      let n = 0;
      for (let at = 0; at < drawn.length; at++) {
        sum += sums[drawn[at]!]!;
        n += sizes[drawn[at]!]!;
      }
      return meanOf(sum, n);
    },
    without: (unit) => meanOf(total.sum - sums[unit]!, total.n - sizes[unit]!),
  };
}

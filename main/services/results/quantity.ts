import type { CorrectedInterval } from '../../analysis/intervals.ts';
import type { Spread } from '../../analysis/spread.ts';
import type { ApiInterval, Quantity } from '../../contract/api/results-parts.ts';

type Paper = Quantity['paper'];
type ByUnit = Record<'image' | 'pair', CorrectedInterval | null> | null;

interface Extra {
  /** "because ...": why it is undefined, if it is. */
  because: string;
  interval?: ByUnit;
  paper?: Paper;
}

export function toInterval(interval: CorrectedInterval | null): ApiInterval | null {
  return interval && { lo: interval.lo, hi: interval.hi, units: interval.units, nNull: interval.n_null };
}

/** A share or another single number. */
export function single(
  value: number | null,
  n: number,
  of: Quantity['of'],
  { because, interval = null, paper = null }: Extra,
): Quantity {
  return {
    value,
    std: null,
    n,
    of,
    interval: interval && { image: toInterval(interval.image), pair: toInterval(interval.pair) },
    paper,
    undefined: value === null ? because : null,
  };
}

/** A mean with its spread. */
export function meanOf({ mean, std, n }: Spread, of: Quantity['of'], extra: Extra): Quantity {
  return { ...single(mean, n, of, extra), std };
}

/** Intervals of one statistic by unit, of intervals of several. */
export function intervalsOf<Name extends string>(
  intervals: Record<'image' | 'pair', Partial<Record<Name, CorrectedInterval>> | null> | null,
  name: Name,
): ByUnit {
  return intervals && { image: intervals.image?.[name] ?? null, pair: intervals.pair?.[name] ?? null };
}

/** Why shares of determined images are undefined. */
export const noDetermined = ({ labelers }: { labelers: readonly unknown[] }): string =>
  labelers.length === 0 ? nobody : 'because no image was labelled by at least two labelers';

/** Why all that needs people is undefined where there is no labeler. */
export const nobody = 'because nobody has labelled yet';

/** Why all that needs networks is undefined where there is no group of them. */
export const noNetworks = 'because no network is among them';

/** Why a group has no types. */
export const tooFewModels = 'because the group has fewer than two networks';

import { meanOver, resampling, type Units } from './bootstrap.ts';
import { nextState, outputOf } from './mulberry32.ts';

/** A sign-flip permutation test of a difference. */
export interface SignFlip {
  /** Mean difference over images. Null without units. */
  statistic: number | null;
  p: number | null;
  method: 'exact' | 'monte-carlo';
  n_units: number;
  /** Units whose sum is not 0: only these can tell anything. */
  n_nonzero: number;
}

/** Up to so many units, all 2^n sign patterns are tried. */
export const mostExact = 16;

/** Sums up to this count as 0; statistics this close count as equally extreme. */
const zero = 1e-12;
const close = 1e-9;

/**
 * Is the mean of paired differences other than 0 (metrics.md 8)? Under the null hypothesis each unit's sum could as
 * well have the other sign. With at most 16 units that are not 0, p = share of sign patterns with |T| >= |T observed| -
 * 1e-9, T = sum of the signed unit sums; otherwise p = (1 + hits) / 10000 of 9999 random patterns.
 */
export function signFlip(units: Units, differences: ArrayLike<number>): SignFlip {
  return signFlips(units, [differences])[0]!;
}

/**
 * The same for several differences of the same units, which share the random patterns: metrics.md 8 restarts them for
 * each.
 */
export function signFlips(units: Units, differences: readonly ArrayLike<number>[]): SignFlip[] {
  const tests = differences.map((values) => {
    const sums = Float64Array.from(units, (images) => images.reduce((sum, image) => sum + values[image]!, 0));
    const nonzero = sums.filter((sum) => Math.abs(sum) > zero);
    return { sums, nonzero, exact: nonzero.length <= mostExact, values };
  });
  const random = randomPs(tests.filter(({ exact }) => !exact).map(({ sums }) => sums));
  return tests.map(({ sums, nonzero, exact, values }) => {
    const statistic = meanOver(units, values).of(sums.map((_, unit) => unit));
    const p = exact ? exactP([...nonzero]) : (random.shift() ?? null);
    return {
      statistic,
      p: statistic === null ? null : p,
      method: exact ? 'exact' : 'monte-carlo',
      n_units: units.length,
      n_nonzero: nonzero.length,
    };
  });
}

function exactP(sums: readonly number[]): number {
  const limit = Math.abs(sums.reduce((a, b) => a + b, 0)) - close;
  const patterns = 2 ** sums.length;
  let hits = 0;
  for (let pattern = 0; pattern < patterns; pattern++) {
    let total = 0;
    for (let at = 0; at < sums.length; at++) total += (pattern >>> at) & 1 ? sums[at]! : -sums[at]!;
    if (Math.abs(total) >= limit) hits++;
  }
  return hits / patterns;
}

/** p of each list of unit sums; one random sign a unit and pattern, zeros too. */
function randomPs(lists: readonly Float64Array[]): number[] {
  const { permutation_resamples: draws } = resampling;
  const limits = lists.map((sums) => Math.abs(sums.reduce((a, b) => a + b, 0)) - close);
  const hits = lists.map(() => 0);
  const units = lists[0]?.length ?? 0;
  const signs = new Float64Array(units);
  let state: number = resampling.seed;
  for (let draw = 0; draw < draws && units > 0; draw++) {
    state = drawSigns(signs, state);
    for (let list = 0; list < lists.length; list++) {
      if (Math.abs(signedSum(signs, lists[list]!)) >= limits[list]!) hits[list]!++;
    }
  }
  return hits.map((count) => (1 + count) / (draws + 1));
}

/** Fills in one random sign a unit; gives the state of the generator after them. */
function drawSigns(signs: Float64Array, from: number): number {
  let state = from;
  for (let unit = 0; unit < signs.length; unit++) {
    state = nextState(state);
    signs[unit] = outputOf(state) < 0 ? 1 : -1;
  }
  return state;
}

function signedSum(signs: Float64Array, sums: Float64Array): number {
  let total = 0;
  for (let unit = 0; unit < sums.length; unit++) total += signs[unit]! * sums[unit]!;
  return total;
}

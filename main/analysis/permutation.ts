import { meanOver, resampling, type Units } from './bootstrap.ts';
import { mulberry32 } from './mulberry32.ts';

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
const mostExact = 16;

/** Sums up to this count as 0; statistics this close count as equally extreme. */
const zero = 1e-12;
const close = 1e-9;

/**
 * Is the mean of paired differences other than 0 (SPEC 8)? Under the null hypothesis each unit's sum could as well have
 * the other sign. With at most 16 units that are not 0, p = share of sign patterns with |T| >= |T observed| - 1e-9,
 * T = sum of the signed unit sums; otherwise p = (1 + hits) / 10000 of 9999 random patterns.
 */
export function signFlip(units: Units, differences: ArrayLike<number>): SignFlip {
  const sums = units.map((images) => images.reduce((sum, image) => sum + differences[image]!, 0));
  const nonzero = sums.filter((sum) => Math.abs(sum) > zero);
  const statistic = meanOver(units, differences)(sums.map((_, unit) => unit));
  const exact = nonzero.length <= mostExact;
  const p = statistic === null ? null : exact ? exactP(nonzero) : randomP(sums);
  return {
    statistic,
    p,
    method: exact ? 'exact' : 'monte-carlo',
    n_units: units.length,
    n_nonzero: nonzero.length,
  };
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

function randomP(sums: readonly number[]): number {
  const { seed, permutation_resamples: draws } = resampling;
  const limit = Math.abs(sums.reduce((a, b) => a + b, 0)) - close;
  const random = mulberry32(seed);
  let hits = 0;
  for (let draw = 0; draw < draws; draw++) {
    let total = 0;
    for (const sum of sums) total += random() >= 0.5 ? sum : -sum;
    if (Math.abs(total) >= limit) hits++;
  }
  return (1 + hits) / (draws + 1);
}

import { createRequire } from 'node:module';

/** The normal distribution, Student's t and chi squared, by @stdlib. */

type Distribution = (x: number, ...parameters: (number | boolean)[]) => number;

const load = createRequire(import.meta.url);

/** Loaded when it is first asked for: these packages have some 440 modules, and most processes compute no interval. */
function onFirstUse(name: string): () => Distribution {
  let loaded: Distribution | undefined;
  return () => (loaded ??= load(name) as Distribution);
}

const packages = {
  incompleteGamma: onFirstUse('@stdlib/math-base-special-gammainc'),
  inverseGamma: onFirstUse('@stdlib/math-base-special-gammaincinv'),
  normalCdf: onFirstUse('@stdlib/stats-base-dists-normal-cdf'),
  normalQuantile: onFirstUse('@stdlib/stats-base-dists-normal-quantile'),
  studentCdf: onFirstUse('@stdlib/stats-base-dists-t-cdf'),
  studentQuantile: onFirstUse('@stdlib/stats-base-dists-t-quantile'),
};

/** P(Z <= z) of a standard normal. */
export const normalCdf = (z: number): number => packages.normalCdf()(z, 0, 1);

/** The z with P(Z <= z) = p, 0 < p < 1; exact to 1e-11, far tails included. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p > 0.001) return packages.normalQuantile()(p, 0, 1);
  // The package takes erfinv(2p - 1), which loses the digits of a small p: Newton's method on log P(Z <= z).
  let z = -Math.sqrt(-2 * Math.log(p));
  for (let step = 0; step < 8; step++) {
    const below = normalCdf(z);
    z -= (Math.log(below / p) * below * Math.sqrt(2 * Math.PI)) / Math.exp((-z * z) / 2);
  }
  return z;
}

/** The t with P(T <= t) = p of Student's t with `freedom` > 0 degrees of freedom; exact to 1e-11. `p`: 0 < p < 1. */
export const studentQuantile = (p: number, freedom: number): number => packages.studentQuantile()(p, freedom);

/** P(T <= t) of Student's t with `freedom` > 0 degrees of freedom. */
export const studentCdf = (t: number, freedom: number): number => packages.studentCdf()(t, freedom);

/** P(X >= x) of chi squared with `freedom` > 0 degrees of freedom; its small values keep their digits. */
export const chiSquaredAbove = (x: number, freedom: number): number =>
  packages.incompleteGamma()(x / 2, freedom / 2, true, true);

/** The x with P(X <= x) = p of chi squared with `freedom` > 0 degrees of freedom. `p`: 0 < p < 1. */
export const chiSquaredQuantile = (p: number, freedom: number): number =>
  2 * packages.inverseGamma()(p, freedom / 2, false);

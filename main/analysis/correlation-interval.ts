import { at } from '../domain/arrays.ts';
import { leastVariance } from './claim-interval.ts';
import type { ClaimReason, ShownInterval } from './claims.ts';
import { complete, pearson, ranksOf, spearman, type Values } from './entropy.ts';
import type { ImageInput } from './input.ts';
import { studentQuantile } from './distributions.ts';
import { spread } from './spread.ts';
import { pairUnits, unitCount, unitVariance } from './units.ts';

export type Correlation = 'pearson' | 'spearman';

const correlate = (correlation: Correlation, x: Values, y: Values): number | null =>
  (correlation === 'pearson' ? pearson : spearman)(x, y);

/**
 * The interval of a correlation over images under the claim `anchors`: Student's t on Fisher's scale, atanh r, with the
 * variance of the units' influences (metrics.md 13.8). Those on Pearson's r are of the jackknife, (P - 1) (mean r_(.) -
 * r_(p)); those on Spearman's rho, whose ranks would have to be made anew without each unit, of the delta method, with
 * what an image does to the ranks of all others.
 * @param x of each image, and y; null where unknown: such an image does not count @param estimate where it is known
 */
export function correlationInterval(
  correlation: Correlation,
  images: readonly ImageInput[],
  x: Values,
  y: Values,
  estimate = correlate(correlation, x, y),
): ShownInterval {
  const { a, b, places } = complete(x, y);
  const counted = new Set(places);
  const units = pairUnits(images, (image) => counted.has(image));
  const shown = { estimate, claim: 'anchors' as const, units: units.units, n: unitCount(units), p: null };
  const none = (reason: ClaimReason): ShownInterval => ({
    ...{ ...shown, se: null, df: null, skew: null, lo: null, hi: null, reason },
  });
  if (estimate === null) return none('undefined');
  if (units.obstacle !== null || units.freedom === null) return none(units.obstacle ?? 'one_pair');
  const points = new Map(places.map((place, point) => [place, point]));
  const own = units.pairs.map((pair) => pair.map((place) => points.get(place)!));
  const ofUnits = correlation === 'pearson' ? jackknifed(a, b, own) : influencesOnRanks(a, b, own);
  if (!ofUnits.every(Number.isFinite)) return none('empty');
  const V = unitVariance(units, [ofUnits]) ?? 0;
  if (V < leastVariance || Math.abs(estimate) >= 1) return none('no_variation');
  const se = Math.sqrt(V);
  const [centre, half] = [Math.atanh(estimate), (studentQuantile(0.975, units.freedom) * se) / (1 - estimate ** 2)];
  return {
    ...{ ...shown, se, df: units.freedom, skew: 0, lo: Math.tanh(centre - half), hi: Math.tanh(centre + half) },
    reason: null,
  };
}

/** Of standardized values: their squares add up to no more than rounding. */
const constant = 1e-9;

type Points = readonly (readonly number[])[];

/** Influences of units on Pearson's r; not finite where r is undefined without one. @param units the points of each; all points belong to one */
function jackknifed(a: readonly number[], b: readonly number[], units: Points): number[] {
  const [x, y] = [standardized(a), standardized(b)];
  const sum = (points: readonly number[], term: (point: number) => number): number =>
    points.reduce((total, point) => total + term(point), 0);
  const all = meanProduct(x, y) * x.length;
  const without = units.map((points) => {
    const n = x.length - points.length;
    const [sx, sy] = [sum(points, (point) => at(x, point)), sum(points, (point) => at(y, point))];
    const xx = x.length - sum(points, (point) => at(x, point) ** 2) - sx ** 2 / n;
    const yy = x.length - sum(points, (point) => at(y, point) ** 2) - sy ** 2 / n;
    if (Math.min(xx, yy) < constant) return Number.NaN;
    return (all - sum(points, (point) => at(x, point) * at(y, point)) - (sx * sy) / n) / Math.sqrt(xx * yy);
  });
  const mean = spread(without).mean!;
  return without.map((r) => (units.length - 1) * (mean - r));
}

/**
 * Influences of units on Spearman's rho: each point's on Pearson's r of the ranks, zx zy - r (zx^2 + zy^2) / 2 (Devlin,
 * Gnanadesikan and Kettenring 1975), and what it does to the ranks of points above it; half of that for its ties.
 */
function influencesOnRanks(a: readonly number[], b: readonly number[], units: Points): number[] {
  const ranks = [ranksOf(a), ranksOf(b)] as const;
  const [x, y] = [standardized(ranks[0]), standardized(ranks[1])];
  const r = meanProduct(x, y);
  const influences = x.map((value, point) => value * at(y, point) - (r * (value ** 2 + at(y, point) ** 2)) / 2);
  for (const [own, z, other] of [
    [ranks[0], x, y],
    [ranks[1], y, x],
  ] as const) {
    const sd = spread(own).std!;
    addAbove(
      influences,
      own,
      z.map((value, point) => (at(other, point) - r * value) / sd),
    );
  }
  const weight = units.length / a.length;
  return units.map((points) => weight * points.reduce((sum, point) => sum + at(influences, point), 0));
}

/** Adds to each point the sum of the weights of points of higher rank, and half of those of its own rank. */
function addAbove(sums: Float64Array, ranks: readonly number[], weights: Float64Array): void {
  const order = [...ranks.keys()].sort((p, q) => at(ranks, q) - at(ranks, p));
  let above = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    let own = 0;
    const rank = at(ranks, at(order, from));
    for (; to < order.length && at(ranks, at(order, to)) === rank; to++) own += at(weights, at(order, to));
    for (; from < to; from++) sums[at(order, from)]! += above + own / 2;
    above += own;
  }
}

function standardized(values: readonly number[]): Float64Array {
  const { mean, std } = spread(values);
  return Float64Array.from(values, (value) => (value - mean!) / std!);
}

const meanProduct = (x: Float64Array, y: Float64Array): number =>
  x.reduce((sum, value, point) => sum + value * at(y, point), 0) / x.length;

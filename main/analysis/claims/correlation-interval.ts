import { at } from '../../domain/numbers/arrays.ts';
import type { ClaimInterval } from './claim-interval.ts';
import { complete, pearson, ranksOf, spearman, type Values } from '../statistics/entropy.ts';
import { studentQuantile } from '../statistics/distributions.ts';
import { spread } from '../statistics/spread.ts';
import type { WithoutPairs } from './statistic.ts';
import type { PairUnits } from '../outcomes/units.ts';

const correlations = ['pearson', 'spearman'] as const;
export type Correlation = (typeof correlations)[number];

/** Correlation of the entropy of people's labels with that of the votes, or of the mean softmax. */
export type CorrelationValue = `${Correlation}_${'vote' | 'predictive'}`;
export const correlationValues: readonly CorrelationValue[] = correlations.flatMap((correlation) => [
  `${correlation}_vote` as const,
  `${correlation}_predictive` as const,
]);

export const isCorrelation = (value: string): value is CorrelationValue =>
  correlationValues.some((correlation) => correlation === value);

/**
 * A correlation over images without each pair, and last of all; NaN: undefined. Those of Spearman's rho, whose ranks
 * would have to be made anew without each pair, are of the delta method: rho - u_p / (P - 1), u_p with what an image does
 * to the ranks of all others (metrics.md 13.8).
 * @param x of each image, and y; null where unknown: such an image does not count
 */
export function correlationWithoutPairs(
  value: CorrelationValue,
  { pairs }: Pick<PairUnits, 'pairs'>,
  x: Values,
  y: Values,
): WithoutPairs {
  const isPearson = value.startsWith('pearson');
  const estimate = (isPearson ? pearson : spearman)(x, y);
  const found = new Float64Array(pairs.length + 1).fill(Number.NaN);
  if (estimate === null) return found;
  const { a, b, places } = complete(x, y);
  const points = new Int32Array(x.length).fill(-1);
  places.forEach((place, point) => (points[place] = point));
  const own = pairs.map((pair) => pair.flatMap((place) => (points[place]! < 0 ? [] : [points[place]!])));
  found.set(
    isPearson
      ? leftOut(a, b, own)
      : influencesOnRanks(a, b, own).map((influence) => estimate - influence / (pairs.length - 1)),
  );
  found[pairs.length] = estimate;
  return found;
}

/** Student's t on Fisher's scale, atanh r: its ends are within -1 and 1. Null: everything lies on a line. */
export function fisherInterval({ estimate, V, df }: { estimate: number; V: number; df: number }): ClaimInterval | null {
  if (Math.abs(estimate) >= 1) return null;
  const se = Math.sqrt(V);
  const [center, half] = [Math.atanh(estimate), (studentQuantile(0.975, df) * se) / (1 - estimate ** 2)];
  return { se, df, skew: 0, lo: Math.tanh(center - half), hi: Math.tanh(center + half), p: Number.NaN };
}

/** Standardized values whose squares add up to less are constant but for rounding. */
const constant = 1e-9;

type Points = readonly (readonly number[])[];

/** Pearson's r without each pair; NaN where it is undefined. @param units the points of each */
function leftOut(a: readonly number[], b: readonly number[], units: Points): number[] {
  const [x, y] = [standardized(a), standardized(b)];
  const sum = (points: readonly number[], term: (point: number) => number): number =>
    points.reduce((total, point) => total + term(point), 0);
  const all = meanProduct(x, y) * x.length;
  return units.map((points) => {
    const n = x.length - points.length;
    const [sx, sy] = [sum(points, (point) => at(x, point)), sum(points, (point) => at(y, point))];
    const xx = x.length - sum(points, (point) => at(x, point) ** 2) - sx ** 2 / n;
    const yy = x.length - sum(points, (point) => at(y, point) ** 2) - sy ** 2 / n;
    if (Math.min(xx, yy) < constant) return Number.NaN;
    return (all - sum(points, (point) => at(x, point) * at(y, point)) - (sx * sy) / n) / Math.sqrt(xx * yy);
  });
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

import { at } from '../../../domain/numbers/index.ts';
import { byName, normalQuantile, spread, type Spread } from '../../../analysis/statistics/index.ts';
import { imageCounts, labelCounts, type LabelMatrix, takeRaters, tally } from '../../../analysis/labels/index.ts';
import { countPairs, eachPair, pairCount, type PairCounts } from '../../../analysis/raters/index.ts';

/**
 * How much the answers to an image depend on which of several equally accurate networks one happens to have (Marx,
 * Calmon and Ustun 2020; metrics.md 16).
 */
export interface Multiplicity {
  /** Share of images on which some other member differs from this one, 0..1: of a group the same for each. */
  ambiguity: Record<string, number>;
  ambiguity_spread: Spread;
  /** Largest share of images on which one other member differs from this one, 0..1. */
  discrepancy: Record<string, number>;
  discrepancy_spread: Spread;
  /** Share of images on which two members differ (metrics.md 2.2), and the largest discrepancy. */
  any_differ: number;
  max_pairwise: number;
  self_consistency: SelfConsistency;
  ensemble: StableEnsemble;
}

/** The chance that two members, drawn without replacement, agree on an image (Cooper et al. 2024), 0..1. */
interface SelfConsistency {
  per_image: number[];
  mean: number;
  share_one: number;
  /** Share of images at .75 or below. */
  share_le_75: number;
}

/** How many members have to vote until their majority is that of all members. */
interface StableEnsemble {
  /**
   * By odd m up to M: the mean probability that m members drawn without replacement have the mode of all members as their
   * only mode. Over images with a mode; null without one.
   */
  curve: Record<string, number | null>;
  /** Least m from which on the curve stays at .95 or above; M means that it is not yet known. Null: none, or no image. */
  smallest: number | null;
}

/** Members of a group for which binomial coefficients fit a number. */
export const mostMembers = 1000;
const stable = 0.95;
const rounding = 1e-12;

/**
 * @param names of the members, in the order of `labels`, which have a label of every image
 * @throws RangeError fewer than two members, or more than `mostMembers`
 */
export function multiplicity(names: readonly string[], labels: LabelMatrix): Multiplicity {
  const { raters, images } = labels;
  if (raters < 2 || raters > mostMembers) throw new RangeError(`multiplicity is of 2 to ${mostMembers} networks`);
  const counts = labelCounts(labels);
  const { distinct } = tally(labels);
  const any_differ = distinct.reduce((sum, n) => sum + (n > 1 ? 1 : 0), 0) / images;
  const most = mostDiffering(countPairs(labels), images);
  const per_image = Array.from({ length: images }, (_, image) => {
    const same = imageCounts(counts, image).reduce((sum, c) => sum + c * (c - 1), 0);
    return same / (raters * (raters - 1));
  });
  const share = (holds: (value: number) => boolean): number => per_image.filter(holds).length / images;
  return {
    // Whoever is the baseline: where two members differ, one of them differs from it.
    ambiguity: byName(names, () => any_differ),
    ambiguity_spread: spread(names.map(() => any_differ)),
    discrepancy: Object.fromEntries(names.map((name, member) => [name, at(most, member)])),
    discrepancy_spread: spread(most),
    any_differ,
    max_pairwise: Math.max(...most),
    self_consistency: {
      per_image,
      mean: per_image.reduce((sum, value) => sum + value, 0) / images,
      share_one: share((value) => value === 1),
      share_le_75: share((value) => value <= 0.75),
    },
    ensemble: stableEnsemble(
      Array.from({ length: images }, (_, image) => imageCounts(counts, image)),
      raters,
    ),
  };
}

/** For each member, the largest share of images on which another one differs from it. */
function mostDiffering({ raters, same }: PairCounts, images: number): number[] {
  const most = new Array<number>(raters).fill(0);
  eachPair(raters, (a, b, index) => {
    const differ = (images - same[index]!) / images;
    most[a] = Math.max(most[a]!, differ);
    most[b] = Math.max(most[b]!, differ);
  });
  return most;
}

/** How far two groups differ beyond what two seeds of one recipe do (Milani Fard et al. 2016), shares of images. */
export interface Churn {
  /** Mean over networks a of A and b of B of the share on which they differ; null: a group is empty. */
  between: number | null;
  /** Mean over pairs within a group; null for fewer than two. */
  within_a: number | null;
  within_b: number | null;
  /** between - (within_a + within_b) / 2. */
  excess: number | null;
}

/** @param a raters of one group, and `b`: those of the other; a rater may be in both */
export function churn(labels: LabelMatrix, a: readonly number[], b: readonly number[]): Churn {
  const { images } = labels;
  const differ = (members: readonly number[]): number | null => {
    if (members.length < 2) return null;
    const { same } = countPairs(takeRaters(labels, members));
    return 1 - same.reduce((sum, n) => sum + n, 0) / (pairCount(members.length) * images);
  };
  const votes = labelCounts(takeRaters(labels, b));
  let same = 0;
  for (const rater of a) {
    for (let image = 0; image < images; image++) {
      same += votes.counts[image * labels.classes + labels.values[rater * images + image]!]!;
    }
  }
  const between = a.length === 0 || b.length === 0 ? null : 1 - same / (a.length * b.length * images);
  const [within_a, within_b] = [differ(a), differ(b)];
  const known = between !== null && within_a !== null && within_b !== null;
  return { between, within_a, within_b, excess: known ? between - (within_a + within_b) / 2 : null };
}

/** @param votes of all members for each class, an image an entry @param members how many there are */
export function stableEnsemble(votes: readonly ArrayLike<number>[], members: number): StableEnsemble {
  const sizes = Array.from({ length: Math.ceil(members / 2) }, (_, place) => 2 * place + 1);
  const draws = sizes.map((m) => choose(members, m));
  /** Images with the same votes, whatever the classes, have the same probabilities. */
  const known = new Map<string, Float64Array>();
  const sums = new Float64Array(sizes.length);
  let images = 0;
  for (const counts of votes) {
    const [top = 0, ...others] = Array.from(counts)
      .filter((c) => c > 0)
      .sort((a, b) => b - a);
    if (top === others[0]) continue;
    images++;
    const key = others.join();
    const probabilities = known.get(key) ?? modeProbabilities(top, others, sizes, draws);
    known.set(key, probabilities);
    probabilities.forEach((probability, place) => (sums[place]! += probability));
  }
  const curve = Array.from(sums, (sum) => (images === 0 ? null : sum / images));
  const lastBelow = curve.findLastIndex((value) => value === null || value < stable - rounding);
  return {
    curve: Object.fromEntries(sizes.map((m, place) => [`${m}`, at(curve, place)])),
    smallest: sizes[lastBelow + 1] ?? null,
  };
}

/**
 * The probability that among m members drawn without replacement the class with `top` votes has more than any other,
 * sum over t of C(top, t) [x^(m - t)] prod_k sum_(u < t) C(c_k, u) x^u / C(M, m).
 * @param others votes for the other classes, descending @param draws C(M, m) of each size m
 */
function modeProbabilities(
  top: number,
  others: readonly number[],
  sizes: readonly number[],
  draws: readonly number[],
): Float64Array {
  const sums = new Float64Array(sizes.length);
  let rest: Float64Array = Float64Array.of(1);
  for (let t = 1; t <= top; t++) {
    // From t = c_k + 1 on all votes for class k may be drawn.
    if (t <= (others[0] ?? 0) + 1) rest = productOf(others, t - 1);
    const ways = choose(top, t);
    sizes.forEach((m, place) => (sums[place]! += ways * (rest[m - t] ?? 0)));
  }
  return sums.map((sum, place) => sum / at(draws, place));
}

/** Coefficients of the product over `counts` of the sum over u up to `most` of C(c, u) x^u. */
function productOf(counts: readonly number[], most: number): Float64Array {
  let product = Float64Array.of(1);
  for (const c of counts) {
    const terms = Array.from({ length: Math.min(c, most) + 1 }, (_, u) => choose(c, u));
    const next = new Float64Array(product.length + terms.length - 1);
    product.forEach((value, power) => terms.forEach((term, u) => (next[power + u]! += value * term)));
    product = next;
  }
  return product;
}

const rows = new Map<number, Float64Array>();

/** C(n, k) for 0 <= k <= n <= `mostMembers`, to a relative 1e-13. */
function choose(n: number, k: number): number {
  let row = rows.get(n);
  if (!row) {
    row = new Float64Array(n + 1).fill(1);
    for (let j = 1; j <= n; j++) row[j] = (row[j - 1]! * (n - j + 1)) / j;
    rows.set(n, row);
  }
  return row[k]!;
}

/** Do networks that agree on test images agree on boundary images? A line through pairs (Baek et al. 2022). */
export interface AgreementLine {
  /** Pairs of members whose agreement on test images is known. */
  n_pairs: number;
  /** Least squares on probits. Null for fewer than three pairs, or with one and the same test agreement of all. */
  slope: number | null;
  intercept: number | null;
  /** Null also where all boundary agreements are equal. */
  r2: number | null;
  /** Leaving out members; null for fewer than four, or where the line without one of them is undefined. */
  se_slope: number | null;
}

const fewestPairs = 3;
const fewestMembers = 4;
const constant = 1e-12;

/**
 * @param labels of the members on boundary images
 * @param test share of `images` test images on which two members agree; null: unknown
 */
export function agreementLine(
  labels: LabelMatrix,
  test: { images: number; agreement: (a: number, b: number) => number | null },
): AgreementLine {
  const { raters, images } = labels;
  const { same } = countPairs(labels);
  const points: { a: number; b: number; x: number; y: number }[] = [];
  eachPair(raters, (a, b, index) => {
    const known = test.agreement(a, b);
    if (known === null) return;
    points.push({ a, b, x: probit(known, test.images), y: probit(same[index]! / images, images) });
  });
  const { slope, intercept, r2 } = lineThrough(points);
  const without = Array.from(
    { length: raters },
    (_, member) => lineThrough(points.filter(({ a, b }) => a !== member && b !== member)).slope,
  );
  const { n, std } = spread(without);
  const se_slope = raters < fewestMembers || n < raters || std === null ? null : Math.sqrt(raters - 1) * std;
  return { n_pairs: points.length, slope, intercept, r2, se_slope };
}

/** Probit of a share of n images: shares of 0 and 1 count as half an image away from them. */
const probit = (share: number, n: number): number => normalQuantile(Math.min(1 - 0.5 / n, Math.max(0.5 / n, share)));

function lineThrough(points: readonly { x: number; y: number }[]) {
  const none = { slope: null, intercept: null, r2: null };
  if (points.length < fewestPairs) return none;
  const [x, y] = [points.map((point) => point.x), points.map((point) => point.y)];
  const range = (values: readonly number[]): number =>
    values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY) -
    values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  if (range(x) <= constant) return none;
  const [meanX, meanY] = [spread(x).mean!, spread(y).mean!];
  let [xx, xy, yy] = [0, 0, 0];
  for (const point of points) {
    xx += (point.x - meanX) ** 2;
    xy += (point.x - meanX) * (point.y - meanY);
    yy += (point.y - meanY) ** 2;
  }
  const slope = xy / xx;
  return { slope, intercept: meanY - slope * meanX, r2: range(y) <= constant ? null : xy ** 2 / (xx * yy) };
}

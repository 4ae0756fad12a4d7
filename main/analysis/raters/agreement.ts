import { at } from '../../domain/numbers/arrays.ts';
import { imageCounts, type LabelCounts } from '../labels/labels.ts';
import { eachPair, type PairCounts } from './pair-counts.ts';
import { percent, spread, type Spread } from '../statistics/spread.ts';

/**
 * A number for each of many pairs, kept in columns: half a million pairs as objects would need hundreds of megabytes.
 * As JSON it is the list of objects of metrics.md 11. NaN in a column stands for null, and leaves this class as null.
 */
export class PairTable<Column extends string> {
  /** Names of the raters that `a` and `b` point into. */
  readonly namesA: readonly string[];
  readonly namesB: readonly string[];
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  readonly columns: Readonly<Record<Column, Float64Array>>;

  constructor(
    names: { a: readonly string[]; b: readonly string[] },
    pairs: { a: Uint32Array; b: Uint32Array },
    columns: Record<Column, Float64Array>,
  ) {
    this.namesA = names.a;
    this.namesB = names.b;
    this.a = pairs.a;
    this.b = pairs.b;
    this.columns = columns;
  }

  get length(): number {
    return this.a.length;
  }

  value(column: Column, pair: number): number | null {
    const value = this.columns[column][pair]!;
    return Number.isNaN(value) ? null : value;
  }

  /** The pairs for which `holds`; both raters' numbers then start at `first`. Names stay the same. */
  where(holds: (a: number, b: number) => boolean, first: { a: number; b: number }): PairTable<Column> {
    const kept = Uint32Array.from([...this.a.keys()].filter((pair) => holds(this.a[pair]!, this.b[pair]!)));
    const names = { a: this.namesA.slice(first.a), b: this.namesB.slice(first.b) };
    const pairs = { a: kept.map((pair) => this.a[pair]! - first.a), b: kept.map((pair) => this.b[pair]! - first.b) };
    const columns = Object.entries<Float64Array>(this.columns).map(([name, values]) => [
      name,
      Float64Array.from(kept, (pair) => values[pair]!),
    ]);
    return new PairTable(names, pairs, Object.fromEntries(columns) as Record<Column, Float64Array>);
  }

  *values(column: Column): Generator<number | null> {
    for (let pair = 0; pair < this.length; pair++) yield this.value(column, pair);
  }

  row(pair: number): { a: string; b: string } & Record<Column, number | null> {
    const numbers = Object.keys(this.columns).map((column) => [column, this.value(column as Column, pair)]);
    const values = Object.fromEntries(numbers) as Record<Column, number | null>;
    return { a: at(this.namesA, at(this.a, pair)), b: at(this.namesB, at(this.b, pair)), ...values };
  }

  *[Symbol.iterator](): Generator<{ a: string; b: string } & Record<Column, number | null>> {
    for (let pair = 0; pair < this.length; pair++) yield this.row(pair);
  }

  toJSON(): ({ a: string; b: string } & Record<Column, number | null>)[] {
    return [...this];
  }
}

/**
 * Pairwise disagreement of raters in percent (metrics.md 2.2 for models, 2.3 for people): for each unordered pair,
 * 100 * #{labels differ} / #{images where both are present}; spread over the pairs. A pair that shares no image is
 * dropped.
 */
export function pairwiseDisagreementPct({ shared, same }: PairCounts): Spread {
  return spread(percents(shared, same));
}

function* percents(shared: Uint32Array, same: Uint32Array): Generator<number | null> {
  for (let pair = 0; pair < shared.length; pair++) yield percent(shared[pair]! - same[pair]!, shared[pair]!);
}

/**
 * Expected pairwise disagreement where nobody knows who gave which label: the chance that two people who labeled an image
 * gave different labels, (n^2 - sum c^2) / (n (n - 1)), mean over the images with two labels (`n`), percent. With complete
 * labels it equals the mean over pairs; a spread over pairs needs to know who they are (metrics.md 14.1).
 */
export function expectedPairwiseDisagreement(labels: LabelCounts): Spread {
  let [total, images] = [0, 0];
  for (let image = 0; image < labels.images; image++) {
    const n = labels.present[image]!;
    if (n < 2) continue;
    const squares = imageCounts(labels, image).reduce((all, count) => all + count * count, 0);
    total += (n * n - squares) / (n * (n - 1));
    images++;
  }
  return { mean: percent(total, images), std: null, std_ddof1: null, n: images };
}

type CohenColumn = 'n' | 'p_obs' | 'p_exp' | 'kappa';

/** Cohen's kappa of every pair of raters. */
export interface Cohen {
  pairs: PairTable<CohenColumn>;
  /** Over the pairs that have one. */
  kappa: Spread;
  /** Pairs without: no shared image, or both constant at the same label. */
  n_null: number;
}

/**
 * kappa = (p_o - p_e) / (1 - p_e), with p_e = sum_k p_ak p_bk, on the n images that both have labeled; -1..1
 * (Cohen 1960; metrics.md 3). NaN without a shared image, or when p_e = 1, which is tested with integers: sum_k c_ak
 * c_bk = n^2. One constant rater gives 0.
 */
export function cohenKappa(n: number, same: number, chance: number): number {
  if (n === 0 || chance === n * n) return Number.NaN;
  const expected = chance / (n * n);
  return (same / n - expected) / (1 - expected);
}

export function cohen(names: readonly string[], { raters, shared, same, chance }: PairCounts): Cohen {
  const pairs = { a: new Uint32Array(shared.length), b: new Uint32Array(shared.length) };
  const columns = {
    n: Float64Array.from(shared),
    p_obs: new Float64Array(shared.length),
    p_exp: new Float64Array(shared.length),
    kappa: new Float64Array(shared.length),
  };
  eachPair(raters, (a, b, index) => {
    const n = shared[index]!;
    pairs.a[index] = a;
    pairs.b[index] = b;
    // 0 / 0 is NaN, which stands for null.
    columns.p_obs[index] = same[index]! / n;
    columns.p_exp[index] = chance[index]! / (n * n);
    columns.kappa[index] = cohenKappa(n, same[index]!, chance[index]!);
  });
  const table = new PairTable({ a: names, b: names }, pairs, columns);
  const kappa = spread(table.values('kappa'));
  return { pairs: table, kappa, n_null: table.length - kappa.n };
}

/**
 * Fleiss' kappa, generalized to unequal numbers of labels (Fleiss 1971; metrics.md 3). On images with n_i >= 2 labels:
 * P_i = sum_k c_ik (c_ik - 1) / (n_i (n_i - 1)), P their unweighted mean, p_k = sum_i c_ik / sum_i n_i,
 * P_e = sum_k p_k^2, kappa = (P - P_e) / (1 - P_e); at most 1. Null without such an image, or with one label only.
 */
export function fleissKappa(labels: LabelCounts): number | null {
  const totals = new Float64Array(labels.classes);
  let images = 0;
  let all = 0;
  let agreement = 0;
  for (let image = 0; image < labels.images; image++) {
    const n = labels.present[image]!;
    if (n < 2) continue;
    let pairs = 0;
    imageCounts(labels, image).forEach((count, k) => {
      totals[k]! += count;
      pairs += count * (count - 1);
    });
    agreement += pairs / (n * (n - 1));
    all += n;
    images++;
  }
  if (images === 0 || totals.some((total) => total === all)) return null;
  const expected = totals.reduce((sum, total) => sum + (total / all) ** 2, 0);
  return (agreement / images - expected) / (1 - expected);
}

/**
 * Sums over images from which Krippendorff's alpha follows: the sums of two sets of images add up to those of both.
 * `[sum_i (n_i^2 - sum_k c_ik^2) / (n_i - 1), n_0, n_1, ..., n_(K-1)]`.
 */
type KrippendorffSums = Float64Array;

/** Adds one image's part; an image with fewer than two labels has none. */
export function addKrippendorff(sums: KrippendorffSums, counts: Uint32Array): void {
  let n = 0;
  let squares = 0;
  for (const count of counts) {
    n += count;
    squares += count * count;
  }
  if (n < 2) return;
  sums[0]! += (n * n - squares) / (n - 1);
  for (let k = 0; k < counts.length; k++) sums[k + 1]! += counts[k]!;
}

/**
 * Krippendorff's alpha for nominal labels (Krippendorff 2011; metrics.md 3): 1 - D_o / D_e with
 * D_o = (1/n) sum_i (n_i^2 - sum_k c_ik^2) / (n_i - 1) and D_e = (n^2 - sum_k n_k^2) / (n (n - 1)). At most 1.
 * Null if D_e = 0: no image with two labels, or one label only.
 */
export function alphaFromSums(sums: KrippendorffSums): number | null {
  let n = 0;
  let squares = 0;
  for (let k = 1; k < sums.length; k++) {
    n += sums[k]!;
    squares += sums[k]! ** 2;
  }
  const expected = n * n - squares;
  // 1 - (D / n) / (expected / (n (n - 1)))
  return expected === 0 ? null : 1 - (sums[0]! * (n - 1)) / expected;
}

export function krippendorffAlpha(labels: LabelCounts): number | null {
  const sums = new Float64Array(labels.classes + 1);
  for (let image = 0; image < labels.images; image++) addKrippendorff(sums, imageCounts(labels, image));
  return alphaFromSums(sums);
}

/**
 * Raters in an order with similar ones side by side: the leaves of an average-linkage tree (UPGMA), the tighter branch
 * first. `similarity[a][b]` is symmetric; null (undefined) counts as no similarity at all. Cost: n^3.
 */
export function orderBySimilarity(similarity: readonly (readonly (number | null)[])[]): number[] {
  let clusters = similarity.map((_, index) => ({ leaves: [index], height: 0 }));
  const distance = similarity.map((row) => row.map((value) => 1 - (value ?? -1)));
  while (clusters.length > 1) {
    const { a, b, height } = nearest(clusters, distance);
    const [first, second] = [at(clusters, a), at(clusters, b)];
    const ordered = second.height < first.height ? [second, first] : [first, second];
    const leaves = ordered.flatMap((cluster) => cluster.leaves);
    merge(distance, clusters, a, b);
    clusters = clusters.filter((_, index) => index !== b);
    clusters[a] = { leaves, height };
  }
  return clusters[0]?.leaves ?? [];
}

interface Cluster {
  leaves: number[];
  height: number;
}

function nearest(clusters: readonly Cluster[], distance: readonly number[][]) {
  let best = { a: 0, b: 1, height: Number.POSITIVE_INFINITY };
  for (let a = 0; a < clusters.length; a++) {
    for (let b = a + 1; b < clusters.length; b++) {
      const height = distance[a]![b]!;
      if (height < best.height) best = { a, b, height };
    }
  }
  return best;
}

/** Joins b into a: distances are means over all pairs of leaves. */
function merge(distance: number[][], clusters: readonly Cluster[], a: number, b: number): void {
  const [sizeA, sizeB] = [clusters[a]!.leaves.length, clusters[b]!.leaves.length];
  for (let other = 0; other < clusters.length; other++) {
    const mean = (sizeA * distance[a]![other]! + sizeB * distance[b]![other]!) / (sizeA + sizeB);
    distance[a]![other] = mean;
    distance[other]![a] = mean;
  }
  for (const row of distance) row.splice(b, 1);
  distance.splice(b, 1);
}

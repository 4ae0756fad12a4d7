/**
 * Shannon entropy in bits of counts c_k: -sum (c_k / n) log2 (c_k / n), 0..log2 K; 0 log 0 = 0. Null without labels.
 * Terms are summed in descending order, so that equal multisets of counts give equal entropies (metrics.md 4): ties
 * must stay ties when they are ranked.
 */
export function countEntropyBits(counts: ArrayLike<number>): number | null {
  const present = Array.from(counts).filter((count) => count > 0);
  const n = present.reduce((sum, count) => sum + count, 0);
  return n === 0 ? null : entropyBits(present.map((count) => count / n));
}

/** Shannon entropy in bits of a distribution p_k, terms in descending order of p_k. */
export function entropyBits(probabilities: ArrayLike<number>): number {
  const sorted = Float64Array.from(probabilities).sort();
  let bits = 0;
  for (let at = sorted.length - 1; at >= 0 && sorted[at]! > 0; at--) bits -= sorted[at]! * Math.log2(sorted[at]!);
  // One certain class gives -1 * log2(1) = -0.
  return bits + 0;
}

/** metrics.md 4: smaller ranges count as constant. */
const smallestRange = 1e-12;

/** Fewer points than this have no correlation. */
const fewest = 3;

/** One value an image, null where it is unknown. */
export type Values = readonly (number | null)[];

/** Points where both values exist, and where they stand. */
export function complete(x: Values, y: Values): { a: number[]; b: number[]; places: number[] } {
  const places = [...x.keys()].filter((at) => x[at] !== null && (y[at] ?? null) !== null);
  return { a: places.map((at) => x[at]!), b: places.map((at) => y[at]!), places };
}

const range = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) -
  values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);

/**
 * Pearson's r = sum (x - mx)(y - my) / sqrt(sum (x - mx)^2 sum (y - my)^2), -1..1, over the points where both exist.
 * Null for fewer than three points, or when x or y is constant.
 */
export function pearson(x: Values, y: Values): number | null {
  const { a, b } = complete(x, y);
  if (a.length < fewest || range(a) <= smallestRange || range(b) <= smallestRange) return null;
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, at) => {
    const [dx, dy] = [value - meanA, b[at]! - meanB];
    ab += dx * dy;
    aa += dx * dx;
    bb += dy * dy;
  });
  return ab / Math.sqrt(aa * bb);
}

/**
 * Spearman's rho: Pearson's r of the ranks, ties sharing their average rank. Values are rounded to 1e-12 before they are
 * ranked, because equal entropies may differ in their last bits (metrics.md 4).
 */
export function spearman(x: Values, y: Values): number | null {
  const { a, b } = complete(x, y);
  if (a.length < fewest || range(a) <= smallestRange || range(b) <= smallestRange) return null;
  return pearson(ranksOf(a), ranksOf(b));
}

/** Average ranks of values rounded to 1e-12, see `spearman`. */
export const ranksOf = (values: readonly number[]): number[] => averageRanks(values.map(rounded));

const rounded = (value: number): number => Math.round(value * 1e12) / 1e12;

/** Ranks from 1; equal values share the mean of theirs. */
function averageRanks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let at = from; at < to; at++) ranks[order[at]!] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}

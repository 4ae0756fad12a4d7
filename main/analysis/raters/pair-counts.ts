import { type LabelMatrix, missing } from '../labels/labels.ts';

/** Bits set in a 32-bit word (the parallel count of Hacker's Delight, figure 5-2). */
export function popcount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** 32-bit words that hold one bit for each of `count` items. */
const wordsFor = (count: number): number => (count + 31) >>> 5;

/** A set of items 0..count-1: bit `item % 32` of word `item / 32`. Bits beyond the last item are 0. */
export type BitSet = Int32Array;

export function bitSet(count: number, holds: (item: number) => boolean): BitSet {
  const set = new Int32Array(wordsFor(count));
  for (let item = 0; item < count; item++) if (holds(item)) set[item >>> 5]! |= 1 << (item & 31);
  return set;
}

/**
 * A label matrix as bits, so that two raters are compared 32 images at a time: plane b of a rater holds bit b of each of
 * its labels. Two labels are equal when no plane differs.
 */
interface LabelPlanes {
  /** Planes of a rater: enough bits for classes - 1. */
  readonly planes: number;
  readonly words: number;
  /** `bits[(rater * planes + plane) * words + word]`; 0 where a label is missing. */
  readonly bits: Int32Array;
  /** `present[rater * words + word]`: which images have a label. */
  readonly present: Int32Array;
}

export function labelPlanes({ raters, images, classes, values }: LabelMatrix): LabelPlanes {
  const planes = Math.max(1, 32 - Math.clz32(classes - 1));
  const words = wordsFor(images);
  const bits = new Int32Array(raters * planes * words);
  const present = new Int32Array(raters * words);
  for (let rater = 0; rater < raters; rater++) {
    for (let image = 0; image < images; image++) {
      const label = values[rater * images + image]!;
      if (label === missing) continue;
      const bit = 1 << (image & 31);
      const word = image >>> 5;
      present[rater * words + word]! |= bit;
      for (let plane = 0; plane < planes; plane++) {
        if ((label >>> plane) & 1) bits[(rater * planes + plane) * words + word]! |= bit;
      }
    }
  }
  return { planes, words, bits, present };
}

/** Unordered pairs of n raters: n (n - 1) / 2. */
export const pairCount = (raters: number): number => (raters * (raters - 1)) / 2;

/** The place of pair (a, b), a < b, in the order (0,1), (0,2), ..., (1,2), ... */
const pairIndex = (raters: number, a: number, b: number): number => a * raters - (a * (a + 1)) / 2 + b - a - 1;

/** Calls `visit` with every pair a < b in the order of `pairIndex`. */
export function eachPair(raters: number, visit: (a: number, b: number, index: number) => void): void {
  let index = 0;
  for (let a = 0; a < raters; a++) for (let b = a + 1; b < raters; b++) visit(a, b, index++);
}

/** What two raters have in common, a pair an entry, in the order of `pairIndex`. All that kappa and disagreement need. */
export interface PairCounts {
  readonly raters: number;
  /** Images that both have labeled. */
  readonly shared: Uint32Array;
  /** Shared images that both labeled alike. */
  readonly same: Uint32Array;
  /** sum_k c_ak c_bk over the shared images (up to images^2, so a float). */
  readonly chance: Float64Array;
}

/** Counts of an earlier matrix: `at[rater]` is the rater's place in it, or -1 for one that is new. */
interface KnownPairs {
  readonly counts: PairCounts;
  readonly at: readonly number[];
}

/**
 * Compares all pairs of raters, or takes over those that are known: with one rater more, only its own pairs are
 * compared. Cost: raters^2 / 2 * images / 32 word operations, and what is missing of each pair.
 */
export function countPairs(matrix: LabelMatrix, known?: KnownPairs): PairCounts {
  const { raters } = matrix;
  const pairs = pairCount(raters);
  const counts = {
    raters,
    shared: new Uint32Array(pairs),
    same: new Uint32Array(pairs),
    chance: new Float64Array(pairs),
  };
  const planes = labelPlanes(matrix);
  const totals = labelTotals(matrix);
  const shared = new SharedTotals(matrix, totals);
  eachPair(raters, (a, b, index) => {
    const before = known ? knownIndex(known, a, b) : null;
    if (known && before !== null) {
      counts.shared[index] = known.counts.shared[before]!;
      counts.same[index] = known.counts.same[before]!;
      counts.chance[index] = known.counts.chance[before]!;
      return;
    }
    counts.same[index] = sameLabels(planes, a, b);
    const { images, chance } = shared.of(a, b);
    counts.shared[index] = images;
    counts.chance[index] = chance;
  });
  return counts;
}

function knownIndex({ counts, at }: KnownPairs, a: number, b: number): number | null {
  const [x, y] = [at[a] ?? -1, at[b] ?? -1];
  return x < 0 || y < 0 ? null : pairIndex(counts.raters, Math.min(x, y), Math.max(x, y));
}

function sameLabels({ planes, words, bits, present }: LabelPlanes, a: number, b: number): number {
  const atA = a * planes * words;
  const atB = b * planes * words;
  let same = 0;
  for (let word = 0; word < words; word++) {
    let equal = present[a * words + word]! & present[b * words + word]!;
    for (let plane = 0, offset = word; plane < planes; plane++, offset += words) {
      equal &= ~(bits[atA + offset]! ^ bits[atB + offset]!);
    }
    same += popcount(equal);
  }
  return same;
}

/** `[rater][k]`: how often each rater gave each label. */
function labelTotals({ raters, images, classes, values }: LabelMatrix): Uint32Array {
  const totals = new Uint32Array(raters * classes);
  for (let rater = 0; rater < raters; rater++) {
    for (let image = 0; image < images; image++) {
      const label = values[rater * images + image]!;
      if (label !== missing) totals[rater * classes + label]!++;
    }
  }
  return totals;
}

/** Label totals of two raters on the images that both have: their own totals less what the other one misses. */
class SharedTotals {
  readonly #matrix: LabelMatrix;
  readonly #totals: Uint32Array;
  readonly #misses: Uint32Array[];
  readonly #ofA: Float64Array;
  readonly #ofB: Float64Array;

  constructor(matrix: LabelMatrix, totals: Uint32Array) {
    this.#matrix = matrix;
    this.#totals = totals;
    this.#misses = Array.from({ length: matrix.raters }, (_, rater) => missingImages(matrix, rater));
    this.#ofA = new Float64Array(matrix.classes);
    this.#ofB = new Float64Array(matrix.classes);
  }

  of(a: number, b: number): { images: number; chance: number } {
    this.#fill(this.#ofA, a, b);
    this.#fill(this.#ofB, b, a);
    let images = 0;
    let chance = 0;
    for (let k = 0; k < this.#ofA.length; k++) {
      images += this.#ofA[k]!;
      chance += this.#ofA[k]! * this.#ofB[k]!;
    }
    return { images, chance };
  }

  #fill(into: Float64Array, rater: number, other: number): void {
    const { images, classes, values } = this.#matrix;
    for (let k = 0; k < classes; k++) into[k] = this.#totals[rater * classes + k]!;
    for (const image of this.#misses[other]!) {
      const label = values[rater * images + image]!;
      if (label !== missing) into[label]!--;
    }
  }
}

function missingImages({ images, values }: LabelMatrix, rater: number): Uint32Array {
  const missed: number[] = [];
  for (let image = 0; image < images; image++) if (values[rater * images + image] === missing) missed.push(image);
  return Uint32Array.from(missed);
}

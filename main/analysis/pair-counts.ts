import { popcount } from './bits.ts';
import { labelPlanes, type LabelPlanes } from './label-planes.ts';
import { missing, type LabelMatrix } from './labels.ts';
import { eachPair, pairCount, pairIndex } from './pair-index.ts';

/** What two raters have in common, a pair an entry, in the order of `pairIndex`. All that kappa and disagreement need. */
export interface PairCounts {
  readonly raters: number;
  /** Images that both have labelled. */
  readonly shared: Uint32Array;
  /** Of these, images with the same label. */
  readonly same: Uint32Array;
  /** sum_k c_ak c_bk over the shared images (up to images^2, so a float). */
  readonly chance: Float64Array;
}

/** Counts of an earlier matrix: `at[rater]` is the rater's place in it, or -1 for one that is new. */
export interface KnownPairs {
  readonly counts: PairCounts;
  readonly at: readonly number[];
}

/**
 * Compares all pairs of raters, or takes over those that are known: with one rater more, only its own pairs are
 * compared. Cost: raters^2 / 2 * images / 32 word operations, and what is missing of each pair.
 */
export function countPairs(matrix: LabelMatrix, known: KnownPairs | null = null): PairCounts {
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
    const before = known && knownIndex(known, a, b);
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

/** Images on which both have the same label. */
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

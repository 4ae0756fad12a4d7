import { kept } from '../../../domain/numbers/index.ts';
import { meanInterval, pairInfluences, type ShownInterval } from '../../../analysis/claims/index.ts';
import { type ImageInput, pairUnits, type PairUnits } from '../../../analysis/outcomes/index.ts';
import { imageCounts, type LabelCounts } from '../../../analysis/labels/index.ts';

/** Curves of people are computed up to this number of labels of an image; with more, nothing changes that can be seen. */
export const mostCurvePoints = 200;

/** A value for r = 1, 2, ... raters: entry r - 1. Null where no image has r labels. */
export type Curve = (number | null)[];

/**
 * How statistics change with the number of raters, exactly: for each r, the mean over all ways to choose r of an
 * image's n labels, over the images with at least r labels. Nothing is drawn at random (Hurlbert 1971; Heck, van Belle
 * and Simberloff 1975).
 */
export interface Rarefaction {
  /** Share of images, percent, on which r raters do not all give the same label: 1 - sum_k C(c_k, r) / C(n, r). */
  disagree: RarefiedCurve;
  /** Different labels of an image: sum_k 1 - C(n - c_k, r) / C(n, r). */
  distinct: RarefiedCurve;
}

export interface RarefiedCurve {
  values: Curve;
  /** Interval of each value, under the claim `anchors`: other anchors and pairs, these very raters. Without pairs: empty. */
  intervals: readonly (ShownInterval | null)[];
}

/** The pairs of classes that images belong to: units of the intervals. */
export interface RarefiedPairs {
  readonly images: readonly ImageInput[];
  readonly units: PairUnits;
}

/** Lists of chances that are kept: many images have the same counts. */
const mostKept = 10_000;

/** How likely r of an image's labels are the same, or miss a class. */
class Chances {
  readonly #most: number;
  readonly #within = new Map<number, Float64Array>();

  /** @param most largest r */
  constructor(most: number) {
    this.#most = most;
  }

  /** P(r of n labels, drawn without putting back, are all among c of them): C(c, r) / C(n, r), r = 1..`most` or n. */
  #chancesWithin(c: number, n: number): Float64Array {
    const key = (n * (n + 1)) / 2 + c;
    const known = this.#within.get(key);
    if (known) return known;
    const chances = new Float64Array(Math.min(n, this.#most));
    let chance = 1;
    for (let r = 1; r <= chances.length; r++) {
      chance *= Math.max(0, c - r + 1) / (n - r + 1);
      chances[r - 1] = chance;
    }
    if (this.#within.size >= mostKept) this.#within.clear();
    this.#within.set(key, chances);
    return chances;
  }

  /** P(r labels of the image are all the same), r = 1..`most` or n if that is less. */
  same(counts: Uint32Array, n: number): Float64Array {
    const same = new Float64Array(Math.min(n, this.#most));
    for (const count of counts) {
      if (count === 0) continue;
      const chances = this.#chancesWithin(count, n);
      for (let at = 0; at < same.length; at++) same[at]! += chances[at]!;
    }
    return same;
  }

  /** How many different labels r of the image have, on average. */
  distinct(counts: Uint32Array, n: number): Float64Array {
    const distinct = new Float64Array(Math.min(n, this.#most));
    for (const count of counts) {
      if (count === 0) continue;
      const absent = this.#chancesWithin(n - count, n);
      for (let at = 0; at < distinct.length; at++) distinct[at]! += 1 - absent[at]!;
    }
    return distinct;
  }
}

/** The curves of disagreement and of different labels, for 1 to `raters` raters. */
export function rarefy(labels: LabelCounts, raters: number, pairs: RarefiedPairs | null = null): Rarefaction {
  const disagree = new MeanCurve(raters, pairs);
  const distinct = new MeanCurve(raters, pairs);
  const chances = new Chances(raters);
  for (let image = 0; image < labels.images; image++) {
    const n = labels.present[image]!;
    const counts = imageCounts(labels, image);
    disagree.add(
      image,
      chances.same(counts, n).map((chance) => 100 * (1 - chance)),
    );
    distinct.add(image, chances.distinct(counts, n));
  }
  return { disagree: disagree.found('percent'), distinct: distinct.found('classes') };
}

/**
 * Percent of images that are split among r raters (or `agree`: on which r raters agree) and for which `holds` is true
 * of the image, among all images with at least r labels: type A or C with fewer models or labelers.
 */
export function rarefyWhere(
  labels: LabelCounts,
  raters: number,
  wanted: 'split' | 'agree',
  holds: (image: number) => boolean | null,
  pairs: RarefiedPairs | null = null,
): RarefiedCurve {
  const curve = new MeanCurve(raters, pairs);
  const chances = new Chances(raters);
  for (let image = 0; image < labels.images; image++) {
    const fits = holds(image);
    if (fits === null) continue;
    const same = chances.same(imageCounts(labels, image), labels.present[image]!);
    curve.add(
      image,
      same.map((chance) => (fits ? 100 * (wanted === 'split' ? 1 - chance : chance) : 0)),
    );
  }
  return curve.found('percent');
}

/**
 * Types A and C with fewer raters of one side, the other side as it is: A: only networks disagree, C: only people do.
 * @param others whether the other side disagrees on an image; null: it does not count.
 */
export function rarefyTypes(
  labels: LabelCounts,
  raters: number,
  drawn: 'people' | 'networks',
  others: (image: number) => boolean | null,
  pairs: RarefiedPairs | null = null,
): { a: RarefiedCurve; c: RarefiedCurve } {
  const [own, both] = drawn === 'networks' ? (['a', 'c'] as const) : (['c', 'a'] as const);
  const agreeing = (image: number): boolean | null => {
    const disagree = others(image);
    return disagree === null ? null : !disagree;
  };
  const curves = {
    [own]: rarefyWhere(labels, raters, 'split', agreeing, pairs),
    [both]: rarefyWhere(labels, raters, 'agree', others, pairs),
  };
  return curves as { a: RarefiedCurve; c: RarefiedCurve };
}

/**
 * How many images each value of a curve is a mean over: those with r labels, r = 1, 2, ... With missing labels, others
 * for each r. `counts`: whether an image counts at all.
 */
export function imagesWith(
  { present }: LabelCounts,
  raters: number,
  counts: (image: number) => boolean = () => true,
): number[] {
  const images = new Array<number>(raters + 1).fill(0);
  present.forEach((n, image) => {
    if (counts(image)) images[Math.min(n, raters)]! += 1;
  });
  // From images with exactly r labels to images with r or more.
  for (let r = raters - 1; r >= 0; r--) images[r]! += images[r + 1]!;
  return images.slice(1);
}

class MeanCurve {
  readonly #raters: number;
  readonly #sums: Float64Array;
  readonly #images: Uint32Array;
  readonly #pairs: PairSums | null;

  constructor(raters: number, pairs: RarefiedPairs | null) {
    this.#raters = raters;
    this.#sums = new Float64Array(raters);
    this.#images = new Uint32Array(raters);
    this.#pairs = pairs && new PairSums(raters, pairs);
  }

  /** @param values with 1, 2, ... raters, as many as labeled the image */
  add(image: number, values: Float64Array): void {
    const [sums, images] = [this.#sums, this.#images];
    for (let at = 0; at < values.length; at++) {
      sums[at]! += values[at]!;
      images[at]!++;
    }
    this.#pairs?.add(image, values);
  }

  found(scale: 'percent' | 'classes'): RarefiedCurve {
    const values = Array.from(this.#sums, (sum, at) => (this.#images[at] === 0 ? null : sum / this.#images[at]!));
    const pairs = this.#pairs;
    if (!pairs) return { values, intervals: [] };
    return { values, intervals: Array.from({ length: this.#raters }, (_, at) => pairs.interval(at, scale)) };
  }
}

/** Sums of a curve's values over the images of each pair, for each number of raters. */
class PairSums {
  readonly #of: RarefiedPairs;
  readonly #raters: number;
  readonly #pairOf: Int32Array;
  /** [pair][r - 1]. */
  readonly #sums: Float64Array;
  /** How many images of each pair have exactly n labels: [pair][n]. */
  readonly #labeled: Uint32Array;
  #counts: Uint32Array | null = null;
  /** By how many pairs have an image: with more raters only ever fewer of them have one. */
  readonly #units = new Map<number, PairUnits>();

  constructor(raters: number, of: RarefiedPairs) {
    const P = of.units.pairs.length;
    this.#of = of;
    this.#raters = raters;
    this.#pairOf = new Int32Array(of.images.length).fill(-1);
    of.units.pairs.forEach((images, pair) => images.forEach((image) => (this.#pairOf[image] = pair)));
    this.#sums = new Float64Array(P * raters);
    this.#labeled = new Uint32Array(P * (raters + 1));
  }

  add(image: number, values: Float64Array): void {
    const pair = this.#pairOf[image]!;
    if (pair < 0) return;
    this.#labeled[pair * (this.#raters + 1) + values.length]!++;
    const [sums, start] = [this.#sums, pair * this.#raters];
    for (let at = 0; at < values.length; at++) sums[start + at]! += values[at]!;
  }

  interval(at: number, scale: 'percent' | 'classes'): ShownInterval | null {
    this.#counts ??= this.#countAll();
    const all = this.#counts;
    const P = this.#of.units.pairs.length;
    const [sums, counts] = [new Float64Array(P), new Uint32Array(P)];
    let present = 0;
    for (let pair = 0; pair < P; pair++) {
      const count = all[pair * this.#raters + at]!;
      if (count === 0) continue;
      sums[present] = this.#sums[pair * this.#raters + at]!;
      counts[present] = count;
      present++;
    }
    const units = this.#unitsOf(at, present);
    if (present === 0) return null;
    return meanInterval(units, pairInfluences(sums.subarray(0, present), counts.subarray(0, present)), scale);
  }

  /** How many images of each pair have r labels or more: [pair][r - 1]. */
  #countAll(): Uint32Array {
    const counts = new Uint32Array(this.#sums.length);
    this.#of.units.pairs.forEach((_, pair) => {
      let images = 0;
      for (let n = this.#raters; n >= 1; n--) {
        images += this.#labeled[pair * (this.#raters + 1) + n]!;
        counts[pair * this.#raters + n - 1] = images;
      }
    });
    return counts;
  }

  /** @param present how many pairs have an image with so many labels */
  #unitsOf(at: number, present: number): PairUnits {
    const { images, units } = this.#of;
    if (present === units.pairs.length) return units;
    const counts = this.#counts;
    const isPresent = (image: number): boolean => (counts?.[this.#pairOf[image]! * this.#raters + at] ?? 0) > 0;
    return kept(this.#units, present, () => pairUnits(images, isPresent));
  }
}

import { imageCounts, type LabelCounts } from './labels.ts';

/** A value for r = 1, 2, ... raters: entry r - 1. Null where no image has r labels. */
export type Curve = (number | null)[];

/**
 * How statistics change with the number of raters, exactly: for each r, the mean over all ways to choose r of an
 * image's n labels, over the images with at least r labels. Nothing is drawn at random (Hurlbert 1971; Heck, van Belle
 * and Simberloff 1975).
 */
export interface Rarefaction {
  /** Share of images, percent, on which r raters do not all give the same label: 1 - sum_k C(c_k, r) / C(n, r). */
  disagree: Curve;
  /** Different labels of an image: sum_k 1 - C(n - c_k, r) / C(n, r). */
  distinct: Curve;
}

/** Chance that r of n labels, drawn without putting back, are all among c of them: C(c, r) / C(n, r), for r = 1.. */
function* chanceWithin(c: number, n: number): Generator<number> {
  let chance = 1;
  for (let r = 1; r <= n; r++) {
    chance *= Math.max(0, c - r + 1) / (n - r + 1);
    yield chance;
  }
}

/** P(r labels of the image are all the same), r = 1..n. */
function sameLabelChance(counts: Uint32Array, n: number): Float64Array {
  const same = new Float64Array(n);
  for (const count of counts.filter((c) => c > 0)) {
    let r = 0;
    for (const chance of chanceWithin(count, n)) same[r++]! += chance;
  }
  return same;
}

/** Both curves, for 1 to `raters` raters. */
export function rarefy(labels: LabelCounts, raters: number): Rarefaction {
  const disagree = new MeanCurve(raters);
  const distinct = new MeanCurve(raters);
  for (let image = 0; image < labels.images; image++) {
    const n = labels.present[image]!;
    const counts = imageCounts(labels, image);
    disagree.add(sameLabelChance(counts, n).map((chance) => 100 * (1 - chance)));
    distinct.add(distinctLabels(counts, n));
  }
  return { disagree: disagree.means(), distinct: distinct.means() };
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
): Curve {
  const curve = new MeanCurve(raters);
  for (let image = 0; image < labels.images; image++) {
    const fits = holds(image);
    if (fits === null) continue;
    const same = sameLabelChance(imageCounts(labels, image), labels.present[image]!);
    curve.add(same.map((chance) => (fits ? 100 * (wanted === 'split' ? 1 - chance : chance) : 0)));
  }
  return curve.means();
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
): { a: Curve; c: Curve } {
  const [own, both] = drawn === 'networks' ? (['a', 'c'] as const) : (['c', 'a'] as const);
  const agreeing = (image: number): boolean | null => {
    const disagree = others(image);
    return disagree === null ? null : !disagree;
  };
  const curves = {
    [own]: rarefyWhere(labels, raters, 'split', agreeing),
    [both]: rarefyWhere(labels, raters, 'agree', others),
  };
  return curves as { a: Curve; c: Curve };
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
  const labels = present.filter((_, image) => counts(image));
  return Array.from({ length: raters }, (_, at) => labels.filter((n) => n > at).length);
}

function distinctLabels(counts: Uint32Array, n: number): Float64Array {
  const distinct = new Float64Array(n);
  for (const count of counts.filter((c) => c > 0)) {
    let r = 0;
    for (const absent of chanceWithin(n - count, n)) distinct[r++]! += 1 - absent;
  }
  return distinct;
}

class MeanCurve {
  readonly #sums: Float64Array;
  readonly #images: Uint32Array;

  constructor(raters: number) {
    this.#sums = new Float64Array(raters);
    this.#images = new Uint32Array(raters);
  }

  add(values: Float64Array): void {
    values.forEach((value, at) => {
      this.#sums[at]! += value;
      this.#images[at]!++;
    });
  }

  means(): Curve {
    return Array.from(this.#sums, (sum, at) => (this.#images[at] === 0 ? null : sum / this.#images[at]!));
  }
}

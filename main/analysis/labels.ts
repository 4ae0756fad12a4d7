/** In a label matrix: no label here. */
export const missing = -1;

/**
 * Who gave which image which label. A rater is a labeler or a model.
 * `values[rater * images + image]` is a class index 0..classes-1, or `missing`.
 */
export interface LabelMatrix {
  readonly raters: number;
  readonly images: number;
  readonly classes: number;
  readonly values: Int16Array;
}

/** What the labels of each image amount to; arrays of one entry an image (metrics.md 1, c_k = labels equal to k). */
export interface Tally {
  /** n: labels present. */
  readonly present: Uint32Array;
  /** Different labels among them. */
  readonly distinct: Uint16Array;
  /** max_k c_k. */
  readonly top: Uint32Array;
  /** Classes k with c_k = top; 0 when there is no label. */
  readonly modes: Uint16Array;
  /** The lowest such class, or `missing`. */
  readonly mode: Int16Array;
}

/** The rows of some raters, in the order given. */
export function takeRaters(matrix: LabelMatrix, raters: readonly number[]): LabelMatrix {
  const { images, classes, values } = matrix;
  const taken = new Int16Array(raters.length * images);
  raters.forEach((rater, row) => taken.set(values.subarray(rater * images, (rater + 1) * images), row * images));
  return { raters: raters.length, images, classes, values: taken };
}

/** Writes c_k of one image into `counts` (length: classes) and returns n. */
export function countLabels(matrix: LabelMatrix, image: number, counts: Uint32Array): number {
  counts.fill(0);
  let present = 0;
  for (let at = image; at < matrix.values.length; at += matrix.images) {
    const label = matrix.values[at]!;
    if (label === missing) continue;
    counts[label]!++;
    present++;
  }
  return present;
}

/** Counts all images once; what every other measure of the labels is made from. */
export function tally(matrix: LabelMatrix): Tally {
  const { images, classes } = matrix;
  const result = {
    present: new Uint32Array(images),
    distinct: new Uint16Array(images),
    top: new Uint32Array(images),
    modes: new Uint16Array(images),
    mode: new Int16Array(images).fill(missing),
  };
  const counts = new Uint32Array(classes);
  for (let image = 0; image < images; image++) {
    result.present[image] = countLabels(matrix, image, counts);
    for (let k = 0; k < classes; k++) {
      const count = counts[k]!;
      if (count === 0) continue;
      result.distinct[image]!++;
      if (count > result.top[image]!) {
        result.top[image] = count;
        result.mode[image] = k;
        result.modes[image] = 1;
      } else if (count === result.top[image]!) result.modes[image]!++;
    }
  }
  return result;
}

/** All classes k with maximal c_k, ascending; none for an image without labels. */
export function modalLabels(matrix: LabelMatrix, image: number, counts: Uint32Array): number[] {
  if (countLabels(matrix, image, counts) === 0) return [];
  const top = counts.reduce((a, b) => Math.max(a, b), 0);
  const modal: number[] = [];
  counts.forEach((count, k) => {
    if (count === top) modal.push(k);
  });
  return modal;
}

/** Certainty = 100 max_k c_k / n in percent; ties do not matter; null without labels (the paper; metrics.md 1). */
export function certaintyPct({ top, present }: Tally): (number | null)[] {
  return Array.from(present, (n, image) => (n === 0 ? null : (100 * top[image]!) / n));
}

import { at } from '../../domain/numbers/arrays.ts';

/**
 * Marks a missing label in a `LabelMatrix`. It is no answer; the answer "can't tell", a stored choice of the same value
 * (`cannotTellChoice`), never enters a matrix: it has no label.
 */
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
  /**
   * `[rater][image]`, 1 where an image was shown and got no label; absent: nowhere. Error consistency with true classes
   * takes it for an error; everything else takes it for a missing label.
   */
  readonly unanswered?: Uint8Array | undefined;
}

/** Whether an image was shown to a rater: with a label, or with none given. */
export const wasShown = ({ values, unanswered }: LabelMatrix, cell: number): boolean =>
  values[cell] !== missing || unanswered?.[cell] === 1;

/** A rater's label of an image; null where it is missing. */
export function labelAt({ values, images }: LabelMatrix, rater: number, image: number): number | null {
  const label = at(values, rater * images + image);
  return label === missing ? null : label;
}

/** All labels of a rater, an image each. */
export const labelsOf = ({ values, images }: LabelMatrix, rater: number): Int16Array =>
  values.subarray(rater * images, (rater + 1) * images);

/** Counts of each image's labels; every array has one entry per image (metrics.md 1, c_k = labels equal to k). */
export interface Tally {
  /** n: labels present; of sets: people who answered. */
  readonly present: Uint32Array;
  /** Different labels among them. */
  readonly distinct: Uint16Array;
  /** max_k c_k. */
  readonly top: Float64Array;
  /** Classes k with c_k = top, to `tied`; 0 when there is no label. */
  readonly modes: Uint16Array;
  /** The lowest such class, or `missing`. */
  readonly mode: Int16Array;
}

/** Labels of some raters, in the order of `raters`. @param order places of all images in another order */
export function takeRaters(matrix: LabelMatrix, raters: readonly number[], order: readonly number[] = []): LabelMatrix {
  const { images, values, unanswered } = matrix;
  // Stored sets have their images in order: copying rows takes a tenth of the time.
  const isInOrder = order.every((from, to) => from === to);
  const take = <Cells extends Int16Array | Uint8Array>(cells: Cells, to: Cells): Cells => {
    raters.forEach((rater, row) => {
      const own = cells.subarray(rater * images, (rater + 1) * images);
      if (isInOrder) to.set(own, row * images);
      else order.forEach((from, place) => (to[row * images + place] = own[from]!));
    });
    return to;
  };
  const cells = raters.length * images;
  return {
    ...matrix,
    raters: raters.length,
    values: take(values, new Int16Array(cells)),
    unanswered: unanswered && take(unanswered, new Uint8Array(cells)),
  };
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
  const counts = new Uint32Array(matrix.classes);
  return tallyEach(matrix.images, (image) => {
    countLabels(matrix, image, counts);
    return counts;
  });
}

/** Tallies counts, where nobody knows who gave which label, and split votes. */
export const tallyCounts = (labels: LabelCounts<Votes>): Tally => ({
  ...tallyEach(labels.images, (image) => imageCounts(labels, image)),
  present: labels.present,
});

/** Parts of votes this close to the largest are tied with it (metrics.md 14.3). */
const tied = 1e-9;

/** @param countsOf c_k of an image; good until the next call */
function tallyEach(images: number, countsOf: (image: number) => Votes): Tally {
  const result = {
    present: new Uint32Array(images),
    distinct: new Uint16Array(images),
    top: new Float64Array(images),
    modes: new Uint16Array(images),
    mode: new Int16Array(images).fill(missing),
  };
  for (let image = 0; image < images; image++) {
    const counts = countsOf(image);
    for (let k = 0; k < counts.length; k++) {
      const count = counts[k]!;
      if (count === 0) continue;
      result.present[image]! += count;
      result.distinct[image]!++;
      if (count > result.top[image]! + tied) {
        result.top[image] = count;
        result.mode[image] = k;
        result.modes[image] = 1;
      } else if (count >= result.top[image]! - tied) result.modes[image]!++;
    }
  }
  return result;
}

/** All classes k with maximal c_k, ascending; none for an image without labels. */
export function modalLabels(counts: ArrayLike<number>): number[] {
  const all = Array.from(counts);
  const top = all.reduce((a, b) => Math.max(a, b), 0);
  return top === 0 ? [] : all.flatMap((count, k) => (count >= top - tied ? [k] : []));
}

/** Certainty = 100 max_k c_k / n in percent; ties do not matter; null without labels (the paper; metrics.md 1). */
export function certaintyPct({ top, present }: Tally): (number | null)[] {
  return Array.from(present, (n, image) => (n === 0 ? null : (100 * top[image]!) / n));
}

/** Votes for each class: whole numbers, or of sets parts of votes. */
export type Votes = Uint32Array | Float64Array;

/** How often each image was given each label (metrics.md 1: c_k and n). With `Votes`: of sets, split votes (14.3). */
export interface LabelCounts<Counts extends Votes = Uint32Array> {
  readonly images: number;
  readonly classes: number;
  /** c_k: `counts[image * classes + k]`. */
  readonly counts: Counts;
  /** n = sum_k c_k; of sets: people who answered. */
  readonly present: Uint32Array;
}

export function labelCounts({ images, classes, raters, values }: LabelMatrix): LabelCounts {
  const counts = new Uint32Array(images * classes);
  const present = new Uint32Array(images);
  for (let rater = 0; rater < raters; rater++) {
    for (let image = 0; image < images; image++) {
      const label = values[rater * images + image]!;
      if (label === missing) continue;
      counts[image * classes + label]!++;
      present[image]!++;
    }
  }
  return { images, classes, counts, present };
}

export function imageCounts<Counts extends Votes>({ classes, counts }: LabelCounts<Counts>, image: number): Counts {
  return counts.subarray(image * classes, (image + 1) * classes) as Counts;
}

/** c_k / n of people on an image; null: nobody labeled it. */
export function shareOf({ classes, counts, present }: LabelCounts<Votes>, image: number, k: number): number | null {
  const n = present[image]!;
  return n === 0 ? null : counts[image * classes + k]! / n;
}

/** People's labels, as scores of networks need them. */
export interface HumanReference {
  /** The majority label of each image, or `missing`: a tie, or no label (metrics.md 1). */
  readonly majority: Int16Array;
  /** Shares q of image i are entries `start[i]` to `start[i + 1] - 1`: only those above 0. */
  readonly start: Uint32Array;
  readonly label: Int16Array;
  readonly share: Float64Array;
}

/** The reference where people's answers give no shares: no label is right. */
export const noReference = (images: number): HumanReference => ({
  majority: new Int16Array(images).fill(missing),
  start: new Uint32Array(images + 1),
  label: new Int16Array(),
  share: new Float64Array(),
});

/** The only most frequent label of each image, or `missing`: a tie, or no label (metrics.md 1). */
export const majorities = ({ mode, modes }: Pick<Tally, 'mode' | 'modes'>): Int16Array =>
  mode.map((k, image) => (modes[image] === 1 ? k : missing));

export function humanReference(labels: LabelCounts<Votes>, { mode, modes }: Tally): HumanReference {
  const start = new Uint32Array(labels.images + 1);
  const label: number[] = [];
  const share: number[] = [];
  for (let image = 0; image < labels.images; image++) {
    const n = labels.present[image]!;
    for (const [k, count] of imageCounts(labels, image).entries()) {
      if (count === 0) continue;
      label.push(k);
      share.push(count / n);
    }
    start[image + 1] = label.length;
  }
  return {
    majority: majorities({ mode, modes }),
    start,
    label: Int16Array.from(label),
    share: Float64Array.from(share),
  };
}

import type { EvaluationChunks } from '../architectures/model.ts';

/** What the evaluations of a run have cost so far. */
export interface EvaluationTotals {
  evaluations: number;
  /** Evaluations that used all test images. */
  fullEvaluations: number;
  imagesEvaluated: number;
}

/** The outcome of one evaluation. */
export interface ErrorCount {
  /** Misclassified test images; null if the evaluation stopped before the end. */
  errors: number | null;
  /** `errors`, or an estimate of it. */
  estimate: number;
  /** Images evaluated. */
  evaluated: number;
  skipped: SkippedSample;
}

/** Samples of the images that evaluations skip: how many of them were misclassified. Older samples weigh less. */
export interface SkippedSample {
  evaluated: number;
  errors: number;
}

/** What a run knows about the test images before an evaluation. */
export interface EvaluationHistory {
  /** Margins when last evaluated, float32 [N], updated by the evaluation; 0 for images never evaluated. */
  margins: Float32Array;
  skipped: SkippedSample;
  /** Number of evaluations before this one; decides which images the sample takes. */
  evaluations: number;
}

/** Margins of these images (`computeMargins`); positive means right. Null ends the evaluation: the run has to stop. */
type EvaluateMargins = (images: Uint32Array) => Promise<Float32Array | null>;

/** The margin in the history of an image that was never evaluated; no evaluated image has it. */
const neverEvaluated = 0;
/** Most skipped images that an evaluation samples. */
const sampleSize = 100;
/** Weight of the earlier samples each time one is added: about five samples count. */
const sampleDecay = 0.8;

/**
 * Counts the misclassified test images, hardest first, and stops as soon as they are more than `limit`. Further images
 * cannot undo that, so the rejection is exact, and it costs a fraction of a full evaluation. Only a full evaluation gives
 * `errors`.
 *
 * "Hardest" is judged by the margins of earlier evaluations: first the images misclassified before, then those never
 * evaluated, then the others by increasing margin. Images are taken in chunks, so that inference has few shapes. After
 * an early stop, a sample is spread evenly over the skipped images that were right when last evaluated. Without it,
 * errors among them would never be noticed and the estimate would stay near the limit.
 * @returns null if `evaluateMargins` ended the evaluation
 */
export async function countErrors(
  history: EvaluationHistory,
  limit: number,
  chunks: EvaluationChunks,
  evaluateMargins: EvaluateMargins,
): Promise<ErrorCount | null> {
  const order = hardestFirst(history.margins);
  const before = history.margins.slice();
  const evaluate = async (images: Uint32Array): Promise<boolean> => {
    const margins = await evaluateMargins(images);
    margins?.forEach((margin, k) => {
      history.margins[images[k] as number] = margin;
    });
    return margins !== null;
  };
  let [errors, evaluated] = [0, 0];
  while (evaluated < order.length && errors <= limit) {
    const images = order.subarray(evaluated, evaluated + chunkLength(chunks, evaluated));
    if (!(await evaluate(images))) return null;
    errors += countMisses(images, history.margins);
    evaluated += images.length;
  }
  if (evaluated === order.length) {
    return { errors, estimate: errors, evaluated, skipped: { evaluated: 0, errors: 0 } };
  }

  const skippedRight = order.subarray(evaluated).filter((image) => !isMiss(before[image] as number));
  const sample = spread(skippedRight, sampleSize, history.evaluations);
  for (let at = 0; at < sample.length; at += chunks.size) {
    if (!(await evaluate(sample.subarray(at, at + chunks.size)))) return null;
  }
  const skipped = {
    evaluated: sampleDecay * history.skipped.evaluated + sample.length,
    errors: sampleDecay * history.skipped.errors + countMisses(sample, history.margins),
  };
  const estimate =
    errors +
    expectedHardErrors(before, history.margins, order, evaluated) +
    skippedRight.length * errorRate(skipped, 0);
  return { errors: null, estimate, evaluated: evaluated + sample.length, skipped };
}

/** Length of the next chunk of an evaluation, unless fewer images remain. */
export function chunkLength({ size, laterAfter, laterSize }: EvaluationChunks, evaluated: number): number {
  return evaluated < laterAfter ? size : laterSize;
}

/** All lengths that chunks of an evaluation of `count` images have, ascending; its last chunk may be shorter. */
export function chunkLengths({ size, laterAfter, laterSize }: EvaluationChunks, count: number): number[] {
  return laterSize === size || count <= laterAfter ? [size] : [size, laterSize];
}

/** At most `count` of the images, at equal distances; each `turn` takes different ones. */
function spread(images: Uint32Array, count: number, turn: number): Uint32Array {
  const distance = Math.max(1, Math.floor(images.length / count));
  const first = turn % distance;
  return images.filter((_, k) => k % distance === first).subarray(0, count);
}

/**
 * Errors to expect among the skipped images that were misclassified before or never evaluated: the rate among the
 * evaluated ones of the same kind. If none of a kind was evaluated, the rate is 1, or that of all known images.
 */
function expectedHardErrors(
  before: Float32Array,
  now: Float32Array,
  order: Uint32Array,
  evaluatedCount: number,
): number {
  const missed = { evaluated: 0, errors: 0, skipped: 0 };
  const unknown = { evaluated: 0, errors: 0, skipped: 0 };
  order.forEach((image, position) => {
    const margin = before[image] as number;
    const kind = margin === neverEvaluated ? unknown : isMiss(margin) ? missed : null;
    if (kind && position >= evaluatedCount) kind.skipped++;
    else if (kind) {
      kind.evaluated++;
      if (isMiss(now[image] as number)) kind.errors++;
    }
  });
  const known = { evaluated: now.length - unknown.skipped, errors: countMisses(order, now) - unknown.skipped };
  return missed.skipped * errorRate(missed, 1) + unknown.skipped * errorRate(unknown, errorRate(known, 1));
}

const errorRate = ({ evaluated, errors }: SkippedSample, fallback: number): number =>
  evaluated > 0 ? errors / evaluated : fallback;

const countMisses = (images: Uint32Array, margins: Float32Array): number =>
  images.reduce((sum, image) => sum + (isMiss(margins[image] as number) ? 1 : 0), 0);

/** Positions by margin, smallest first; equal ones in their order. */
export function hardestFirst(margins: Float32Array): Uint32Array {
  const order = Uint32Array.from(margins, (_, index) => index);
  return order.sort((a, b) => (margins[a] as number) - (margins[b] as number) || a - b);
}

/** Not `margin <= 0`: a margin of NaN is a miss. */
const isMiss = (margin: number): boolean => !(margin > 0);

const smallest = 2 ** -126;

/** Margins of logits [n, classes]. A tie goes to the lowest class, with the smallest positive or negative margin. */
export function computeMargins(logits: Float32Array, labels: ArrayLike<number>, classes: number): Float32Array {
  return Float32Array.from(labels, (label, n) => {
    const own = logits[n * classes + label] as number;
    let margin = Infinity;
    for (let k = 0; k < classes; k++) {
      if (k === label) continue;
      const lead = own - (logits[n * classes + k] as number);
      margin = Math.min(margin, lead === 0 ? (label < k ? smallest : -smallest) : lead);
    }
    return margin;
  });
}

/** How many of these images have their own class's logit as the largest. */
export function countRight(logits: Float32Array, labels: Int32Array): number {
  const classes = logits.length / labels.length;
  return computeMargins(logits, labels, classes).filter((margin) => margin > 0).length;
}

import { partLength, type PartPlan } from './evaluation-chunks.ts';

/** What looking cost so far. */
export interface Tally {
  looks: number;
  /** Looks that counted all test images. */
  fullLooks: number;
  imagesLooked: number;
}

/** The outcome of one look. */
export interface Count {
  /** Test images missed; null if counting stopped before the end. */
  errors: number | null;
  /** `errors`, or what they may be in all. */
  estimate: number;
  /** Images looked at. */
  seen: number;
  tail: Tail;
}

/**
 * What samples of the images that looks leave out have shown: how many of them were missed. Older samples count less.
 */
export interface Tail {
  seen: number;
  errors: number;
}

/** What a run knows of the test images before a look. */
export interface Known {
  /** Margins as last seen, float32 [N], brought up to date by the look; 0 for images never seen. */
  margins: Float32Array;
  tail: Tail;
  /** Looks before this one; moves the sample. */
  looks: number;
}

/**
 * By how much the right class leads, for each of the images at these positions: its logit less the largest other one.
 * Positive exactly where the prediction is right; see `margins`. Null ends the counting: the run has to stop.
 */
export type Measure = (images: Uint32Array) => Promise<Float32Array | null>;

/** The known margin of an image that no look has seen yet; no image seen has it. */
const neverSeen = 0;
/** Most images that a look samples of those left out. */
const sampleSize = 100;
/** Weight of the samples before, each time that one is added: about five samples count. */
const memory = 0.8;

/**
 * Counts the missed test images, hardest first, and stops as soon as they are more than `limit`: no more images could
 * undo that, so the rejection is exact, and it costs a fraction of a full count. Only a full count gives `errors`.
 *
 * "Hardest" is by the margins of earlier looks: first the images missed before, then those never seen, then the others,
 * the narrowest first. Images are taken in parts, so that evaluations have few shapes. After stopping, a sample is spread
 * evenly over the images left out that were right when last seen: errors among them would otherwise never be noticed,
 * and the estimate would stick to the limit.
 * @returns null if `measure` ended the counting
 */
export async function countErrors(
  known: Known,
  limit: number,
  parts: PartPlan,
  measure: Measure,
): Promise<Count | null> {
  const order = hardestFirst(known.margins);
  const before = known.margins.slice();
  const look = async (images: Uint32Array): Promise<boolean> => {
    const margins = await measure(images);
    margins?.forEach((margin, k) => {
      known.margins[images[k] as number] = margin;
    });
    return margins !== null;
  };
  let [errors, seen] = [0, 0];
  while (seen < order.length && errors <= limit) {
    const images = order.subarray(seen, seen + partLength(parts, seen));
    if (!(await look(images))) return null;
    errors += missedAmong(images, known.margins);
    seen += images.length;
  }
  if (seen === order.length) return { errors, estimate: errors, seen, tail: { seen: 0, errors: 0 } };

  const left = order.subarray(seen);
  const right = left.filter((image) => !isMissed(before[image] as number));
  const sample = spread(right, sampleSize, known.looks);
  for (let at = 0; at < sample.length; at += parts.first) {
    if (!(await look(sample.subarray(at, at + parts.first)))) return null;
  }
  const tail = {
    seen: memory * known.tail.seen + sample.length,
    errors: memory * known.tail.errors + missedAmong(sample, known.margins),
  };
  const estimate = errors + errorsLeft(before, known.margins, order, seen) + right.length * rate(tail, 0);
  return { errors: null, estimate, seen: seen + sample.length, tail };
}

/** At most `count` of the images, at equal distances; another `turn` takes others. */
function spread(images: Uint32Array, count: number, turn: number): Uint32Array {
  const distance = Math.max(1, Math.floor(images.length / count));
  const first = turn % distance;
  return images.filter((_, k) => k % distance === first).subarray(0, count);
}

/**
 * Errors to expect among the images left out that were missed before, or never seen: the rate of those of their kind
 * that were seen; where this look saw none of them, 1 and the rate among all known ones.
 */
function errorsLeft(before: Float32Array, now: Float32Array, order: Uint32Array, seen: number): number {
  const missed = { seen: 0, errors: 0, left: 0 };
  const fresh = { seen: 0, errors: 0, left: 0 };
  order.forEach((image, position) => {
    const margin = before[image] as number;
    const kind = margin === neverSeen ? fresh : isMissed(margin) ? missed : null;
    if (kind && position >= seen) kind.left++;
    else if (kind) {
      kind.seen++;
      if (isMissed(now[image] as number)) kind.errors++;
    }
  });
  const knownRate = { seen: now.length - fresh.left, errors: missedAmong(order, now) - fresh.left };
  return missed.left * rate(missed, 1) + fresh.left * rate(fresh, rate(knownRate, 1));
}

const rate = ({ seen, errors }: Tail, otherwise: number): number => (seen > 0 ? errors / seen : otherwise);

const missedAmong = (images: Uint32Array, margins: Float32Array): number =>
  images.reduce((sum, image) => sum + (isMissed(margins[image] as number) ? 1 : 0), 0);

/** Positions by margin, smallest first; equal ones in their order. */
export function hardestFirst(margins: Float32Array): Uint32Array {
  const order = Uint32Array.from(margins, (_, index) => index);
  return order.sort((a, b) => (margins[a] as number) - (margins[b] as number) || a - b);
}

/** Not `margin <= 0`: a margin that is not a number is a miss. */
const isMissed = (margin: number): boolean => !(margin > 0);

const smallest = 2 ** -126;

/**
 * Margins of logits [n, classes] for labels [n]. A tie is decided as predictions decide it, for the lowest class, and
 * shows as the smallest positive or negative margin.
 */
export function margins(logits: Float32Array, labels: ArrayLike<number>, classes: number): Float32Array {
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

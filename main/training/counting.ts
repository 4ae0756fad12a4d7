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
}

/**
 * By how much the right class leads, for each of the images at these positions: its logit less the largest other one.
 * Positive exactly where the prediction is right; see `margins`. Null ends the counting: the run has to stop.
 */
export type Measure = (images: Uint32Array) => Promise<Float32Array | null>;

/** The known margin of an image that no look has seen yet; no image seen has it. */
const neverSeen = 0;

/**
 * Counts the missed test images, hardest first, and stops as soon as they are more than `limit`: no more images could
 * undo that, so the rejection is exact, and it costs a fraction of a full count. Only a full count gives `errors`.
 *
 * "Hardest" is by the margins of earlier looks, which are kept in `known` [N] and brought up to date for the images
 * looked at: first those missed before, then those never seen, then the others, the narrowest first. Images are taken
 * `chunk` at a time, so that all evaluations have one shape.
 * @param known margins as last seen, 0 for images never seen
 * @returns null if `measure` ended the counting
 */
export async function countErrors(
  known: Float32Array,
  limit: number,
  chunk: number,
  measure: Measure,
): Promise<Count | null> {
  const order = hardestFirst(known);
  const missed: Stratum = { seen: 0, errors: 0 };
  const fresh: Stratum = { seen: 0, errors: 0 };
  let [errors, seen] = [0, 0];
  while (seen < order.length && errors <= limit) {
    const images = order.subarray(seen, seen + chunk);
    const margins = await measure(images);
    if (!margins) return null;
    for (let k = 0; k < images.length; k++) {
      const image = images[k] as number;
      const margin = margins[k] as number;
      const before = known[image] as number;
      const error = isMissed(margin) ? 1 : 0;
      errors += error;
      if (before === neverSeen) add(fresh, error);
      else if (isMissed(before)) add(missed, error);
      known[image] = margin;
    }
    seen += images.length;
  }
  if (seen === order.length) return { errors, estimate: errors, seen };
  return { errors: null, estimate: errors + unseenErrors(known, order.subarray(seen), missed, fresh), seen };
}

/** Images of one kind that a look has seen, and how many of them were missed. */
interface Stratum {
  seen: number;
  errors: number;
}

function add(stratum: Stratum, error: number): void {
  stratum.seen++;
  stratum.errors += error;
}

/**
 * What counting to the end might have found: images missed before, and images never seen, are taken to be missed at
 * the rate of those of their kind that were seen; where this look saw none of them, at the rate among all known ones.
 */
function unseenErrors(known: Float32Array, unseen: Uint32Array, missed: Stratum, fresh: Stratum): number {
  let [missedLeft, freshLeft] = [0, 0];
  for (const image of unseen) {
    const margin = known[image] as number;
    if (margin === neverSeen) freshLeft++;
    else if (isMissed(margin)) missedLeft++;
  }
  const wrong = known.reduce((sum, margin) => sum + (margin !== neverSeen && isMissed(margin) ? 1 : 0), 0);
  const knownRate = wrong / (known.length - freshLeft);
  const rate = ({ seen, errors }: Stratum, otherwise: number): number => (seen > 0 ? errors / seen : otherwise);
  return missedLeft * rate(missed, 1) + freshLeft * rate(fresh, knownRate);
}

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

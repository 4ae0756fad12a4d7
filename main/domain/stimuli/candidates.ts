import { UserError } from '../../contract/wire/errors.ts';
import { at } from '../numbers/arrays.ts';

export interface Candidate {
  index: number;
  /** Softmax of the class, by the reference classifier. */
  confidence: number;
  /** How much surer of the class than of any other: ln(softmax of the class / largest other one). */
  margin: number;
  /** From real images of the class (distanceToReal); null without real images. */
  distance: number | null;
  /** In [0, 1]; candidates are ranked by it. */
  score: number;
}

export interface CandidateSearch {
  classes: number;
  /** float32 [samples, classes], from the reference classifier. */
  softmax: Float32Array;
  /** The class that each sample was asked for, of a conditional generator; else null. */
  asked?: Uint16Array | null;
  /** uint8 [samples, values of an image]. */
  pixels: Uint8Array;
  /** How far each sample is from real images of its class; null: not known. */
  distances: Float64Array | null;
  perClass: number;
  /** The samples of each class; absent: each belongs to the class of its largest softmax. */
  members?: readonly (readonly number[])[];
  /** Softmax from which a sample counts as clear. */
  threshold?: number;
}

/** A sample whose class has this softmax or more is clear: 95.3 % of MNIST's test images are. */
export const clearConfidence = 0.95;
/** Diversity is sought among the best `poolFactor * perClass` of a class, so that it does not end in oddities. */
const poolFactor = 8;

/**
 * Proposes anchors: for each class the samples to show a person, best first.
 * 1. A sample belongs to the class that it was asked for; of a generator that cannot be asked, to the class of its
 *    largest softmax (lowest index in a tie).
 * 2. The clear ones, with softmax at or above the threshold, are considered; if there are fewer than `perClass`, the
 *    most confident `perClass` are.
 * 3. They are ranked twice, by margin and by distance from real images. The score is the worse of the two ranks, as the
 *    share of the considered ones that are behind it. Softmax saturates near 1, and each rank alone is fooled: margins
 *    are largest for some nonsense that no hand would write, and thick or faint shapes are near to everything.
 * 4. The best one is kept, then repeatedly the one farthest (Euclidean, in pixels) from all kept ones: clear and
 *    diverse. Finally they are ranked by score; ties go to the larger margin, then to the lower index.
 * @throws UserError `candidates.missing-class` naming every class that no sample belongs to.
 */
export function selectCandidates(search: CandidateSearch): Candidate[][] {
  const { classes, softmax } = search;
  if (search.members) return search.members.map((indices, k) => candidatesOf(indices, k, search));
  const members = membersByClass(softmax, classes, search.asked ?? null);
  const missing = members.flatMap((indices, k) => (indices.length === 0 ? [k] : []));
  if (missing.length > 0) {
    throw new UserError(
      'candidates.missing-class',
      `None of ${softmax.length / classes} generated images looks like class ${missing.join(', ')}`,
      'generator, stimuli.samples',
      'Train the generator for more steps (a young one makes few classes), or draw more samples.',
    );
  }
  return members.map((indices, k) => candidatesOf(indices, k, search));
}

function candidatesOf(indices: readonly number[], k: number, search: CandidateSearch): Candidate[] {
  const { classes, softmax, perClass } = search;
  const confidence = (index: number): number => softmax[index * classes + k]!;
  const ordered = [...indices].sort((a, b) => confidence(b) - confidence(a) || a - b);
  const clear = ordered.filter((index) => confidence(index) >= (search.threshold ?? clearConfidence));
  const considered = clear.length >= perClass ? clear : ordered.slice(0, perClass);
  return diverse(scored(considered, k, search), search);
}

/** The clear samples of each class, ascending: see `selectCandidates`, 1 and 2. */
export function clearSamples(
  softmax: Float32Array,
  classes: number,
  asked: Uint16Array | null = null,
  threshold = clearConfidence,
): number[][] {
  return membersByClass(softmax, classes, asked).map((members, k) =>
    members.filter((index) => softmax[index * classes + k]! >= threshold),
  );
}

function membersByClass(softmax: Float32Array, classes: number, asked: Uint16Array | null): number[][] {
  const members: number[][] = Array.from({ length: classes }, () => []);
  for (let index = 0; index * classes < softmax.length; index++) {
    const row = softmax.subarray(index * classes, (index + 1) * classes);
    members[asked?.[index] ?? row.indexOf(Math.max(...row))]?.push(index);
  }
  return members;
}

function scored(indices: readonly number[], k: number, search: CandidateSearch): Candidate[] {
  const confidence = (index: number): number => search.softmax[index * search.classes + k]!;
  const margins = indices.map((index) => logMargin(search, index, k));
  const distances = search.distances && indices.map((index) => search.distances?.[index] ?? Infinity);
  const byMargin = sharesBehind(margins);
  const byLikeness = distances && sharesBehind(distances.map((distance) => -distance));
  return indices
    .map((index, n): Candidate => {
      const score = Math.min(byMargin[n]!, byLikeness?.[n] ?? 1);
      const distance = distances?.[n] ?? null;
      return { index, confidence: confidence(index), margin: at(margins, n), distance, score };
    })
    .sort(byScore);
}

const byScore = (a: Candidate, b: Candidate): number => b.score - a.score || b.margin - a.margin || a.index - b.index;

/** From the softmax, whose small values are as exact as its large ones. What float32 cannot hold counts as 2^-149. */
function logMargin({ softmax, classes }: CandidateSearch, index: number, k: number): number {
  const row = softmax.subarray(index * classes, (index + 1) * classes);
  const others = Math.max(...row.filter((_, other) => other !== k));
  return Math.log(Math.max(row[k]!, 2 ** -149) / Math.max(others, 2 ** -149));
}

/** For each value, the share of all others that are not larger: 1 for the largest, 0 for the smallest. */
function sharesBehind(values: readonly number[]): number[] {
  if (values.length < 2) return values.map(() => 1);
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]! || b - a);
  const shares = new Array<number>(values.length);
  order.forEach((index, rank) => {
    shares[index] = rank / (values.length - 1);
  });
  return shares;
}

/** Greedy farthest-point selection (Gonzalez 1985) from the best of `ranked`, in order of score. */
function diverse(ranked: readonly Candidate[], search: CandidateSearch): Candidate[] {
  const pool = ranked.slice(0, poolFactor * search.perClass);
  const nearest = new Float64Array(pool.length).fill(Infinity);
  const kept: Candidate[] = [];
  let next = 0;
  while (kept.length < Math.min(search.perClass, pool.length)) {
    const chosen = at(pool, next);
    kept.push(chosen);
    pool.forEach((candidate, k) => {
      const distance = squaredDistance(imageAt(search, candidate.index), imageAt(search, chosen.index));
      nearest[k] = Math.min(nearest[k]!, distance);
    });
    // Not chosen again, even where the rest of the pool looks the same.
    nearest[next] = -1;
    next = nearest.indexOf(Math.max(...nearest));
  }
  return kept.sort(byScore);
}

function imageAt({ pixels, softmax, classes }: CandidateSearch, index: number): Uint8Array {
  const size = pixels.length / (softmax.length / classes);
  return pixels.subarray(index * size, (index + 1) * size);
}

/** Images of one size: uint8 [count, values]. */
interface ImageStack {
  pixels: Uint8Array;
  /** Values of an image: all its channels. */
  area: number;
}

/** A generated image is compared with this number of real ones: a single one may be an oddity. */
const neighbours = 5;

/**
 * How far an image is from real ones: the mean Euclidean distance, in gray levels, to the five nearest of them (to all,
 * if there are fewer). Exact: a real image is passed over only once it is farther than the fifth nearest so far.
 * @param index of the image in `images`
 * @returns Infinity without real images.
 */
export function distanceToReal(images: ImageStack, index: number, real: ImageStack): number {
  const { area } = images;
  const image = images.pixels.subarray(index * area, (index + 1) * area);
  const nearest = new Float64Array(Math.min(neighbours, real.pixels.length / area)).fill(Infinity);
  const last = nearest.length - 1;
  for (let start = 0; start < real.pixels.length; start += area) {
    const distance = squaredDistance(image, real.pixels, start, nearest[last]!);
    if (distance < nearest[last]!) {
      nearest[last] = distance;
      nearest.sort();
    }
  }
  return nearest.length === 0 ? Infinity : nearest.reduce((sum, value) => sum + Math.sqrt(value), 0) / nearest.length;
}

/** To the image that starts at `start` of `others`; stops soon after it exceeds `limit`. */
function squaredDistance(image: Uint8Array, others: Uint8Array, start = 0, limit = Infinity): number {
  const part = 32;
  let sum = 0;
  for (let from = 0; from < image.length && sum < limit; from += part) {
    const end = Math.min(image.length, from + part);
    for (let k = from; k < end; k++) sum += (image[k]! - others[start + k]!) ** 2;
  }
  return sum;
}

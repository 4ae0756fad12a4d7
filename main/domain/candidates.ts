import { UserError } from '../contract/errors.ts';

export interface Candidate {
  /** Position among the samples. */
  index: number;
  /** Softmax of the class, by the reference classifier. */
  confidence: number;
  /** Cosine similarity to the mean image of the confident samples of the class, in [0, 1]. */
  typicality: number;
  /** confidence * typicality; candidates are ranked by it. */
  score: number;
}

export interface CandidateSearch {
  classes: number;
  /** float32 [samples, classes], from the reference classifier. */
  softmax: Float32Array;
  /** uint8 [samples, pixels of an image]. */
  pixels: Uint8Array;
  /** How many to keep of each class, at most. */
  perClass: number;
  /** Softmax from which a sample counts as clear. */
  threshold?: number;
}

/** A sample whose class has this softmax or more is clear. Of real MNIST test images 95.3 % have. */
export const clearConfidence = 0.95;
/** Diversity is sought among the best `poolFactor * perClass` of a class, so that it does not end in oddities. */
const poolFactor = 8;

/**
 * Proposes anchors: for each class the samples to show a person, best first.
 *
 * 1. A sample belongs to the class of its largest softmax (lowest index in a tie).
 * 2. The clear ones, with softmax at or above the threshold, are considered; if there are fewer than `perClass`, the
 *    most confident `perClass` are.
 * 3. Their score is confidence times typicality. Softmax alone is blind: it saturates near 1, and it is high on some
 *    nonsense. Similarity by angle does not favour faint images.
 * 4. The best one is kept, then time and again the one farthest (Euclidean, in pixels) from all kept ones: clear and
 *    diverse. At last they are ranked by score; ties go to the lower index.
 * @throws UserError `candidates.missing-class` naming every class that no sample belongs to.
 */
export function selectCandidates(search: CandidateSearch): Candidate[][] {
  const { classes, softmax, perClass } = search;
  const members = membersByClass(softmax, classes);
  const missing = members.flatMap((indices, k) => (indices.length === 0 ? [k] : []));
  if (missing.length > 0) {
    throw new UserError({
      code: 'candidates.missing-class',
      what: `None of ${softmax.length / classes} generated images looks like class ${missing.join(', ')}`,
      where: 'generator, stimuli.samples',
      remedy: 'Train the generator for more steps (a young one makes few classes), or draw more samples.',
    });
  }
  return members.map((indices, k) => {
    const confidence = (index: number): number => softmax[index * classes + k] as number;
    const ordered = [...indices].sort((a, b) => confidence(b) - confidence(a) || a - b);
    const clear = ordered.filter((index) => confidence(index) >= (search.threshold ?? clearConfidence));
    const considered = clear.length >= perClass ? clear : ordered.slice(0, perClass);
    return diverse(scored(considered, confidence, search), search);
  });
}

function membersByClass(softmax: Float32Array, classes: number): number[][] {
  const members: number[][] = Array.from({ length: classes }, () => []);
  for (let index = 0; index * classes < softmax.length; index++) {
    const row = softmax.subarray(index * classes, (index + 1) * classes);
    members[row.indexOf(Math.max(...row))]?.push(index);
  }
  return members;
}

function scored(
  indices: readonly number[],
  confidenceOf: (index: number) => number,
  search: CandidateSearch,
): Candidate[] {
  const mean = meanImage(indices, search);
  const candidates = indices.map((index): Candidate => {
    const confidence = confidenceOf(index);
    const typicality = cosine(imageAt(search, index), mean);
    return { index, confidence, typicality, score: confidence * typicality };
  });
  return candidates.sort(byScore);
}

const byScore = (a: Candidate, b: Candidate): number => b.score - a.score || a.index - b.index;

/** Greedy farthest-point selection (Gonzalez 1985) from the best of `ranked`, in order of score. */
function diverse(ranked: readonly Candidate[], search: CandidateSearch): Candidate[] {
  const pool = ranked.slice(0, poolFactor * search.perClass);
  const nearest = new Float64Array(pool.length).fill(Infinity);
  const kept: Candidate[] = [];
  let next = 0;
  while (kept.length < Math.min(search.perClass, pool.length)) {
    const chosen = pool[next] as Candidate;
    kept.push(chosen);
    pool.forEach((candidate, k) => {
      const distance = squaredDistance(imageAt(search, candidate.index), imageAt(search, chosen.index));
      nearest[k] = Math.min(nearest[k] as number, distance);
    });
    // Never again, even where the rest of the pool looks the same.
    nearest[next] = -1;
    next = nearest.indexOf(Math.max(...nearest));
  }
  return kept.sort(byScore);
}

const imageSize = ({ pixels, softmax, classes }: CandidateSearch): number => pixels.length / (softmax.length / classes);

function imageAt(search: CandidateSearch, index: number): Uint8Array {
  const size = imageSize(search);
  return search.pixels.subarray(index * size, (index + 1) * size);
}

function meanImage(indices: readonly number[], search: CandidateSearch): Float64Array {
  const sum = new Float64Array(imageSize(search));
  for (const index of indices) {
    const image = imageAt(search, index);
    for (let k = 0; k < image.length; k++) sum[k] = (sum[k] as number) + (image[k] as number);
  }
  return sum.map((value) => value / indices.length);
}

/** 0 if one of the two is black throughout. */
function cosine(image: Uint8Array, mean: Float64Array): number {
  let [dot, a, b] = [0, 0, 0];
  for (let k = 0; k < image.length; k++) {
    const [x, y] = [image[k] as number, mean[k] as number];
    dot += x * y;
    a += x * x;
    b += y * y;
  }
  return a === 0 || b === 0 ? 0 : Math.min(1, dot / Math.sqrt(a * b));
}

function squaredDistance(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += ((a[k] as number) - (b[k] as number)) ** 2;
  return sum;
}

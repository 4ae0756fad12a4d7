import { UserError } from '../../contract/wire/errors.ts';
import type { Confusion } from '../../contract/runs/generator.ts';
import type { PairDesign } from '../../contract/stimuli/stimuli.ts';
import { randomStream } from '../random/random.ts';
import { at } from '../numbers/arrays.ts';
import { formatCount } from '../numbers/format.ts';
import type { Pair } from '../stimuli/stimulus-set.ts';

/** The 15 pairs of the paper: each of ten classes stands in exactly three (Vlaar 2021, section 2). */
export const paperPairs: readonly Pair[] = [
  [0, 1],
  [0, 5],
  [0, 9],
  [1, 3],
  [1, 8],
  [2, 3],
  [2, 7],
  [2, 9],
  [3, 6],
  [4, 5],
  [4, 8],
  [4, 9],
  [5, 7],
  [6, 7],
  [6, 8],
];

/**
 * The pairs that a design means for `classes` classes: i < j, without duplicates, in ascending order.
 * @param confusion of the reference classifier, which only confusable pairs need; null: not known yet
 * @throws UserError `pairs.*` if the design does not fit the number of classes, or does not exist;
 *   `pairs.confusion-unknown`
 */
export function resolvePairs(design: PairDesign, classes: number, confusion: Confusion | null = null): Pair[] {
  switch (design.kind) {
    case 'paper':
      return pairsInPaper(classes);
    case 'listed':
      return listedPairs(design.pairs, classes);
    case 'balanced':
      return balancedPairs(classes, design.perClass, design.seed);
    case 'auto':
      return resolvePairs(autoDesign(classes), classes);
    case 'confusable':
      checkConfusable(design, classes);
      if (confusion === null) throw confusionUnknown();
      return confusablePairs(design, confusion);
  }
}

/** Whether a design fits `classes` classes, as far as the declaration tells. @throws UserError `pairs.*` */
export function checkDesign(design: PairDesign, classes: number): void {
  if (design.kind === 'confusable') checkConfusable(design, classes);
  else resolvePairs(design, classes);
}

/** Number of pairs that a design asks for. */
export function pairCount(design: PairDesign, classes: number): number {
  if (design.kind === 'paper') return paperPairs.length;
  if (design.kind === 'listed') return design.pairs.length;
  if (design.kind === 'confusable') return design.count;
  return Math.floor((classes * (design.kind === 'auto' ? autoDesign(classes) : design).perClass) / 2);
}

/** Up to this number of classes, all pairs are at most as many as the paper's. */
const fewClasses = 6;
/** From this number of classes on, two pairs a class are too many for people to label. */
const manyClasses = 20;

/**
 * The balanced design that suits a number of classes: all pairs of up to six; three pairs a class up to ten, as in the
 * paper, two up to twenty, and one beyond. Of an odd number of classes above six, each is in two pairs.
 */
export function autoDesign(classes: number): Extract<PairDesign, { kind: 'balanced' }> {
  const wanted = classes <= 10 ? 3 : classes <= manyClasses ? 2 : 1;
  const perClass = classes <= fewClasses ? classes - 1 : classes % 2 === 1 ? 2 : wanted;
  return { kind: 'balanced', perClass, seed: 1 };
}

function pairsInPaper(classes: number): Pair[] {
  if (classes === 10) return [...paperPairs];
  throw new UserError(
    'pairs.paper-needs-ten-classes',
    `The paper's pairs are of ten classes; this data set has ${classes}`,
    'stimuli.design',
    'Use a balanced design, e.g. {"kind": "balanced", "perClass": 2, "seed": 1}, or list the pairs.',
  );
}

function listedPairs(pairs: readonly Pair[], classes: number): Pair[] {
  const seen = new Map<string, number>();
  const normalised = pairs.map(([a, b], index): Pair => {
    const where = `stimuli.design.pairs, pair ${index + 1} (${a}-${b})`;
    if (!(isClass(a, classes) && isClass(b, classes))) {
      throw new UserError(
        'pairs.class-out-of-range',
        `A pair names an unknown class: the ${classes} classes are 0 to ${classes - 1}`,
        where,
        'Name classes by their index, from 0.',
      );
    }
    if (a === b) {
      throw new UserError(
        'pairs.same-class',
        'A pair needs two different classes',
        where,
        'Change one of the two, or remove the pair.',
      );
    }
    const pair: Pair = a < b ? [a, b] : [b, a];
    const earlier = seen.get(pair.join('-'));
    if (earlier !== undefined) {
      throw new UserError(
        'pairs.duplicate',
        `The pair ${pair.join('-')} is listed twice (first as pair ${earlier + 1}); order within a pair does not count`,
        where,
        'Remove one of the two.',
      );
    }
    seen.set(pair.join('-'), index);
    return pair;
  });
  return sorted(normalised);
}

const isClass = (value: number, classes: number): boolean => Number.isInteger(value) && value >= 0 && value < classes;

function balancedPairs(classes: number, perClass: number, seed: number): Pair[] {
  const possible = (n: number): boolean => n >= 1 && n < classes && (n * classes) % 2 === 0;
  if (!possible(perClass)) {
    const nearest = [perClass - 1, perClass + 1, classes - 1, classes - 2].filter(possible);
    const choices = [...new Set(nearest)].slice(0, 2).join(' or ');
    throw new UserError(
      'pairs.no-balanced-design',
      perClass >= classes
        ? `A class of ${classes} has ${classes - 1} others to be paired with, so it cannot be in ${perClass} pairs`
        : `${classes} classes cannot be in ${perClass} pairs each: ${classes} x ${perClass} is odd, and a pair has two ends`,
      'stimuli.design.perClass',
      choices === '' ? 'List the pairs instead.' : `Choose ${choices} pairs for each class, or list the pairs.`,
    );
  }
  return sorted(regularGraph(classes, perClass, seed));
}

type Confusable = Extract<PairDesign, { kind: 'confusable' }>;

function checkConfusable({ count, perClass }: Confusable, classes: number): void {
  const all = (classes * (classes - 1)) / 2;
  const most = perClass === undefined ? all : Math.min(all, Math.floor((classes * perClass) / 2));
  if (count <= most) return;
  const limit = perClass === undefined || most === all ? '' : ` with at most ${perClass} for each`;
  throw new UserError(
    'pairs.too-many',
    `${classes} classes have ${formatCount(most, 'pair')}${limit}, not ${count}`,
    'stimuli.design.count',
    `Ask for at most ${most}.`,
  );
}

const confusionUnknown = (): UserError =>
  new UserError(
    'pairs.confusion-unknown',
    'The most confused classes are not known yet: the reference classifier has not predicted the test images',
    'stimuli.design',
    'Find candidates first, which also trains the reference classifier, or choose the pairs by hand.',
  );

/** A pair of classes, and how often the classifier takes one for the other. */
export interface ConfusedPair {
  readonly pair: Pair;
  /** Mean softmax of j over images of i, plus that of i over images of j: in [0, 2]. */
  readonly score: number;
  /** Images of either class that it calls the other, of the test images of both. */
  readonly called: number;
  readonly images: number;
}

/** All pairs, the most confused first; equal ones in ascending order of the classes. */
export function confusedPairs({ images, called, softmax }: Confusion): ConfusedPair[] {
  const cell = (rows: readonly (readonly number[])[], i: number, j: number): number => rows[i]?.[j] ?? 0;
  return allPairs(images.length)
    .map((pair): ConfusedPair => {
      const [i, j] = pair;
      return {
        pair,
        score: cell(softmax, i, j) + cell(softmax, j, i),
        called: cell(called, i, j) + cell(called, j, i),
        images: (images[i] ?? 0) + (images[j] ?? 0),
      };
    })
    .sort((a, b) => b.score - a.score || a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1]);
}

/** From the most confused pair down. There are fewer than `count` where no two classes are below the limit any more. */
function confusablePairs({ count, perClass = Number.POSITIVE_INFINITY }: Confusable, confusion: Confusion): Pair[] {
  const pairsOf = new Array<number>(confusion.images.length).fill(0);
  const chosen: Pair[] = [];
  for (const { pair } of confusedPairs(confusion)) {
    if (chosen.length === count) break;
    if (pair.some((classIndex) => at(pairsOf, classIndex) >= perClass)) continue;
    for (const classIndex of pair) pairsOf[classIndex] = at(pairsOf, classIndex) + 1;
    chosen.push(pair);
  }
  return sorted(chosen);
}

/**
 * Counts how a classifier answers.
 * @param truth class of each image
 * @param labels the class that the classifier gives each
 * @param softmax float32 [images, classes]
 */
export function countConfusion(
  truth: ArrayLike<number>,
  labels: ArrayLike<number>,
  softmax: Float32Array,
  classes: number,
): Confusion {
  const square = (): number[][] => Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const images = new Array<number>(classes).fill(0);
  const [called, sums] = [square(), square()];
  for (let n = 0; n < truth.length; n++) {
    const i = at(truth, n);
    images[i] = at(images, i) + 1;
    at(called, i)[at(labels, n)]! += 1;
    for (let j = 0; j < classes; j++) at(sums, i)[j]! += at(softmax, n * classes + j);
  }
  const means = sums.map((row, i) => row.map((sum) => sum / Math.max(1, at(images, i))));
  return { images, called, softmax: means };
}

const sorted = (pairs: readonly Pair[]): Pair[] => [...pairs].sort((a, b) => a[0] - b[0] || a[1] - b[1]);

/** Switches tried for each edge; 10 suffice to forget the start (Milo et al. 2003, arXiv cond-mat/0312028). */
const switchesPerEdge = 20;
/** Small graphs have few edges, but need not be quicker than this. */
const minSwitches = 500;

/**
 * A simple graph on `vertices` vertices with `degree` edges at each, nearly uniform among all such graphs, decided by
 * the seed alone. Edges i < j, in no particular order.
 *
 * A circulant graph is mixed by switches: two edges a-b, c-d become a-d, c-b where that leaves the graph simple. The
 * chain is symmetric and connects all graphs of the degree, so its limit is uniform. Dense graphs are drawn as the
 * complement of sparse ones, which is as uniform and less work.
 * @throws RangeError if no such graph exists: degree >= vertices, or vertices * degree odd.
 */
function regularGraph(vertices: number, degree: number, seed: number): Pair[] {
  if (degree < 0 || degree >= vertices || (vertices * degree) % 2 !== 0) {
    throw new RangeError(`no ${degree}-regular graph on ${vertices} vertices`);
  }
  const dense = 2 * degree > vertices - 1;
  const edges = circulant(vertices, dense ? vertices - 1 - degree : degree);
  const joined = adjacency(vertices, edges);
  mix(vertices, edges, joined, seed);
  return allPairs(vertices).filter(([i, j]) => (joined[i * vertices + j] === 1) !== dense);
}

/** Each vertex joined with its nearest neighbors on a ring, and with the opposite one if the degree is odd. */
function circulant(vertices: number, degree: number): [number, number][] {
  const edges: [number, number][] = [];
  for (let offset = 1; offset <= degree >> 1; offset++) {
    for (let vertex = 0; vertex < vertices; vertex++) edges.push([vertex, (vertex + offset) % vertices]);
  }
  if (degree % 2 === 1) {
    for (let vertex = 0; vertex < vertices / 2; vertex++) edges.push([vertex, vertex + vertices / 2]);
  }
  return edges;
}

function adjacency(vertices: number, edges: readonly Pair[]): Uint8Array {
  const joined = new Uint8Array(vertices * vertices);
  for (const [a, b] of edges) joined[a * vertices + b] = joined[b * vertices + a] = 1;
  return joined;
}

function mix(vertices: number, edges: [number, number][], joined: Uint8Array, seed: number): void {
  if (edges.length < 2) return;
  const random = randomStream(seed, 'pair-design', vertices, edges.length);
  const set = (a: number, b: number, value: 0 | 1): void => {
    joined[a * vertices + b] = joined[b * vertices + a] = value;
  };
  const tries = Math.max(minSwitches, switchesPerEdge * edges.length);
  for (let n = 0; n < tries; n++) {
    const first = at(edges, random.int(edges.length));
    const second = at(edges, random.int(edges.length));
    const [a, b] = first;
    const [c, d] = random.int(2) === 0 ? second : [second[1], second[0]];
    if (first === second || a === d || c === b || joined[a * vertices + d] || joined[c * vertices + b]) continue;
    set(a, b, 0);
    set(c, d, 0);
    set(a, d, 1);
    set(c, b, 1);
    first[1] = d;
    second[0] = c;
    second[1] = b;
  }
}

function allPairs(vertices: number): Pair[] {
  const pairs: Pair[] = [];
  for (let i = 0; i < vertices; i++) for (let j = i + 1; j < vertices; j++) pairs.push([i, j]);
  return pairs;
}

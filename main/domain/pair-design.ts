import { UserError } from '../contract/errors.ts';
import type { PairDesign } from '../contract/study.ts';
import { randomStream } from './random.ts';
import { at } from './arrays.ts';
import type { Pair } from './stimulus-set.ts';

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
 * @throws UserError `pairs.*` if the design does not fit the number of classes, or does not exist.
 */
export function resolvePairs(design: PairDesign, classes: number): Pair[] {
  switch (design.kind) {
    case 'paper':
      return pairsInPaper(classes);
    case 'listed':
      return listedPairs(design.pairs, classes);
    case 'balanced':
      return balancedPairs(classes, design.perClass, design.seed);
  }
}

function pairsInPaper(classes: number): Pair[] {
  if (classes === 10) return [...paperPairs];
  throw new UserError({
    code: 'pairs.paper-needs-ten-classes',
    what: `The paper's pairs are of ten classes; this data set has ${classes}`,
    where: 'stimuli.design',
    remedy: 'Use a balanced design, e.g. {"kind": "balanced", "perClass": 2, "seed": 1}, or list the pairs.',
  });
}

function listedPairs(pairs: readonly Pair[], classes: number): Pair[] {
  const seen = new Map<string, number>();
  const normalised = pairs.map(([a, b], index): Pair => {
    const where = `stimuli.design.pairs, pair ${index + 1} (${a}-${b})`;
    if (!(isClass(a, classes) && isClass(b, classes))) {
      throw new UserError({
        code: 'pairs.class-out-of-range',
        what: `A pair names an unknown class: the ${classes} classes are 0 to ${classes - 1}`,
        where,
        remedy: 'Name classes by their index, from 0.',
      });
    }
    if (a === b) {
      throw new UserError({
        code: 'pairs.same-class',
        what: 'A pair needs two different classes',
        where,
        remedy: 'Change one of the two, or remove the pair.',
      });
    }
    const pair: Pair = a < b ? [a, b] : [b, a];
    const earlier = seen.get(pair.join('-'));
    if (earlier !== undefined) {
      throw new UserError({
        code: 'pairs.duplicate',
        what: `The pair ${pair.join('-')} is listed twice (first as pair ${earlier + 1}); order within a pair does not count`,
        where,
        remedy: 'Remove one of the two.',
      });
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
    throw new UserError({
      code: 'pairs.no-balanced-design',
      what:
        perClass >= classes
          ? `A class of ${classes} has ${classes - 1} others to be paired with, so it cannot be in ${perClass} pairs`
          : `${classes} classes cannot be in ${perClass} pairs each: ${classes} x ${perClass} is odd, and a pair has two ends`,
      where: 'stimuli.design.perClass',
      remedy: choices === '' ? 'List the pairs instead.' : `Choose ${choices} pairs for each class, or list the pairs.`,
    });
  }
  return sorted(regularGraph(classes, perClass, seed));
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

/** Each vertex joined with its nearest neighbours on a ring, and with the opposite one if the degree is odd. */
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

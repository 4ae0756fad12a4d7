import { randomStream } from './random.ts';
import type { Pair } from './stimulus-set.ts';

/** Switches tried for each edge; at 10 the chain has long forgotten its start (Milo et al. 2003, arXiv cond-mat/0312028). */
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
export function regularGraph(vertices: number, degree: number, seed: number): Pair[] {
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
    const first = edges[random.int(edges.length)] as [number, number];
    const second = edges[random.int(edges.length)] as [number, number];
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

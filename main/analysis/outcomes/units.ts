import { at } from '../../domain/numbers/arrays.ts';
import { type ImageInput, pairRows } from './input.ts';

/**
 * Pairs of classes as units of replication, and which of them share an anchor (metrics.md 13.1). Images of a pair are
 * not independent, nor are pairs that were drawn from one and the same anchor.
 */
export interface PairUnits {
  /**
   * Places of the images of each pair, in the order of alpha; pairs ascending by (i, j), without empty ones. Of images
   * that lie between no classes, each is a unit of its own and stands for a pair, in the order of the images.
   */
  readonly pairs: readonly (readonly number[])[];
  /** Different anchors, (class, id), of these images. */
  readonly anchors: number;
  /** What is independent of each other: `anchors` as soon as two pairs share one; `images` where there are no pairs. */
  readonly units: 'pairs' | 'anchors' | 'images';
  /** For each pair, the later pairs that share an anchor with it. */
  readonly sharing: readonly (readonly number[])[];
  /** n_S: ordered pairs (p, q) that share, p = q too. */
  readonly shared: number;
  /** Degrees of freedom of `unitVariance`; null where it is undefined. */
  readonly freedom: number | null;
  /** Why no variance is defined. */
  readonly obstacle: 'one_pair' | 'one_anchor' | null;
}

/** @param counts which images count, by place; absent: all that belong to a pair */
export function pairUnits(images: readonly ImageInput[], counts: (image: number) => boolean = () => true): PairUnits {
  if (images.length > 0 && images.every(({ independent }) => independent === true)) return imageUnits(images, counts);
  const rows = pairRows(images)
    .map((row) => ({ ...row, images: row.images.filter(counts) }))
    .filter((row) => row.images.length > 0);
  const anchorsOf = rows.map(({ i, j, images: own }) => {
    const names = own.flatMap((image) => {
      const { anchorI, anchorJ } = at(images, image);
      return [`${i}:${anchorI ?? ''}`, `${j}:${anchorJ ?? ''}`];
    });
    return new Set(names);
  });
  const pairs = rows.map((row) => row.images);
  const holders = new Map<string, number[]>();
  anchorsOf.forEach((names, pair) => {
    for (const name of names) holders.set(name, [...(holders.get(name) ?? []), pair]);
  });
  const later = pairs.map(() => new Set<number>());
  for (const list of holders.values()) {
    list.forEach((first, place) => {
      for (const second of list.slice(place + 1)) at(later, first).add(second);
    });
  }
  const sharing = later.map((set) => [...set].sort((a, b) => a - b));
  const shared = pairs.length + 2 * sharing.reduce((sum, list) => sum + list.length, 0);
  const most = Math.max(0, ...[...holders.values()].map((list) => list.length));
  const isOneDraw = shared === pairs.length ** 2 || most > pairs.length / 2;
  const obstacle = pairs.length < 2 ? 'one_pair' : isOneDraw ? 'one_anchor' : null;
  const known = { pairs, anchors: holders.size, sharing, shared, obstacle } as const;
  return {
    ...known,
    units: shared === pairs.length ? 'pairs' : 'anchors',
    freedom: obstacle === null ? freedomOf(sharing, shared) : null,
  };
}

/** Nothing links two images that lie between no classes: each is a unit. */
function imageUnits(images: readonly ImageInput[], counts: (image: number) => boolean): PairUnits {
  const pairs = Array.from(images.keys())
    .filter(counts)
    .map((image) => [image]);
  const known = { pairs, anchors: 0, sharing: pairs.map(() => []), shared: pairs.length, units: 'images' } as const;
  const isOne = pairs.length < 2;
  return { ...known, freedom: isOne ? null : pairs.length - 1, obstacle: isOne ? 'one_pair' : null };
}

/**
 * P - 1 where no pairs share; else (sum R_pp)^2 / sum R_pq^2 with R_pq = N_pq - N_p. / P - N_q. / P + N.. / P^2, N = S
 * plus the identity (metrics.md 13.1).
 */
function freedomOf(sharing: PairUnits['sharing'], shared: number): number {
  const P = sharing.length;
  if (shared === P) return P - 1;
  const rows = new Float64Array(P).fill(2);
  sharing.forEach((list, p) => {
    for (const q of list) {
      rows[p]! += 1;
      rows[q]! += 1;
    }
  });
  const mean = (shared + P) / P ** 2;
  const centered = (n: number, p: number, q: number): number => n - rows[p]! / P - rows[q]! / P + mean;
  let [trace, squares] = [0, 0];
  for (let p = 0; p < P; p++) {
    const diagonal = centered(2, p, p);
    trace += diagonal;
    squares += diagonal ** 2;
    // Terms as if no two pairs shared an anchor; the next line corrects those that do.
    for (let q = p + 1; q < P; q++) squares += 2 * centered(0, p, q) ** 2;
    for (const q of sharing[p]!) squares += 2 * (centered(1, p, q) ** 2 - centered(0, p, q) ** 2);
  }
  return trace ** 2 / squares;
}

/**
 * Variance of an estimate from the influences u_p of the pairs on it, which add up to 0:
 * U(u) = max(sum u_p^2 / (P (P - 1)), sum sum S_pq u_p u_q / (P^2 - n_S)), sums over all vectors of the list first. The
 * second is the dyadic-robust variance (Aronow, Samii and Assenova 2015), corrected so that it has no bias where every
 * pair shares with equally many; the first is its floor, and its value where no pairs share.
 * @returns null where the units allow none
 */
export function unitVariance(units: PairUnits, influences: readonly ArrayLike<number>[]): number | null {
  if (units.obstacle !== null) return null;
  const P = units.pairs.length;
  let squares = 0;
  for (const u of influences) for (let p = 0; p < P; p++) squares += u[p]! ** 2;
  const floor = squares / (P * (P - 1));
  if (units.units !== 'anchors') return floor;
  let products = 0;
  for (const u of influences) {
    for (let p = 0; p < P; p++) {
      let neighbors = 0;
      for (const q of units.sharing[p]!) neighbors += u[q]!;
      products += u[p]! * neighbors;
    }
  }
  return Math.max(floor, (squares + 2 * products) / (P ** 2 - units.shared));
}

/** How many units there are: pairs, images or anchors. */
export const unitCount = ({ units, pairs, anchors }: PairUnits): number =>
  units === 'anchors' ? anchors : pairs.length;

/** Pairs that are linked by sharing, directly or through others: lists of pairs, each by its least pair. */
export function components({ sharing }: PairUnits): number[][] {
  const root = sharing.map((_, pair) => pair);
  const find = (pair: number): number => {
    let top = pair;
    while (root[top]! !== top) top = root[top]!;
    root[pair] = top;
    return top;
  };
  sharing.forEach((list, pair) => {
    for (const other of list) {
      const [a, b] = [find(pair), find(other)];
      root[Math.max(a, b)] = Math.min(a, b);
    }
  });
  return [...Map.groupBy(sharing.keys(), find).values()];
}

/**
 * How many pairs, no two of which share an anchor, can be had: they are independent of each other. Chosen from the design
 * alone, each time a pair that shares with the fewest of those left (not always the most that there could be).
 */
export function independentPairs({ sharing }: PairUnits, counts: (pair: number) => boolean = () => true): number {
  if (sharing.every((list) => list.length === 0))
    return sharing.reduce((sum, _, pair) => sum + (counts(pair) ? 1 : 0), 0);
  const neighbors = sharing.map(() => new Set<number>());
  sharing.forEach((list, pair) => {
    for (const other of list) {
      neighbors[pair]!.add(other);
      neighbors[other]!.add(pair);
    }
  });
  const left = new Set([...sharing.keys()].filter(counts));
  let chosen = 0;
  while (left.size > 0) {
    let [pair, fewest] = [-1, Number.POSITIVE_INFINITY];
    for (const each of left) {
      const size = neighbors[each]!.size;
      if (size < fewest) [pair, fewest] = [each, size];
    }
    chosen++;
    for (const gone of [pair, ...neighbors[pair]!]) {
      left.delete(gone);
      for (const other of neighbors[gone]!) neighbors[other]!.delete(gone);
    }
  }
  return chosen;
}

/** Where a share is 0 or all: what is left to say, from pairs that share no anchor. */
export interface Unvaried {
  /** How many such pairs there are. */
  pairs: number;
  /** `images`: each is such a pair by itself. Absent: they are pairs of classes. */
  units?: 'images';
  /** With 95 % confidence at most this share of all pairs, 0..1, has an image that is not like the others. */
  most: number;
}

/**
 * Upper end of a share that none of n independent pairs shows: 1 - 0.05^(1/n), exact; about 3/n (Hanley and
 * Lippman-Hand 1983). A share of images is at most the share of pairs that have such an image, so it bounds both.
 */
export const mostUnseen = (pairs: number): number => 1 - 0.05 ** (1 / pairs);

/**
 * @param counts which pairs have an image that the share is of
 * @returns `unvaried` of a percentage at one of its ends, where the units allow a claim; else nothing
 */
export function unvaried(
  units: PairUnits,
  percent: number | null,
  counts?: (pair: number) => boolean,
): { unvaried?: Unvaried } {
  if (units.obstacle !== null || (percent !== 0 && percent !== 100)) return {};
  const pairs = independentPairs(units, counts);
  return { unvaried: { pairs, ...(units.units === 'images' && { units: 'images' }), most: mostUnseen(pairs) } };
}

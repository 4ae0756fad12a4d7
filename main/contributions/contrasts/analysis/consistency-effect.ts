import { kappaOf } from '../../../analysis/responses/index.ts';
import { missing } from '../../../analysis/labels/index.ts';
import type { Answers } from '../../../analysis/outcomes/index.ts';

/**
 * Error consistency as an outcome of effects. Kappa is no mean over images, so each kappa of two networks is written as one:
 * kappa plus the influence of each group of images, by leaving that group out (metrics.md 13.2 and 16).
 */
export interface KappaValues {
  /** Mean over all pairs of networks, of each group of images; the mean over all images is the mean kappa. NaN: undefined. */
  readonly all: Float64Array;
  /** Pseudo-values of each network, which has part in every pair with it; NaN for fewer than three networks. */
  readonly networks: Float64Array[];
}

/** Kappas of these runs' answers. @param groups as for `kappaValues` */
export function kappasOf(
  { labels: { values, images }, reference = new Int16Array() }: Pick<Answers, 'labels' | 'reference'>,
  runs: readonly number[],
  groups: readonly (readonly number[])[],
): KappaValues {
  const right = runs.map((run) =>
    Uint8Array.from({ length: images }, (_, image) =>
      reference[image] !== missing && values[run * images + image] === reference[image] ? 1 : 0,
    ),
  );
  return kappaValues(right, groups);
}

/**
 * The value of group g of n_g images, of G groups and N images in all: kappa + (N / (G n_g)) (G - 1) (mean kappa_(.) - kappa_(g)),
 * where kappa_(g) is without group g. Where that is undefined, as all errors are in the group, half of its weight is taken away
 * and the change doubled.
 * @param right of each network, two or more, by image
 * @param groups images that count, each in one group
 * @returns NaN everywhere if two networks are both right, or both wrong, on every image
 */
export function kappaValues(right: readonly Uint8Array[], groups: readonly (readonly number[])[]): KappaValues {
  const [S, G] = [right.length, groups.length];
  const starts = new Uint32Array(G + 1);
  groups.forEach(({ length }, group) => (starts[group + 1] = starts[group]! + length));
  const places = groups.flat();
  const images = places.length;
  const rights = right.map((own) => Uint8Array.from(places, (image) => own[image]!));
  const counts = rights.map((own) => countsOf(own, own, starts));
  const total = new Float64Array(G);
  const parts = rights.map(() => new Float64Array(G));
  const table = new Float64Array(G);
  for (let first = 0; first < S; first++) {
    for (let second = first + 1; second < S; second++) {
      const [x, y] = [counts[first]!, counts[second]!];
      const both = countsOf(rights[first]!, rights[second]!, starts);
      /** Kappa where a part of the weight of a group of n images is taken away, of which each has a and b right, m both. */
      const without = (n: number, a: number, b: number, m: number): number =>
        kappaOf(images - n, x.sum - a, y.sum - b, both.sum - m);
      const kappa = without(0, 0, 0, 0);
      const left = (n: number, a: number, b: number, m: number): number => {
        const value = without(n, a, b, m);
        return Number.isNaN(value) ? 2 * without(n / 2, a / 2, b / 2, m / 2) - kappa : value;
      };
      // Single images are of four kinds.
      const kinds = [left(1, 0, 0, 0), left(1, 0, 1, 0), left(1, 1, 0, 0), left(1, 1, 1, 1)];
      for (let group = 0; group < G; group++) {
        const [n, a, b] = [starts[group + 1]! - starts[group]!, x.byGroup[group]!, y.byGroup[group]!];
        table[group] = n === 1 ? kinds[2 * a + b]! : left(n, a, b, both.byGroup[group]!);
      }
      let mean = 0;
      for (let group = 0; group < G; group++) mean += table[group]! / G;
      for (let group = 0; group < G; group++) {
        const influence = (G - 1) * (mean - table[group]!);
        const value = kappa + (influence * images) / (G * (starts[group + 1]! - starts[group]!));
        total[group]! += value;
        parts[first]![group]! += value;
        parts[second]![group]! += value;
      }
    }
  }
  const all = total.map((sum) => sum / ((S * (S - 1)) / 2));
  // Pseudo-values, from u of all S networks and u^(-b) without network b: S u - (S - 1) u^(-b).
  const networks = parts.map((own) => all.map((u, group) => S * u - (2 * (total[group]! - own[group]!)) / (S - 2)));
  return { all, networks };
}

/** The share of single images in it, by leaving them out one at a time. */
export function kappaByImage(
  answers: Pick<Answers, 'labels' | 'reference'>,
  runs: readonly number[],
  images: readonly number[],
): (image: number) => number {
  const groups = images.map((image) => [image]);
  const { all } = kappasOf(answers, runs, groups);
  const places = new Map(images.map((image, place) => [image, place]));
  return (image) => all[places.get(image) ?? -1] ?? Number.NaN;
}

/** Images that both have right, by group and in all. @param starts of each group, and the end */
function countsOf(x: Uint8Array, y: Uint8Array, starts: Uint32Array): { byGroup: Uint32Array; sum: number } {
  const byGroup = new Uint32Array(starts.length - 1);
  let sum = 0;
  for (let group = 0; group < byGroup.length; group++) {
    let own = 0;
    for (let place = starts[group]!; place < starts[group + 1]!; place++) own += x[place]! & y[place]!;
    byGroup[group] = own;
    sum += own;
  }
  return { byGroup, sum };
}

import { influencesOf } from './claim-interval.ts';
import { kappaOf } from './error-consistency.ts';
import { type LabelMatrix, missing } from './labels.ts';

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

/** Whether each of these runs has each image right: 1 or 0. @param reference right labels */
export function rightAnswers(
  { values, images }: LabelMatrix,
  runs: readonly number[],
  reference: Int16Array,
): Uint8Array[] {
  return runs.map((run) =>
    Uint8Array.from({ length: images }, (_, image) =>
      reference[image] !== missing && values[run * images + image] === reference[image] ? 1 : 0,
    ),
  );
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
  const S = right.length;
  const G = groups.length;
  const sizes = groups.map(({ length }) => length);
  const images = sizes.reduce((sum, size) => sum + size, 0);
  const counts = right.map((own) => countOf(groups, (image) => own[image]!));
  const total = new Float64Array(G);
  const parts = right.map(() => new Float64Array(G));
  const table = new Float64Array(G + 1);
  for (let first = 0; first < S; first++) {
    for (let second = first + 1; second < S; second++) {
      const [x, y] = [right[first]!, right[second]!];
      const both = countOf(groups, (image) => x[image]! & y[image]!);
      const [ofX, ofY] = [counts[first]!, counts[second]!];
      const kappa = kappaOf(images, ofX.sum, ofY.sum, both.sum);
      table[G] = kappa;
      for (let group = 0; group < G; group++) {
        const without = (part: number): number =>
          kappaOf(
            images - part * sizes[group]!,
            ofX.sum - part * ofX.byGroup[group]!,
            ofY.sum - part * ofY.byGroup[group]!,
            both.sum - part * both.byGroup[group]!,
          );
        const left = without(1);
        table[group] = Number.isNaN(left) ? 2 * without(0.5) - kappa : left;
      }
      const influences = influencesOf(table);
      for (let group = 0; group < G; group++) {
        const value = kappa + (influences[group]! * images) / (G * sizes[group]!);
        total[group]! += value;
        parts[first]![group]! += value;
        parts[second]![group]! += value;
      }
    }
  }
  const all = total.map((sum) => sum / ((S * (S - 1)) / 2));
  // Of all S, and of those without each: S u - (S - 1) u^(-b).
  const networks = parts.map((own) => all.map((u, group) => S * u - (2 * (total[group]! - own[group]!)) / (S - 2)));
  return { all, networks };
}

/** What `kappaValues` makes of each image that counts. */
export function kappaByImage(right: readonly Uint8Array[], images: readonly number[]): Map<number, number> {
  const { all } = kappaValues(
    right,
    images.map((image) => [image]),
  );
  return new Map(images.map((image, place) => [image, all[place]!]));
}

function countOf(groups: readonly (readonly number[])[], is: (image: number) => number) {
  const byGroup = new Uint32Array(groups.length);
  let sum = 0;
  for (let group = 0; group < groups.length; group++) {
    let own = 0;
    for (const image of groups[group]!) own += is(image);
    byGroup[group] = own;
    sum += own;
  }
  return { byGroup, sum };
}

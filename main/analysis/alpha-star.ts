import { crossing, flipPoint, type Crossing, type FlipPoint, type Point } from './flip-point.ts';
import type { ImageInput } from './input.ts';
import { missing, type LabelMatrix, type Tally } from './labels.ts';
import { spread, type Spread } from './spread.ts';
import { pairName, type PairRow } from './units.ts';

/** Flip points of people, or of a group of networks, along one pair (metrics.md 7). */
export interface PairFlips {
  /** Of the majority label, or the modal vote. */
  majority: FlipPoint | null;
  /** Where the shares of i and j cross: of the labels that people gave, or of mean softmax. */
  cross: Crossing;
  /** alpha_star of each labeler or model that has one. */
  individuals: Spread;
}

/** The share of class k on an image, or null where there is none. */
export type ShareOf = (image: number, k: number) => number | null;

/** One rater's, or the majority's, label of an image; `missing` for none. */
type LabelOf = (image: number) => number;

export function flipsByPair(
  rows: readonly PairRow[],
  images: readonly ImageInput[],
  labels: LabelMatrix,
  { mode, modes }: Tally,
  share: ShareOf,
): Record<string, PairFlips> {
  const majority: LabelOf = (image) => (modes[image] === 1 ? mode[image]! : missing);
  return Object.fromEntries(
    rows.map((row) => {
      const flip = (labelOf: LabelOf): FlipPoint | null => flipPoint(pointsOf(row, images, labelOf), row.i, row.j);
      const individuals = Array.from({ length: labels.raters }, (_, rater) =>
        flip((image) => labels.values[rater * labels.images + image]!),
      );
      const flips: PairFlips = {
        majority: flip(majority),
        cross: crossing(differencesOf(row, images, share)),
        individuals: spread(individuals.map((one) => one?.alpha_star ?? null)),
      };
      return [pairName(row, labels.classes), flips];
    }),
  );
}

function pointsOf(row: PairRow, images: readonly ImageInput[], labelOf: LabelOf): Point[] {
  return row.images.flatMap((image) => {
    const label = labelOf(image);
    return label === missing ? [] : [{ alpha: images[image]!.alpha!, label }];
  });
}

function differencesOf(row: PairRow, images: readonly ImageInput[], share: ShareOf) {
  return row.images.flatMap((image) => {
    const [ofI, ofJ] = [share(image, row.i), share(image, row.j)];
    return ofI === null || ofJ === null ? [] : [{ alpha: images[image]!.alpha!, difference: ofJ - ofI }];
  });
}

/** A group's flips beside those of people. */
export interface ModelFlips extends PairFlips {
  /** alpha of networks minus alpha of people; null if either is. */
  delta_star: number | null;
  delta_cross: number | null;
}

/** metrics.md 7 for a group: each pair, and how far networks are from people. */
export interface AlphaStar {
  pairs: Record<string, ModelFlips>;
  delta_star: Spread;
  abs_delta_star: Spread;
  delta_cross: Spread;
  abs_delta_cross: Spread;
}

export function compareFlips(models: Record<string, PairFlips>, humans: Record<string, PairFlips>): AlphaStar {
  const pairs = Object.fromEntries(
    Object.entries(models).map(([pair, flips]): [string, ModelFlips] => {
      const people = humans[pair];
      const deltas = {
        delta_star: minus(flips.majority?.alpha_star, people?.majority?.alpha_star),
        delta_cross: minus(flips.cross.alpha_cross, people?.cross.alpha_cross),
      };
      return [pair, { ...flips, ...deltas }];
    }),
  );
  const stars = Object.values(pairs).map((pair) => pair.delta_star);
  const crosses = Object.values(pairs).map((pair) => pair.delta_cross);
  return {
    pairs,
    delta_star: spread(stars),
    abs_delta_star: spread(stars.map(absolute)),
    delta_cross: spread(crosses),
    abs_delta_cross: spread(crosses.map(absolute)),
  };
}

const minus = (a: number | null | undefined, b: number | null | undefined): number | null =>
  typeof a === 'number' && typeof b === 'number' ? a - b : null;

const absolute = (value: number | null): number | null => (value === null ? null : Math.abs(value));

import { crossing, type Crossing } from '../../../analysis/responses/index.ts';
import { type ImageInput, pairName, type PairRow } from '../../../analysis/outcomes/index.ts';
import {
  correctedBootstrap,
  type CorrectedInterval,
  resampling,
  spread,
  type Spread,
} from '../../../analysis/statistics/index.ts';
import { type LabelMatrix, missing, type Tally } from '../../../analysis/labels/index.ts';

type Point = Readonly<Record<'alpha' | 'label', number>>;

/** Where the label changes from class i to class j along a pair (metrics.md 7). */
export interface FlipPoint {
  /** (alpha_out + alpha_in) / 2; null if either is. */
  alpha_star: number | null;
  /** Midpoint of the last point of the initial run of i and the next; null unless it begins with i and leaves it. */
  alpha_out: number | null;
  /** Midpoint of the last point that is not j and the next; null unless it ends with j and was not always j. */
  alpha_in: number | null;
  /** alpha_in - alpha_out: 0 for one clean flip. */
  width: number | null;
  n_points: number;
  /** Consecutive unequal labels. */
  n_flips: number;
  /** Number of points with a label other than i and j; the distinct ones of these labels, ascending. */
  n_third: number;
  third_labels: number[];
  /** More than one flip. */
  multiple: boolean;
}

/**
 * The flip point of a sequence along a pair, alpha ascending; the caller drops missing and tied points.
 * @returns null without any point.
 */
export function flipPoint(points: readonly Point[], i: number, j: number): FlipPoint | null {
  if (points.length === 0) return null;
  const labels = points.map(({ label }) => label);
  const third = labels.filter((label) => label !== i && label !== j);
  const flips = labels.filter((label, at) => at > 0 && label !== labels[at - 1]).length;
  const out = labels[0] === i ? labels.findIndex((label) => label !== i) : -1;
  const last = labels.at(-1) === j ? labels.findLastIndex((label) => label !== j) : -1;
  const alphaOut = out < 0 ? null : middle(points, out - 1);
  const alphaIn = last < 0 ? null : middle(points, last);
  const both = alphaOut !== null && alphaIn !== null;
  return {
    alpha_star: both ? (alphaOut + alphaIn) / 2 : null,
    alpha_out: alphaOut,
    alpha_in: alphaIn,
    width: both ? alphaIn - alphaOut : null,
    n_points: points.length,
    n_flips: flips,
    n_third: third.length,
    third_labels: [...new Set(third)].sort((a, b) => a - b),
    multiple: flips > 1,
  };
}

const middle = (points: readonly Point[], at: number): number => (points[at]!.alpha + points[at + 1]!.alpha) / 2;

/** Flip points of people, or of a group of networks, along one pair (metrics.md 7). */
export interface PairFlips {
  /** Flip point of the majority label, or of the modal vote. */
  majority: FlipPoint | null;
  /** Where the shares of i and j cross: of the labels that people gave, or of mean softmax. */
  cross: Crossing;
  /** alpha_star of each labeler or model that has one. Null: nobody knows who gave which label. */
  individuals: Spread | null;
}

/** The share of class k on an image, or null without labels. */
type ClassShare = (image: number, k: number) => number | null;

/** One rater's, or the majority's, label of an image; `missing` for none. */
type ImageLabel = (image: number) => number;

export function flipsByPair(
  rows: readonly PairRow[],
  images: readonly ImageInput[],
  { labels, classes }: { labels: LabelMatrix | null; classes: number },
  { mode, modes }: Tally,
  share: ClassShare,
): Record<string, PairFlips> {
  const majority: ImageLabel = (image) => (modes[image] === 1 ? mode[image]! : missing);
  return Object.fromEntries(
    rows.map((row) => {
      const flip = (label: ImageLabel): FlipPoint | null => flipPoint(labelPoints(row, images, label), row.i, row.j);
      const ofRaters = ({ raters, images: length, values }: LabelMatrix): (FlipPoint | null)[] =>
        Array.from({ length: raters }, (_, rater) => flip((image) => values[rater * length + image]!));
      const flips: PairFlips = {
        majority: flip(majority),
        cross: crossing(shareDifferences(row, images, share)),
        individuals: labels && spread(ofRaters(labels).map((one) => one?.alpha_star ?? null)),
      };
      return [pairName(row, classes), flips];
    }),
  );
}

function labelPoints(row: PairRow, images: readonly ImageInput[], imageLabel: ImageLabel): Point[] {
  return row.images.flatMap((image) => {
    const label = imageLabel(image);
    return label === missing ? [] : [{ alpha: images[image]!.alpha!, label }];
  });
}

function shareDifferences(row: PairRow, images: readonly ImageInput[], share: ClassShare) {
  return row.images.flatMap((image) => {
    const [ofI, ofJ] = [share(image, row.i), share(image, row.j)];
    return ofI === null || ofJ === null ? [] : [{ alpha: images[image]!.alpha!, difference: ofJ - ofI }];
  });
}

/** A group's flips beside those of people. */
interface ModelFlips extends PairFlips {
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

/** No interval is computed that needs more additions: a screen would have to wait for it. */
const mostWork = 1e8;

/**
 * Interval of the alpha at which the shares of i and j cross, by resampling raters: how much would it move with other
 * people, or other networks, of the same kind? The images stay what they are.
 * @param differences s_j - s_i of one rater at each place, NaN where the rater gave no label: one list per rater.
 * @returns null with fewer than two raters, or when it would take too long.
 */
export function crossingInterval(
  alphas: readonly number[],
  differences: readonly Float64Array[],
): CorrectedInterval | null {
  const raters = differences.length;
  if (raters < 2 || raters * alphas.length * Math.max(resampling.bootstrap_resamples, raters) > mostWork) return null;
  const pick = (drawn: ArrayLike<number>) => Array.from(drawn, (rater) => differences[rater]!);
  return correctedBootstrap(raters, {
    of: (drawn) => meanCrossing(alphas, pick(drawn)),
    without: (rater) => meanCrossing(alphas, differences.toSpliced(rater, 1)),
  });
}

function meanCrossing(alphas: readonly number[], differences: readonly Float64Array[]): number | null {
  const points = alphas.flatMap((alpha, place) => {
    let sum = 0;
    let n = 0;
    for (const rater of differences) {
      const value = rater[place]!;
      if (Number.isNaN(value)) continue;
      sum += value;
      n++;
    }
    return n === 0 ? [] : [{ alpha, difference: sum / n }];
  });
  return crossing(points).alpha_cross;
}

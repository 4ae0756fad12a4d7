import { preferredLabels, type Ratings } from '../labels/answers.ts';
import { krippendorffAlpha } from '../raters/agreement.ts';
import { entropyBits } from '../statistics/entropy.ts';
import { crossing } from './flip-point.ts';
import { describeImages, disagreePct, type HumanStatus, viewHumans } from '../raters/humans.ts';
import { type ImageInput, pairName, pairRows } from '../outcomes/input.ts';
import { imageCounts, labelCounts, tallyCounts } from '../labels/labels.ts';

/** What ratings have beside preferred labels. Lists follow the order of images. */
export interface DescribedRatings {
  /** Rating of class j minus that of class i, of people who rated both. */
  score: { n: number[]; mean: (number | null)[]; sd: (number | null)[] };
  /** Krippendorff's alpha of the scores, with the distance (d - d')^2. */
  krippendorff_interval: number | null;
}

/** Answers that rate classes (metrics.md 14.4). */
export interface GradedResponses extends DescribedRatings {
  /** What preferred labels say: the class that a person alone rated highest. */
  preferred: {
    /** [image][class]. */
    counts: number[][];
    status: HumanStatus[];
    majority_label: (number | null)[];
    disagree_pct: number | null;
    krippendorff_alpha: number | null;
  };
  /** By pair: where the mean score changes its sign. */
  alpha_cross: Record<string, ReturnType<typeof crossing>>;
  /** A rating scale is no probability. */
  entropy_bits: null;
  certainty_pct: null;
  distances: null;
  /** Only where the study says that ratings are to be normalized. */
  converted: { n: number[]; entropy_bits: (number | null)[]; certainty_pct: (number | null)[] } | null;
}

/** How ratings may be turned into a distribution: each person's divided by their sum, mean over people. */
export type RatingConversion = 'normalise';

/** metrics.md 14.4. `classes`: number of classes K. */
export function analyzeRatings(
  answers: readonly Ratings[],
  images: readonly ImageInput[],
  classes: number,
  conversion: RatingConversion | null,
): GradedResponses {
  const described = describeRatings(answers, images);
  const means = described.score.mean;
  const rows = pairRows(images).map((row) => {
    const points = row.images.flatMap((image) => {
      const difference = means[image]!;
      return difference === null ? [] : [{ alpha: images[image]!.alpha!, difference }];
    });
    return [pairName(row, classes), crossing(points)] as const;
  });
  return {
    preferred: describePreferred(answers, images.length, classes),
    ...described,
    alpha_cross: Object.fromEntries(rows),
    entropy_bits: null,
    certainty_pct: null,
    distances: null,
    converted: conversion && normalized(answers, images.length, classes),
  };
}

/** Mean score of each image; null: nobody rated both classes of its pair. */
export const scoreMeans = (answers: readonly Ratings[], images: readonly ImageInput[]): (number | null)[] =>
  scoresOf(answers, images).map(mean);

/** All scores of each image. */
function scoresOf(answers: readonly Ratings[], images: readonly ImageInput[]): number[][] {
  const scores = images.map((): number[] => []);
  for (const answer of answers) {
    const score = scoreOf(answer, images[answer.image]!);
    if (score !== null) scores[answer.image]!.push(score);
  }
  return scores;
}

/** @param images with their pairs: scores are of images that lie between two classes */
export function describeRatings(answers: readonly Ratings[], images: readonly ImageInput[]): DescribedRatings {
  const scores = scoresOf(answers, images);
  return {
    score: { n: scores.map((of) => of.length), mean: scores.map(mean), sd: scores.map(deviation) },
    krippendorff_interval: intervalAlpha(scores),
  };
}

function describePreferred(answers: readonly Ratings[], images: number, classes: number): GradedResponses['preferred'] {
  const raters = answers.reduce((most, { labeler }) => Math.max(most, labeler + 1), 0);
  const counts = labelCounts(preferredLabels(answers, { raters, images, classes }));
  const tally = tallyCounts(counts);
  const { status, majority_label } = describeImages(counts, tally, viewHumans(tally));
  return {
    counts: Array.from({ length: images }, (_, image) => [...imageCounts(counts, image)]),
    status,
    majority_label,
    disagree_pct: disagreePct(status),
    krippendorff_alpha: krippendorffAlpha(counts),
  };
}

/** d: rating of class j minus that of class i of an image's pair; null unless the person rated both. */
export function scoreOf(
  { ratings }: Pick<Ratings, 'ratings'>,
  { pairI, pairJ }: Pick<ImageInput, 'pairI' | 'pairJ'>,
): number | null {
  const of = (k: number | null): number | undefined => ratings.find(({ label }) => label === k)?.rating;
  const [i, j] = [of(pairI), of(pairJ)];
  return i === undefined || j === undefined ? null : j - i;
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sum of squared deviations from the mean. */
function squares(values: readonly number[]): number {
  const middle = mean(values) ?? 0;
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
}

/** Sample standard deviation; null for fewer than two. */
const deviation = (values: readonly number[]): number | null =>
  values.length < 2 ? null : Math.sqrt(squares(values) / (values.length - 1));

/** Over ordered pairs, (d - d')^2 sums to 2 n times the sum of squared deviations. Null where all scores are equal. */
function intervalAlpha(scores: readonly (readonly number[])[]): number | null {
  const several = scores.filter((of) => of.length >= 2);
  const all = several.flat();
  const expected = (2 * squares(all)) / (all.length - 1);
  if (all.length === 0 || expected === 0) return null;
  const observed = several.reduce((sum, of) => sum + (2 * of.length * squares(of)) / (of.length - 1), 0);
  return 1 - observed / all.length / expected;
}

/** q = mean over people of r / sum r; people with a negative rating, or none above 0, are left out. */
function normalized(answers: readonly Ratings[], images: number, classes: number): GradedResponses['converted'] {
  const shares = Array.from({ length: images }, () => ({ n: 0, q: new Float64Array(classes) }));
  for (const { image, ratings } of answers) {
    const total = ratings.reduce((sum, { rating }) => sum + rating, 0);
    if (total <= 0 || ratings.some(({ rating }) => rating < 0)) continue;
    const of = shares[image]!;
    of.n++;
    for (const { label, rating } of ratings) of.q[label]! += rating / total;
  }
  const each = <T>(take: (q: Float64Array) => T): (T | null)[] =>
    shares.map(({ n, q }) => (n === 0 ? null : take(q.map((share) => share / n))));
  return {
    n: shares.map(({ n }) => n),
    entropy_bits: each(entropyBits),
    certainty_pct: each((q) => 100 * q.reduce((most, share) => Math.max(most, share), 0)),
  };
}

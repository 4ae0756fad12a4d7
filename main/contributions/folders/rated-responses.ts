import { imageCounts, labelCounts, preferredLabels, type Ratings, tallyCounts } from '../../analysis/labels/index.ts';
import { type ImageInput, pairName, pairRows } from '../../analysis/outcomes/index.ts';
import {
  describeImages,
  disagreePct,
  type HumanStatus,
  krippendorffAlpha,
  viewHumans,
} from '../../analysis/raters/index.ts';
import { crossing } from '../../analysis/responses/index.ts';
import { type DescribedRatings, describeRatings } from '../answers/analysis/ratings.ts';
import { entropyBits } from '../../analysis/statistics/index.ts';

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

import type { Ratings } from '../../../analysis/labels/index.ts';
import type { ImageInput } from '../../../analysis/outcomes/index.ts';
import { scoresOf } from '../../../analysis/responses/index.ts';

/** What ratings have beside preferred labels. Lists follow the order of images. */
export interface DescribedRatings {
  /** Rating of class j minus that of class i, of people who rated both. */
  score: { n: number[]; mean: (number | null)[]; sd: (number | null)[] };
  /** Krippendorff's alpha of the scores, with the distance (d - d')^2. */
  krippendorff_interval: number | null;
}

/** @param images with their pairs: scores are of images that lie between two classes */
export function describeRatings(answers: readonly Ratings[], images: readonly ImageInput[]): DescribedRatings {
  const scores = scoresOf(answers, images);
  return {
    score: { n: scores.map((of) => of.length), mean: scores.map(mean), sd: scores.map(deviation) },
    krippendorff_interval: intervalAlpha(scores),
  };
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

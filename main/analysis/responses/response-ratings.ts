import type { Ratings } from '../labels/answers.ts';
import type { ImageInput } from '../outcomes/input.ts';

/** What ratings have beside preferred labels. Lists follow the order of images. */
export interface DescribedRatings {
  /** Rating of class j minus that of class i, of people who rated both. */
  score: { n: number[]; mean: (number | null)[]; sd: (number | null)[] };
  /** Krippendorff's alpha of the scores, with the distance (d - d')^2. */
  krippendorff_interval: number | null;
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

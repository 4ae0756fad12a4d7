import type { Ratings } from '../labels/answers.ts';
import type { ImageInput } from '../outcomes/input.ts';

/** Mean score of each image; null: nobody rated both classes of its pair. */
export const scoreMeans = (answers: readonly Ratings[], images: readonly ImageInput[]): (number | null)[] =>
  scoresOf(answers, images).map(mean);

/** All scores of each image: ratings of class j of its pair minus those of class i. */
export function scoresOf(answers: readonly Ratings[], images: readonly ImageInput[]): number[][] {
  const scores = images.map((): number[] => []);
  for (const answer of answers) {
    const score = scoreOf(answer, images[answer.image]!);
    if (score !== null) scores[answer.image]!.push(score);
  }
  return scores;
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

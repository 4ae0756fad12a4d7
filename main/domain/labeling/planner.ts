import { wilson } from './wilson.ts';

export interface PlannerPoint {
  people: number;
  disagree: number;
  low: number;
  high: number;
  width: number;
  unanimous: number;
  basis: 'rarefied' | 'extrapolated' | 'assumed';
}

/**
 * Chance that n of the people who labelled an image, drawn without replacement, all gave the same label: the exact
 * rarefaction, sum over classes of C(k, n) / C(N, n).
 * @param counts labels of each class; their sum N is at least n
 */
export function unanimousAmong(counts: readonly number[], n: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count) => {
    let chance = 1;
    for (let drawn = 0; drawn < n && chance > 0; drawn++) chance *= Math.max(0, count - drawn) / (total - drawn);
    return sum + chance;
  }, 0);
}

/** The same with replacement: what more people than there were would do if their shares were those of these. */
export function unanimousBeyond(counts: readonly number[], n: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count) => sum + (count / total) ** n, 0);
}

/**
 * How well the share of images on which people disagree will be known, for each number of people.
 *
 * With labels: the exact rarefaction where enough labelled an image, beyond that their shares as if drawn again and
 * again, never below the last exact value (which underestimates, as classes that nobody named stay away). Without: a
 * share of the images is ambiguous, the larger of two shares on these is uniform from 1/2 to 1, so that n people agree
 * on an ambiguous image with chance 2 / (n + 1); the share is such that ten people disagree on `assumed` of all images.
 * The interval is Wilson's for `images` images, as if drawn from all images that could have been made.
 *
 * @param counts labels of each class, an image a row; images with fewer than two labels are left out
 * @param people numbers of people, each at least 1
 */
export function planPeople(input: {
  counts: readonly (readonly number[])[];
  people: readonly number[];
  images: number;
  assumed: number;
}): PlannerPoint[] {
  const { images, people, assumed } = input;
  const counts = input.counts.filter((row) => sum(row) >= 2);
  const least = Math.min(...counts.map(sum));
  const lastExact = counts.length === 0 ? 0 : mean(counts.map((row) => 1 - unanimousAmong(row, least)));
  return people.map((n) => {
    if (counts.length === 0) {
      const ambiguous = Math.min(1, assumed / (1 - 2 / 11));
      return point(n, n < 2 ? 0 : ambiguous * (1 - 2 / (n + 1)), images, 'assumed');
    }
    if (n <= least) return point(n, mean(counts.map((row) => 1 - unanimousAmong(row, n))), images, 'rarefied');
    const beyond = mean(counts.map((row) => 1 - unanimousBeyond(row, n)));
    return point(n, Math.max(lastExact, beyond), images, 'extrapolated');
  });
}

function point(people: number, disagree: number, images: number, basis: PlannerPoint['basis']): PlannerPoint {
  const share = Math.min(1, Math.max(0, disagree));
  const { low, high } = wilson(share * images, images);
  return { people, disagree: share, low, high, width: high - low, unanimous: 1 - share, basis };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

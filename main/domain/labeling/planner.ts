import type { Planner } from '../../contract/labeling/plan.ts';
import { wilson } from './wilson.ts';

type PlannerPoint = Planner['points'][number];

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

/** The same with replacement: for more people than have labelled, assuming the same shares. */
function unanimousBeyond(counts: readonly number[], n: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count) => sum + (count / total) ** n, 0);
}

/**
 * The expected share of images on which people disagree, with an interval, for each number of people.
 *
 * With labels: the exact rarefaction up to the number of labels per image, then the same shares with replacement, never
 * below the last exact value (an underestimate, because classes that nobody chose stay excluded). Without labels: a share
 * of the images is ambiguous, and the larger of two class shares on these is uniform on [1/2, 1], so n people agree on an
 * ambiguous image with probability 2 / (n + 1). The share is chosen so that ten people disagree on `assumed` of all
 * images. The interval is Wilson's over the images with two or more labelers, as a sample of all possible images.
 *
 * If each of n people labels p of M images, every image gets floor(np / M) labelers or one more, as the orders deal them.
 * The share is the mean over the images with two or more labelers.
 *
 * @param counts labels per class, one row per image; images with fewer than two labels are ignored
 * @param people numbers of people, each at least 1; a number that gives no image two labelers has no point
 * @param perPerson images that each person labels; null: all
 */
export function expectedDisagreement(input: {
  counts: readonly (readonly number[])[];
  people: readonly number[];
  images: number;
  perPerson: number | null;
  assumed: number;
}): PlannerPoint[] {
  const share = cached(shareFor(input.counts, input.assumed));
  return input.people.flatMap((people) => {
    const usable = dealt(people, input).filter(({ labelers, images }) => labelers >= 2 && images > 0);
    return usable.length === 0 ? [] : [point(people, usable, share)];
  });
}

interface Dealt {
  images: number;
  labelers: number;
}

/** Images per number of labelers, the smaller number first. */
function dealt(people: number, { images, perPerson }: { images: number; perPerson: number | null }): [Dealt, Dealt] {
  const labels = people * Math.min(perPerson ?? images, images);
  const [labelers, more] = [Math.floor(labels / images), labels % images];
  return [
    { images: images - more, labelers },
    { images: more, labelers: labelers + 1 },
  ];
}

type Share = (labelers: number) => { disagree: number; basis: PlannerPoint['basis'] };

/** Many numbers of people lead to the same few numbers of labelers. */
function cached(share: Share): Share {
  const known = new Map<number, ReturnType<Share>>();
  return (labelers) => {
    const result = known.get(labelers) ?? share(labelers);
    known.set(labelers, result);
    return result;
  };
}

function shareFor(all: readonly (readonly number[])[], assumed: number): Share {
  const counts = all.filter((row) => sum(row) >= 2);
  const least = Math.min(...counts.map(sum));
  const lastExact = counts.length === 0 ? 0 : mean(counts.map((row) => 1 - unanimousAmong(row, least)));
  return (n) => {
    if (counts.length === 0) {
      const ambiguous = Math.min(1, assumed / (1 - 2 / 11));
      return { disagree: ambiguous * (1 - 2 / (n + 1)), basis: 'assumed' };
    }
    if (n <= least) return { disagree: mean(counts.map((row) => 1 - unanimousAmong(row, n))), basis: 'rarefied' };
    const beyond = mean(counts.map((row) => 1 - unanimousBeyond(row, n)));
    return { disagree: Math.max(lastExact, beyond), basis: 'extrapolated' };
  };
}

function point(people: number, dealtImages: readonly Dealt[], share: Share): PlannerPoint {
  const images = sum(dealtImages.map((part) => part.images));
  const parts = dealtImages.map((part) => ({ ...part, ...share(part.labelers) }));
  const mixed = sum(parts.map((part) => part.disagree * part.images)) / images;
  const disagree = Math.min(1, Math.max(0, mixed));
  const { low, high } = wilson(disagree * images, images);
  const numbers = dealtImages.map(({ labelers }) => labelers);
  // The larger number of labelers is the less certain basis.
  const basis = parts.at(-1)?.basis ?? 'assumed';
  const labelers = { least: Math.min(...numbers), most: Math.max(...numbers) };
  return { people, images, labelers, disagree, low, high, width: high - low, unanimous: 1 - disagree, basis };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

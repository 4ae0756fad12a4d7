import { wilson } from './wilson.ts';

interface PlannerPoint {
  people: number;
  /** Images with two labelers or more: only these tell whether people disagree. */
  images: number;
  /** Labelers of each of them. */
  labelers: { least: number; most: number };
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
function unanimousBeyond(counts: readonly number[], n: number): number {
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
 * The interval is Wilson's for the images with two labelers or more, as if drawn from all images that could have been made.
 *
 * Where each person labels a part of the images, n people of whom each labels p of M give every image floor(np / M)
 * labelers or one more, as the orders deal them; the share is the mean over the images that get two or more.
 *
 * @param counts labels of each class, an image a row; images with fewer than two labels are left out
 * @param people numbers of people, each at least 1; those who give no image two labelers have no point
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
    const told = dealt(people, input).filter(({ labelers, images }) => labelers >= 2 && images > 0);
    return told.length === 0 ? [] : [point(people, told, share)];
  });
}

/** So many images with so many labelers each. */
interface Dealt {
  images: number;
  labelers: number;
}

/** The fewer labelers first. */
function dealt(people: number, { images, perPerson }: { images: number; perPerson: number | null }): [Dealt, Dealt] {
  const labels = people * Math.min(perPerson ?? images, images);
  const [labelers, more] = [Math.floor(labels / images), labels % images];
  return [
    { images: images - more, labelers },
    { images: more, labelers: labelers + 1 },
  ];
}

type Share = (labelers: number) => { disagree: number; basis: PlannerPoint['basis'] };

/** Where each person labels a part, many numbers of people come to the same few numbers of labelers. */
function cached(share: Share): Share {
  const known = new Map<number, ReturnType<Share>>();
  return (labelers) => {
    const told = known.get(labelers) ?? share(labelers);
    known.set(labelers, told);
    return told;
  };
}

/** The expected share of images on which so many labelers do not all agree. */
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

function point(people: number, told: readonly Dealt[], shareOf: Share): PlannerPoint {
  const images = sum(told.map((part) => part.images));
  const parts = told.map((part) => ({ ...part, ...shareOf(part.labelers) }));
  const mixed = sum(parts.map((part) => part.disagree * part.images)) / images;
  const disagree = Math.min(1, Math.max(0, mixed));
  const { low, high } = wilson(disagree * images, images);
  const numbers = told.map(({ labelers }) => labelers);
  return {
    ...{ people, images, labelers: { least: Math.min(...numbers), most: Math.max(...numbers) } },
    ...{ disagree, low, high, width: high - low, unanimous: 1 - disagree },
    // What more labelers do is the less certain.
    basis: parts.at(-1)?.basis ?? 'assumed',
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

import { imageCounts, type LabelCounts, labelCounts, type LabelMatrix, missing, tally } from '../labels/labels.ts';
import { viewHumans } from '../raters/humans.ts';

/** Whose labels an effect is about: these very people, or a group of `h` people like them (metrics.md 13.2). */
type People = { readonly people?: 'fixed' } | { readonly people: 'random'; readonly h: number };

/** An outcome of each image under one run: a given value, or whether the run differs from the label on which people agree. */
type LinearOutcome =
  | { readonly type: 'value'; readonly scale?: 'real' | 'share' }
  | ({ readonly type: 'wrong' } & People);

/** An outcome of each image under a new group of `m` networks of a recipe, from their votes. */
export type VoteOutcome = {
  readonly type: 'any_differ' | 'type_a' | 'type_c' | 'misclassified_any';
  readonly m: number;
} & People;

/** Error consistency of two new networks of a recipe (`kappaValues`). */
export interface ConsistencyOutcome {
  readonly type: 'consistency';
  readonly m: 2;
  readonly people?: 'fixed';
}

export type GroupOutcome = VoteOutcome | ConsistencyOutcome;

export type Outcome = LinearOutcome | GroupOutcome;

export const isGroupOutcome = (outcome: Outcome): outcome is GroupOutcome =>
  outcome.type !== 'value' && outcome.type !== 'wrong';

/** Whether labelers are a random factor of it. What does not depend on people has none. */
export const drawsPeople = (outcome: Outcome): boolean =>
  outcome.type !== 'value' && outcome.type !== 'any_differ' && outcome.people === 'random';

/**
 * A_ik: how surely people agree on class k of image i, 0..1 (metrics.md 13.2): `share[image * classes + k]`. Fixed
 * people: 1 or 0. Random: the probability that h of them all say k.
 */
export interface Agreement {
  readonly classes: number;
  readonly share: Float64Array;
  /** Images whose agreement is defined. */
  readonly isKnown: (image: number) => boolean;
}

/** C(r, m) / C(n, m): the probability that m of n things, drawn without replacement, are all among r of them. */
export function allAmong(r: number, n: number, m: number): number {
  if (r >= n) return 1;
  let share = 1;
  for (let drawn = 0; drawn < m && share > 0; drawn++) share *= Math.max(0, r - drawn) / (n - drawn);
  return share;
}

const tables = new Map<string, Float64Array>();
const mostTables = 1000;

/** `allAmong` for all r from 0 to n: what outcomes of many images look up. */
function amongTable(n: number, m: number): Float64Array {
  const key = `${n} ${m}`;
  const known = tables.get(key);
  if (known) return known;
  if (tables.size >= mostTables) tables.clear();
  const table = Float64Array.from({ length: n + 1 }, (_, r) => (r < m ? 0 : allAmong(r, n, m)));
  tables.set(key, table);
  return table;
}

/** Fewest labels of an image from which the agreement of random people is estimated. */
const fewestLabels = 3;

export function agreementOf(people: LabelMatrix, outcome: Outcome): Agreement {
  const counts = labelCounts(people);
  const { images, classes } = counts;
  const share = new Float64Array(images * classes);
  if (outcome.type === 'value' || outcome.people !== 'random') {
    const { status, unanimous } = viewHumans(tally(people));
    unanimous.forEach((k, image) => {
      if (k !== null) share[image * classes + k] = 1;
    });
    return { classes, share, isKnown: (image) => status[image] !== null };
  }
  const { h } = outcome;
  const isKnown = (image: number): boolean => counts.present[image]! >= Math.max(h, fewestLabels);
  for (let image = 0; image < images; image++) {
    if (isKnown(image)) fillShare(share, counts, image, (c, n) => allAmong(c, n, h));
  }
  return { classes, share, isKnown };
}

function fillShare(
  share: Float64Array,
  counts: LabelCounts,
  image: number,
  of: (c: number, n: number, k: number) => number,
): void {
  const n = counts.present[image]!;
  imageCounts(counts, image).forEach((c, k) => {
    share[image * counts.classes + k] = of(c, n, k);
  });
}

/**
 * Pseudo-values of the agreement when labeler l is left out: A^[l] = H A' - (H - 1) A'^(-l), A' of order
 * min(h, n_i - 1). Outcomes are linear in A.
 * @param counts of the labels of all people
 */
export function agreementWithout(people: LabelMatrix, counts: LabelCounts, labeler: number, h: number): Agreement {
  const { images, classes } = counts;
  const H = people.raters;
  const share = new Float64Array(images * classes);
  const isKnown = (image: number): boolean => counts.present[image]! >= Math.max(h, fewestLabels);
  for (let image = 0; image < images; image++) {
    if (!isKnown(image)) continue;
    const label = people.values[labeler * images + image]!;
    fillShare(share, counts, image, (c, n, k) => {
      const order = Math.min(h, n - 1);
      const all = allAmong(c, n, order);
      const others = label === missing ? all : allAmong(k === label ? c - 1 : c, n - 1, order);
      return H * all - (H - 1) * others;
    });
  }
  return { classes, share, isKnown };
}

/** An outcome of images from the votes r_k of `runs` networks; NaN where the agreement it needs is undefined. */
export function groupOutcome(
  outcome: VoteOutcome,
  agreement: Agreement,
  { runs, m }: { runs: number; m: number },
): (image: number, votes: ArrayLike<number>) => number {
  const table = amongTable(runs, m);
  return (image, votes) => groupOutcomeOf(outcome, agreement, table, image, votes);
}

function groupOutcomeOf(
  { type }: VoteOutcome,
  { share, classes, isKnown }: Agreement,
  table: Float64Array,
  image: number,
  votes: ArrayLike<number>,
): number {
  if (type !== 'any_differ' && !isKnown(image)) return Number.NaN;
  let [same, agree, missed] = [0, 0, 0];
  for (let k = 0; k < classes; k++) {
    const together = table[votes[k]!]!;
    const sure = share[image * classes + k]!;
    same += together;
    agree += sure;
    missed += sure * (1 - together);
  }
  if (type === 'any_differ') return 1 - same;
  if (type === 'type_a') return agree * (1 - same);
  return type === 'type_c' ? (1 - agree) * same : missed;
}

/** Runs with what they answered: labels and, where there are any, values; both `[run][image]`. */
export interface Answers {
  readonly labels: LabelMatrix;
  /** NaN: missing. */
  readonly values: Float64Array | null;
  readonly people: LabelMatrix;
  /** The right label of each image, or `missing`, for error consistency; absent: not known. */
  readonly reference?: Int16Array;
}

/** y of one run on one image; NaN: null. */
export function linearOutcome(
  outcome: Outcome,
  { share, classes, isKnown }: Agreement,
  { labels, values }: Answers,
): (run: number, image: number) => number {
  const { images } = labels;
  if (outcome.type === 'value') return (run, image) => values?.[run * images + image] ?? Number.NaN;
  // Computed for each label that a run can give an image: thousands of runs give a few labels.
  const wrong = new Float64Array(images * classes).fill(Number.NaN);
  for (let image = 0; image < images; image++) {
    if (!isKnown(image)) continue;
    for (let label = 0; label < classes; label++) {
      let sum = 0;
      for (let k = 0; k < classes; k++) if (k !== label) sum += share[image * classes + k]!;
      wrong[image * classes + label] = sum;
    }
  }
  return (run, image) => wrong[image * classes + labels.values[run * images + image]!]!;
}

/** Mean over runs of whether each differs from the label on which people agree, from their votes r_k of one image. */
export function wrongShare(
  { share, classes, isKnown }: Agreement,
  image: number,
  votes: ArrayLike<number>,
  runs: number,
): number {
  if (!isKnown(image)) return Number.NaN;
  let wrong = 0;
  for (let k = 0; k < classes; k++) wrong += share[image * classes + k]! * (1 - votes[k]! / runs);
  return wrong;
}

/** r_k of every image over some runs: `[image][k]`. */
export function votesOf({ images, classes, values }: LabelMatrix, runs: readonly number[]): Uint32Array {
  const votes = new Uint32Array(images * classes);
  for (const run of runs) {
    const labels = values.subarray(run * images, (run + 1) * images);
    for (let image = 0; image < images; image++) {
      const label = labels[image]!;
      if (label !== missing) votes[image * classes + label]!++;
    }
  }
  return votes;
}

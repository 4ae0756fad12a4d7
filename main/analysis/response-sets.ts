import { entropyBits } from './entropy.ts';
import type { ModelGroup } from './groups.ts';
import { disagreePct, type HumanStatus } from './humans.ts';
import { chanceAllAmong, strictTypes } from './response-counts.ts';
import { percent } from './spread.ts';

/** What one person answered to one image: one class or several, ascending. */
export type LabelSet = readonly number[];

/** Answers that are sets of classes (metrics.md 14.3). Lists follow the order of images. */
export interface SetResponses {
  n_people: number[];
  /** Split vote: each person's vote is shared out among the classes named. [image][class]. */
  q: (number[] | null)[];
  entropy_bits: (number | null)[];
  certainty_pct: (number | null)[];
  majority_label: (number | null)[];
  /** agree: all named the same one class; null: fewer than two people. */
  status: HumanStatus[];
  disagree_pct: number | null;
  /** Whether there is a class that all named. */
  compatible: (boolean | null)[];
  /** Classes named in an answer. */
  mean_set_size: number | null;
  krippendorff_jaccard: number | null;
  /** Chance that a person named the label of a network of the group. */
  covered_pct: (number | null)[];
  type_a_pct: number | null;
  type_c_pct: number | null;
  /** By number of people. */
  rarefaction: Record<string, { n_images: number; unanimous_pct: number | null }>;
  /** Split votes are no counts. */
  fleiss_kappa: null;
  krippendorff_alpha: null;
  cohen: null;
  error_consistency: null;
}

/** Votes this close to the largest are tied with it. */
const tied = 1e-9;

/**
 * metrics.md 14.3.
 * @param answers of each image, in any order of people @param classes number of classes K
 * @param sizes numbers of people to rarefy to
 */
export function analyseSets(
  answers: readonly (readonly LabelSet[])[],
  classes: number,
  group: ModelGroup,
  sizes: readonly number[],
): SetResponses {
  const votes = answers.map((sets) => splitVotes(sets, classes));
  const shares = votes.map((vote, image) => {
    const n = answers[image]!.length;
    return n === 0 ? null : vote.map((count) => count / n);
  });
  const status = answers.map(strictStatus);
  const { type_a_strict_pct, type_c_strict_pct } = strictTypes(status, group);
  return {
    n_people: answers.map((sets) => sets.length),
    q: shares,
    entropy_bits: shares.map((q) => q && entropyBits(q)),
    certainty_pct: shares.map((q) => q && 100 * Math.max(...q)),
    majority_label: votes.map(majority),
    status,
    disagree_pct: disagreePct(status),
    compatible: answers.map((sets) =>
      sets.length < 2 ? null : sets[0]!.some((k) => sets.every((s) => s.includes(k))),
    ),
    mean_set_size: meanSize(answers),
    krippendorff_jaccard: jaccardAlpha(answers),
    covered_pct: answers.map((sets, image) => covered(sets, group, image)),
    type_a_pct: type_a_strict_pct,
    type_c_pct: type_c_strict_pct,
    rarefaction: Object.fromEntries(sizes.map((m) => [String(m), rarefySets(answers, m)])),
    fleiss_kappa: null,
    krippendorff_alpha: null,
    cohen: null,
    error_consistency: null,
  };
}

/** c_k = sum over people who named k of 1 / number of classes that they named. */
function splitVotes(sets: readonly LabelSet[], classes: number): number[] {
  const votes = new Array<number>(classes).fill(0);
  for (const set of sets) for (const k of set) votes[k]! += 1 / set.length;
  return votes;
}

/** The only class with the most votes; null: a tie, or no votes. */
function majority(votes: readonly number[]): number | null {
  const top = Math.max(...votes);
  const [first, second] = votes.flatMap((count, k) => (count >= top - tied ? [k] : []));
  return top === 0 || second !== undefined ? null : first!;
}

function strictStatus(sets: readonly LabelSet[]): HumanStatus {
  if (sets.length < 2) return null;
  const [label] = sets[0]!;
  return sets.every((set) => set.length === 1 && set[0] === label) ? 'agree' : 'disagree';
}

function meanSize(answers: readonly (readonly LabelSet[])[]): number | null {
  const sizes = answers.flatMap((sets) => sets.map((set) => set.length));
  return sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
}

function covered(sets: readonly LabelSet[], { labels }: ModelGroup, image: number): number | null {
  let named = 0;
  for (let network = 0; network < labels.raters; network++) {
    const label = labels.values[network * labels.images + image]!;
    for (const set of sets) if (set.includes(label)) named++;
  }
  return percent(named, labels.raters * sets.length);
}

/** Chance that m people all name the same one class; over images that m people answered. */
function rarefySets(
  answers: readonly (readonly LabelSet[])[],
  m: number,
): { n_images: number; unanimous_pct: number | null } {
  let [images, unanimous] = [0, 0];
  for (const sets of answers) {
    if (m < 2 || sets.length < m) continue;
    images++;
    const alone = sets.flatMap((set) => (set.length === 1 ? set : []));
    for (const people of Map.groupBy(alone, (k) => k).values())
      unanimous += chanceAllAmong(people.length, sets.length, m);
  }
  return { n_images: images, unanimous_pct: percent(unanimous, images) };
}

/**
 * Krippendorff's alpha with the distance 1 - |A and B| / |A or B| of two sets (Passonneau 2006; metrics.md 14.3), over
 * images that two people answered. Equal sets are counted once, so that it takes time by the number of different ones.
 */
function jaccardAlpha(answers: readonly (readonly LabelSet[])[]): number | null {
  const all = new Map<string, { set: LabelSet; n: number }>();
  let observed = 0;
  let n = 0;
  for (const sets of answers) {
    if (sets.length < 2) continue;
    n += sets.length;
    const own = distinct(sets);
    observed += pairDistances(own) / (sets.length - 1);
    for (const { set, n: people } of own) {
      const known = all.get(set.join());
      if (known) known.n += people;
      else all.set(set.join(), { set, n: people });
    }
  }
  const expected = pairDistances([...all.values()]);
  return expected === 0 ? null : 1 - (observed / n / expected) * n * (n - 1);
}

const distinct = (sets: readonly LabelSet[]): { set: LabelSet; n: number }[] =>
  [...Map.groupBy(sets, (set) => set.join()).values()].map((equal) => ({ set: equal[0]!, n: equal.length }));

/** Sum of the distances over ordered pairs of answers. */
function pairDistances(sets: readonly { set: LabelSet; n: number }[]): number {
  let sum = 0;
  sets.forEach((a, at) => {
    for (const b of sets.slice(at + 1)) {
      const common = a.set.filter((k) => b.set.includes(k)).length;
      sum += 2 * a.n * b.n * (1 - common / (a.set.length + b.set.length - common));
    }
  });
  return sum;
}

import type { LabelSet } from '../../../analysis/labels/index.ts';
import type { ModelGroup } from '../../../analysis/outcomes/index.ts';
import { percent } from '../../../analysis/statistics/index.ts';

/** What sets have beside split votes. */
export interface DescribedSets {
  /** Whether there is a class that all named. */
  compatible: (boolean | null)[];
  /** Classes named in an answer. */
  mean_set_size: number | null;
  krippendorff_jaccard: number | null;
}

export const describeSets = (answers: readonly (readonly LabelSet[])[]): DescribedSets => ({
  compatible: answers.map((sets) =>
    sets.length < 2 ? null : sets[0]!.some((k) => sets.every((set) => set.includes(k))),
  ),
  mean_set_size: meanSize(answers),
  krippendorff_jaccard: jaccardAlpha(answers),
});

function meanSize(answers: readonly (readonly LabelSet[])[]): number | null {
  const sizes = answers.flatMap((sets) => sets.map((set) => set.length));
  return sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
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

/** Chance that a person named the label of a network of the group, percent, an image each. */
export function coveredPct(
  answers: readonly (readonly LabelSet[])[],
  { labels }: Pick<ModelGroup, 'labels'>,
): (number | null)[] {
  return answers.map((sets, image) => {
    let named = 0;
    for (let network = 0; network < labels.raters; network++) {
      const label = labels.values[network * labels.images + image]!;
      for (const set of sets) if (set.includes(label)) named++;
    }
    return percent(named, labels.raters * sets.length);
  });
}

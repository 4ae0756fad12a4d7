import type { LabelSet, SetAnswer } from '../labels/answers.ts';
import type { ModelGroup } from '../outcomes/groups.ts';
import type { LabelCounts } from '../labels/labels.ts';
import { percent } from '../statistics/spread.ts';

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

/** Each image's answers, in the order of labelers. */
export function setsByImage({
  images,
  answers,
}: {
  images: number;
  answers: readonly Pick<SetAnswer, 'image' | 'labels'>[];
}): LabelSet[][] {
  const each = Array.from({ length: images }, (): LabelSet[] => []);
  for (const { image, labels } of answers) each[image]!.push(labels);
  return each;
}

/**
 * c_k = sum over people who named k of 1 / number of classes that they named; n: people. All name one and the same class
 * exactly where only one has votes, so that the status of labels is the strict status of sets.
 */
export const splitVotes = (answers: readonly (readonly LabelSet[])[], classes: number): LabelCounts<Float64Array> =>
  countSets(answers, classes, new Float64Array(answers.length * classes), (set) => 1 / set.length);

/** People who named class k alone, of all who answered: fewer people have a strict status by these. */
export const namedAlone = (answers: readonly (readonly LabelSet[])[], classes: number): LabelCounts =>
  countSets(answers, classes, new Uint32Array(answers.length * classes), (set) => (set.length === 1 ? 1 : 0));

function countSets<Counts extends Float64Array | Uint32Array>(
  answers: readonly (readonly LabelSet[])[],
  classes: number,
  counts: Counts,
  vote: (set: LabelSet) => number,
): LabelCounts<Counts> {
  answers.forEach((sets, image) => {
    for (const set of sets) for (const k of set) counts[image * classes + k]! += vote(set);
  });
  return { images: answers.length, classes, counts, present: Uint32Array.from(answers, (sets) => sets.length) };
}

/** Split votes of people who can be told apart. */
export interface SetVotes extends LabelCounts<Float64Array> {
  /** By labeler: each image's set, an image at most once. Labelers without an answer are left out. */
  readonly people: readonly (readonly SetAnswer[])[];
}

/** @param kept which answers count */
export function votesOfPeople(
  people: readonly (readonly SetAnswer[])[],
  { images, classes }: { images: number; classes: number },
  kept: (answer: SetAnswer) => boolean = () => true,
): SetVotes {
  const counted = people.map((answers) => answers.filter(kept)).filter(({ length }) => length > 0);
  return { ...splitVotes(setsByImage({ images, answers: counted.flat() }), classes), people: counted };
}

function meanSize(answers: readonly (readonly LabelSet[])[]): number | null {
  const sizes = answers.flatMap((sets) => sets.map((set) => set.length));
  return sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
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

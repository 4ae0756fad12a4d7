import type { LabelSet, SetAnswer } from '../labels/answers.ts';
import type { LabelCounts } from '../labels/labels.ts';

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

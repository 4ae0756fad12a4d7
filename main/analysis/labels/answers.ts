import { at } from '../../domain/numbers/arrays.ts';
import { type LabelCounts, type LabelMatrix, missing, takeRaters } from './labels.ts';

/** What one person answered to one image: one class or several, ascending. */
export type LabelSet = readonly number[];

/** One person's answer to an image: the classes that may be right. */
export interface SetAnswer {
  readonly image: number;
  readonly labeler: number;
  readonly labels: LabelSet;
}

/** One person's ratings of one image: how much each class named applies, in any unit. */
export interface Ratings {
  readonly image: number;
  readonly labeler: number;
  readonly ratings: readonly { readonly label: number; readonly rating: number }[];
}

/** Who answered, and what; images are numbered by their place in the set. */
type OfPersons<Kind extends string, Rest> = {
  readonly kind: Kind;
  readonly labelers: readonly string[];
  /** Nobody knows who gave which answer: labelers only count those of an image. */
  readonly isAnonymous?: true;
} & Readonly<Rest>;

/** People's answers to the images of a set (metrics.md 14). Kinds are never pooled. */
export type People =
  /** Of `abstain`, a person could not tell wherever an image was shown and got no label. */
  | OfPersons<'single' | 'abstain', { labels: LabelMatrix }>
  /** By labeler, then image. */
  | OfPersons<'set', { answers: readonly SetAnswer[] }>
  | OfPersons<'graded', { answers: readonly Ratings[] }>
  /** How often each image was given each label. */
  | { readonly kind: 'counts'; readonly counts: LabelCounts };

/** Nobody, of `images` images. */
export const nobody = (images: number, classes: number): People => ({
  kind: 'single',
  labelers: [],
  labels: { raters: 0, images, classes, values: new Int16Array() },
});

/** Names of those who answered; none where answers are counts, or there are no people. */
export const labelersOf = (people?: People): readonly string[] =>
  !people || people.kind === 'counts' ? [] : people.labelers;

/**
 * Some labelers' answers, in the order of `labelers`. Counts are of all.
 * @param labelers places in `people` @param images places of all images in another order
 */
export function takePeople(people: People, labelers: readonly number[], images?: readonly number[]): People {
  if (people.kind === 'counts') return images ? { ...people, counts: takeImages(people.counts, images) } : people;
  const names = labelers.map((place) => at(people.labelers, place));
  switch (people.kind) {
    case 'set':
      return { ...people, labelers: names, answers: takeAnswers(people.answers, labelers, images) };
    case 'graded':
      return { ...people, labelers: names, answers: takeAnswers(people.answers, labelers, images) };
    default:
      return { ...people, labelers: names, labels: takeRaters(people.labels, labelers, images) };
  }
}

function takeImages({ classes, counts, present }: LabelCounts, order: readonly number[]): LabelCounts {
  const ordered = new Uint32Array(counts.length);
  order.forEach((from, to) => ordered.set(counts.subarray(from * classes, (from + 1) * classes), to * classes));
  return { images: order.length, classes, counts: ordered, present: Uint32Array.from(order, (from) => present[from]!) };
}

function takeAnswers<Answer extends SetAnswer | Ratings>(
  answers: readonly Answer[],
  labelers: readonly number[],
  images: readonly number[] | undefined,
): Answer[] {
  const placesOf = (order: readonly number[]) => new Map(order.map((from, to) => [from, to]));
  const [labelerAt, imageAt] = [placesOf(labelers), images && placesOf(images)];
  return answers
    .flatMap((answer) => {
      const labeler = labelerAt.get(answer.labeler);
      const image = imageAt ? imageAt.get(answer.image) : answer.image;
      return image === undefined || labeler === undefined ? [] : { ...answer, image, labeler };
    })
    .sort((a, b) => a.labeler - b.labeler || a.image - b.image);
}

/** What is wrong with people's answers about so many images and classes; null: nothing. */
export function wrongPeople(people: People, images: number, classes: number): string | null {
  if (people.kind === 'counts')
    return people.counts.counts.length === images * classes ? null : 'counts must be images x classes';
  const { length } = people.labelers;
  if (new Set(people.labelers).size !== length) return 'labeler names must differ';
  if (!('labels' in people)) {
    const isKnown = ({ image, labeler }: SetAnswer | Ratings): boolean => image < images && labeler < length;
    return people.answers.every(isKnown) ? null : 'answers must be of these images and labelers';
  }
  const { values, unanswered } = people.labels;
  if (values.length !== length * images) return 'labels of people must be labelers x images';
  if (unanswered && unanswered.length !== values.length) return 'unanswered must be labelers x images';
  const isLabel = (label: number): boolean => label >= missing && label < classes;
  return values.every(isLabel) ? null : 'labels of people must be -1 to classes - 1';
}

/** Labels, preferred classes or sets that people gave, of each labeler and of each image. */
export function countAnswers(people: People, images: number): { ofLabelers: Uint32Array; ofImages: Uint32Array } {
  const [ofLabelers, ofImages] = [new Uint32Array(labelersOf(people).length), new Uint32Array(images)];
  const count = (labeler: number, image: number): void => {
    ofLabelers[labeler]!++;
    ofImages[image]!++;
  };
  if (people.kind === 'counts') return { ofLabelers, ofImages: people.counts.present };
  if ('labels' in people)
    people.labels.values.forEach((label, cell) => {
      if (label !== missing) count(Math.floor(cell / images), cell % images);
    });
  else
    for (const answer of people.answers)
      if ('labels' in answer || preferredLabel(answer) !== missing) count(answer.labeler, answer.image);
  return { ofLabelers, ofImages };
}

/** The class that a person alone rated highest; `missing`: a tie. */
export function preferredLabel({ ratings }: Pick<Ratings, 'ratings'>): number {
  const top = ratings.reduce((most, { rating }) => Math.max(most, rating), Number.NEGATIVE_INFINITY);
  const [first, second] = ratings.filter(({ rating }) => rating === top);
  return first && !second ? first.label : missing;
}

/** Preferred labels of people who rated classes; a tie is an image that got none. */
export function preferredLabels(
  answers: readonly Ratings[],
  { raters, images, classes }: Pick<LabelMatrix, 'raters' | 'images' | 'classes'>,
): LabelMatrix {
  const values = new Int16Array(raters * images).fill(missing);
  const unanswered = new Uint8Array(values.length);
  for (const answer of answers) {
    const cell = answer.labeler * images + answer.image;
    values[cell] = preferredLabel(answer);
    if (values[cell] === missing) unanswered[cell] = 1;
  }
  return { raters, images, classes, values, unanswered };
}

import { UserError } from '../../../contract/wire/index.ts';
import type { ClassifierRecipe } from '../../../contract/recipes/index.ts';
import type { TargetArm } from '../../contrasts/contract/target-arms.ts';
import { type Half, halfNames, type Teaching } from '../contract/design.ts';
import { at, formatCount, formatNames } from '../../../domain/numbers/index.ts';
import { randomStream } from '../../../domain/random/index.ts';

/** An image as splits know it. Images of one unit are in one fold: of a pair, at an anchor, or with the same pixels. */
export interface SplitImage {
  readonly id: number;
  /** `3-5`; null: it lies between no classes. */
  readonly pair: string | null;
  /** `3:a1`: class and id. */
  readonly anchors: readonly string[];
  /** Hash. */
  readonly pixels: string;
}

/** A person as splits know them. Two with one name, or the same unusual answers, may be the same one. */
export interface SplitPerson {
  readonly key: string;
  /** As `foldName` spells it. */
  readonly name: string;
  /** `answerMark`; null: too few unusual answers to know somebody by. */
  readonly answers: string | null;
}

/** A cell of the experiment: what its networks were taught, and made of which labels. */
export interface TeachingCell {
  readonly arm: TargetArm;
  /** The held-out one, from 1. */
  readonly fold: number;
  readonly teachers: Half;
  /** Ids of images with a target. */
  readonly taught: readonly number[];
  /** Ids of images whose labels made these targets, and keys of the people who gave them. */
  readonly from: readonly number[];
  readonly people: readonly string[];
}

/** A network with hashes of the images with soft labels that it was trained on, or what it started from; null: nobody knows. */
export interface TaughtBefore {
  readonly name: string;
  readonly taught: readonly string[] | null;
  /** Whether accuracy on the test images decided when its training, or one that it started from, stopped. */
  readonly stopsByTestImages: boolean;
}

/** All that leaks are looked for in (`targets/leaks.ts`). */
export interface TeachingDesign {
  readonly images: readonly (SplitImage & { readonly fold: number })[];
  readonly people: readonly (SplitPerson & { readonly half: Half })[];
  /** Every answer that counts. */
  readonly answers: Iterable<{ readonly person: string; readonly image: number }>;
  readonly cells: readonly TeachingCell[];
  /** What temperatures were chosen on. */
  readonly tunings: readonly Omit<TeachingCell, 'arm' | 'taught'>[];
  /** Networks that teach the arm `distill`. */
  readonly networks: readonly TaughtBefore[];
  /** Networks that trainings start from. */
  readonly starts: readonly TaughtBefore[];
  /** Hashes of the data set's images. */
  readonly dataSet: { readonly train: ReadonlySet<string>; readonly test: ReadonlySet<string> };
  /** Whether accuracy on the test images decides when trainings stop. */
  readonly stopsByTestImages: boolean;
}

/** Names that differ in spaces, capitals or forms of letters only are the same. */
export const foldName = (name: string): string =>
  name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLocaleLowerCase('en');

/** Fewer unusual answers can be the same by chance. */
const fewestUnusual = 5;

/**
 * A text that is the same for two people only if they gave all images the same labels, some of them unusual.
 * @param modes the label that most people gave each image
 */
export function answerMark(labels: Int16Array, modes: ArrayLike<number>): string | null {
  const unusual = labels.reduce((sum, label, image) => sum + (label >= 0 && label !== modes[image] ? 1 : 0), 0);
  if (unusual < fewestUnusual) return null;
  return Array.from(labels.keys())
    .flatMap((image) => (labels[image]! < 0 ? [] : `${image}:${labels[image]}`))
    .join();
}

/** Groups of items that share any mark, directly or by others; in the order of their first item. */
export function sharingGroups<T>(items: readonly T[], marksOf: (item: T) => Iterable<string>): T[][] {
  const parent = items.map((_, place) => place);
  const root = (place: number): number => {
    let top = place;
    while (at(parent, top) !== top) top = at(parent, top);
    while (at(parent, place) !== top) [parent[place], place] = [top, at(parent, place)];
    return top;
  };
  const first = new Map<string, number>();
  items.forEach((item, place) => {
    for (const mark of marksOf(item)) {
      const [a, b] = [root(first.get(mark) ?? place), root(place)];
      // The earlier one stays the root, which keeps the order.
      parent[Math.max(a, b)] = Math.min(a, b);
      if (!first.has(mark)) first.set(mark, place);
    }
  });
  return [...Map.groupBy(items.keys(), root).values()].map((places) => places.map((place) => at(items, place)));
}

const marksOfImage = ({ pair, anchors, pixels }: SplitImage): string[] => [
  ...(pair === null ? [] : [`pair ${pair}`]),
  ...anchors.map((anchor) => `anchor ${anchor}`),
  `pixels ${pixels}`,
];

const marksOfPerson = ({ name, answers }: SplitPerson): string[] => [
  `name ${name}`,
  ...(answers === null ? [] : [`answers ${answers}`]),
];

/** Deals groups, in a seeded order, each to the hand that has the fewest items. @returns the hand of each group */
function deal<T>(groups: readonly (readonly T[])[], hands: number, seed: number, purpose: string): number[] {
  const order = randomStream(seed, 'teaching', purpose).shuffle([...groups.keys()]);
  const sizes = new Array<number>(hands).fill(0);
  const dealt = new Array<number>(groups.length).fill(0);
  for (const group of order) {
    const hand = sizes.indexOf(Math.min(...sizes));
    dealt[group] = hand;
    sizes[hand] = at(sizes, hand) + at(groups, group).length;
  }
  return dealt;
}

/**
 * The fold of each image, from 1: what belongs together stays together, and folds have as equal sizes as that goes.
 * @throws UserError `teaching.too-few-folds`, which names what holds images together
 */
export function foldImages<Image extends SplitImage>(
  images: readonly Image[],
  { folds, seed }: Pick<Teaching, 'folds' | 'seed'>,
): (Image & { fold: number })[] {
  const groups = sharingGroups(images, marksOfImage);
  if (groups.length < folds) throw tooFewFolds(groups, folds);
  const dealt = deal(groups, folds, seed, 'folds');
  const foldOf = new Map(groups.flatMap((group, place) => group.map(({ id }) => [id, at(dealt, place) + 1])));
  return images.map((image) => ({ ...image, fold: foldOf.get(image.id) ?? 1 }));
}

function tooFewFolds(groups: readonly (readonly SplitImage[])[], folds: number): UserError {
  const largest = groups.reduce((a, b) => (b.length > a.length ? b : a), []);
  const pairs = new Set(largest.flatMap(({ pair }) => pair ?? []));
  const holders = new Map<string, Set<string>>();
  for (const { pair, anchors } of largest)
    for (const anchor of anchors) holders.set(anchor, (holders.get(anchor) ?? new Set()).add(pair ?? ''));
  const [anchor = '', shared = new Set<string>()] =
    [...holders].sort(([, a], [, b]) => b.size - a.size).find(([, of]) => of.size > 1) ?? [];
  const [classOf, id] = [anchor.slice(0, anchor.indexOf(':')), anchor.slice(anchor.indexOf(':') + 1)];
  const named = id === '' || id === undefined ? `the anchor of class ${classOf}` : `anchor ${id} of class ${classOf}`;
  return new UserError(
    'teaching.too-few-folds',
    `${folds} folds need ${folds} groups of images that share no anchor and no pixels, and there are ${groups.length}`,
    shared.size > 0
      ? `pairs ${formatNames([...shared], 5)} share ${named}`
      : `${formatCount(largest.length, 'image')}${pairs.size > 0 ? ` of ${formatCount(pairs.size, 'pair')}` : ''} belong together`,
    groups.length > 1
      ? `Ask for ${groups.length} folds at most, or make stimuli with fresh anchors: "anchorDesign": {"kind": "fresh"}.`
      : 'Make stimuli with fresh anchors, of several pairs: "anchorDesign": {"kind": "fresh"}.',
  );
}

/** Two of each half: one of two labels of an image says nothing of how people differ. */
const fewestPeople = 4;

/**
 * The half of each person; who may be the same stays together.
 * @throws UserError `teaching.too-few-people`
 */
export function splitPeople<Person extends SplitPerson>(
  people: readonly Person[],
  seed: number,
): (Person & { half: Half })[] {
  const sorted = [...people].sort((a, b) => (a.key < b.key ? -1 : 1));
  const groups = sharingGroups(sorted, marksOfPerson);
  if (groups.length < fewestPeople)
    throw new UserError(
      'teaching.too-few-people',
      `${formatCount(groups.length, 'labeler')} cannot be split into halves that teach and examine`,
      groups.length < people.length ? 'some have one name, or the same unusual answers' : 'the study’s labelers',
      `Collect or import labels of ${fewestPeople} people at least.`,
    );
  const dealt = deal(groups, halfNames.length, seed, 'halves');
  const halfOf = new Map(groups.flatMap((group, place) => group.map(({ key }) => [key, halfNames[at(dealt, place)]])));
  return people.map((person) => ({ ...person, half: halfOf.get(person.key) ?? 'a' }));
}

export const otherHalf = (half: Half): Half => (half === 'a' ? 'b' : 'a');

/** Whether accuracy on test images decides when a training of this recipe stops. */
export const stopsByTestImages = ({ targets, landing }: ClassifierRecipe): boolean =>
  landing !== 'validation' && targets.some((target) => typeof target === 'number');

/**
 * The person of each seed of the arm `person`: all in a seeded order, then again from the first.
 * @param keys of the people who teach
 */
export function personsOfSeeds(keys: readonly string[], { seed, seeds }: Pick<Teaching, 'seed' | 'seeds'>): string[] {
  const order = randomStream(seed, 'teaching', 'persons').shuffle([...keys].sort());
  return Array.from({ length: seeds }, (_, place) => at(order, place % order.length));
}

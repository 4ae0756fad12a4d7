import { UserError } from '../../../contract/wire/index.ts';
import { type Half, halfNames } from '../contract/design.ts';
import { formatNames } from '../../../domain/numbers/index.ts';
import { otherHalf, type TeachingCell, type TeachingDesign } from '../analysis/split.ts';

/** What of the test gets into the training. */
export type LeakKind =
  | 'pair-split'
  | 'anchor-shared'
  | 'pixels-shared'
  | 'held-out-taught'
  | 'held-out-labels'
  | 'person-in-both-halves'
  | 'same-person'
  | 'examiner-teaches'
  | 'answered-twice'
  | 'tuned-on-held-out'
  | 'tuned-by-examiners'
  | 'network-saw-held-out'
  | 'start-saw-held-out'
  | 'start-taught'
  | 'start-unknown'
  | 'not-one-person'
  | 'in-training-part'
  | 'stops-on-images'
  | 'stopped-on-images';

export interface Leak {
  readonly kind: LeakKind;
  readonly what: string;
  readonly where: string;
  readonly remedy: string;
}

const remake = 'Make the targets anew with `boundary teachers make`, which splits images and people without leaks.';

/** Every way in which held-out images or people get into the trainings of a design, with where; empty: none. */
export function findLeaks(design: TeachingDesign): Leak[] {
  return [
    ...imageLeaks(design),
    ...peopleLeaks(design),
    ...cellLeaks(design),
    ...tuningLeaks(design),
    ...networkLeaks(design),
    ...dataSetLeaks(design),
  ];
}

/** @throws UserError `teaching.leak` */
export function refuseLeaks(design: TeachingDesign, study: string): void {
  const [first, ...others] = findLeaks(design);
  if (!first) return;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  throw new UserError('teaching.leak', `${first.what}${more}`, `study ${study}, ${first.where}`, first.remedy);
}

const listIds = (ids: readonly number[]): string => `image${ids.length === 1 ? '' : 's'} ${formatNames(ids, 5)}`;

/** What all images of a mark share, where they are in several folds. */
function* acrossFolds(
  { images }: TeachingDesign,
  marksOf: (image: TeachingDesign['images'][number]) => readonly string[],
): Generator<{ mark: string; where: string }> {
  const holders = new Map<string, Map<number, number[]>>();
  for (const image of images) {
    for (const mark of marksOf(image)) {
      const folds = holders.get(mark) ?? new Map<number, number[]>();
      folds.set(image.fold, [...(folds.get(image.fold) ?? []), image.id]);
      holders.set(mark, folds);
    }
  }
  for (const [mark, folds] of holders) {
    if (folds.size < 2) continue;
    const where = [...folds].map(([fold, ids]) => `${listIds(ids)} in fold ${fold}`).join(', ');
    yield { mark, where };
  }
}

function* imageLeaks(design: TeachingDesign): Generator<Leak> {
  for (const { mark, where } of acrossFolds(design, ({ pair }) => (pair === null ? [] : [pair])))
    yield { kind: 'pair-split', what: `Pair ${mark} is in several folds`, where, remedy: remake };
  for (const { mark, where } of acrossFolds(design, ({ anchors }) => anchors)) {
    const [label, id] = mark.split(':');
    const what = `Pairs in several folds share ${id ? `anchor ${id} of class ${label}` : `the anchor of class ${label}`}`;
    const remedy = 'Ask for fewer folds, or make stimuli with fresh anchors.';
    yield { kind: 'anchor-shared', what, where, remedy };
  }
  for (const { where } of acrossFolds(design, ({ pixels }) => [pixels]))
    yield { kind: 'pixels-shared', what: 'One and the same picture is in several folds', where, remedy: remake };
}

function* peopleLeaks({ people, answers }: TeachingDesign): Generator<Leak> {
  const halves = new Map<string, Set<Half>>();
  for (const { key, half } of people) halves.set(key, (halves.get(key) ?? new Set()).add(half));
  const names = new Map(people.map(({ key, name }) => [key, name]));
  for (const [key, of] of halves) {
    if (of.size < 2) continue;
    const where = `labeler ${names.get(key) ?? key}`;
    yield { kind: 'person-in-both-halves', what: 'A labeler who teaches also examines', where, remedy: remake };
  }
  for (const mark of ['name', 'answers'] as const) {
    const groups = Map.groupBy(people, (person) => person[mark]);
    for (const [of, group] of groups) {
      const [first, ...others] = group;
      const other = others.find(({ half, key }) => half !== first?.half && key !== first?.key);
      if (of === null || !first || !other) continue;
      const what = mark === 'name' ? 'have one name' : 'gave all images the same labels, unusual ones too';
      yield {
        kind: 'same-person',
        what: `A labeler who teaches and one who examines ${what}: they may be the same`,
        where: `labelers ${first.name} (half ${first.half}) and ${other.name} (half ${other.half})`,
        remedy: 'Remove the table that was imported twice, or give the two different names in their tables.',
      };
    }
  }
  const seen = new Set<string>();
  for (const { person, image } of answers) {
    const answer = `${person} ${image}`;
    if (seen.has(answer)) {
      const where = `labeler ${names.get(person) ?? person}, image ${image}`;
      const remedy = 'Keep one answer: the repeated ones only say how reliable a labeler is.';
      yield { kind: 'answered-twice', what: 'A labeler’s answer to an image counts twice', where, remedy };
      return;
    }
    seen.add(answer);
  }
}

const placeOf = ({ fold, teachers }: Pick<TeachingCell, 'fold' | 'teachers'>): string =>
  `fold ${fold}, half ${teachers} teaching`;

/** Finds held-out images, and people who examine, among those that something was made of. */
function crossings({ images, people }: TeachingDesign) {
  const foldOf = new Map(images.map(({ id, fold }) => [id, fold]));
  const members = Object.fromEntries(
    halfNames.map((half) => [half, new Set(people.filter((person) => person.half === half).map(({ key }) => key))]),
  ) as Record<Half, Set<string>>;
  const names = new Map(people.map(({ key, name }) => [key, name]));
  return {
    /** Images without a fold are not known to the design: nobody knows whether they are held out, so they count. */
    heldOut: (ids: readonly number[], fold: number): number[] => ids.filter((id) => (foldOf.get(id) ?? fold) === fold),
    examiners: (keys: readonly string[], teachers: Half): string[] =>
      keys
        .filter((key) => members[otherHalf(teachers)].has(key) || !members[teachers].has(key))
        .map((key) => names.get(key) ?? key),
  };
}

function* cellLeaks(design: TeachingDesign): Generator<Leak> {
  const { heldOut, examiners } = crossings(design);
  for (const cell of design.cells) {
    const place = `arm ${cell.arm}, ${placeOf(cell)}`;
    const taught = heldOut(cell.taught, cell.fold);
    if (taught.length > 0) {
      const what = 'Held-out images are taught';
      yield { kind: 'held-out-taught', what, where: `${place}: ${listIds(taught)}`, remedy: remake };
    }
    const from = heldOut(cell.from, cell.fold);
    if (from.length > 0) {
      const what = 'Labels of held-out images made the targets of others';
      yield { kind: 'held-out-labels', what, where: `${place}: ${listIds(from)}`, remedy: remake };
    }
    if (cell.arm === 'person' && new Set(cell.people).size !== 1) {
      const what = 'The targets of a network that is taught by one person are not of one person';
      yield { kind: 'not-one-person', what, where: `${place}: ${cell.people.length} labelers`, remedy: remake };
    }
    const who = examiners(cell.people, cell.teachers);
    if (who.length > 0) {
      const what = 'Labels of people who examine made targets';
      yield { kind: 'examiner-teaches', what, where: `${place}: ${formatNames(who, 5)}`, remedy: remake };
    }
  }
}

function* tuningLeaks(design: TeachingDesign): Generator<Leak> {
  const { heldOut, examiners } = crossings(design);
  for (const tuning of design.tunings) {
    const place = placeOf(tuning);
    const from = heldOut(tuning.from, tuning.fold);
    if (from.length > 0) {
      const what = 'The temperature of distillation was chosen on held-out images';
      yield { kind: 'tuned-on-held-out', what, where: `${place}: ${listIds(from)}`, remedy: remake };
    }
    const who = examiners(tuning.people, tuning.teachers);
    if (who.length > 0) {
      const what = 'The temperature of distillation was chosen by labels of people who examine';
      yield { kind: 'tuned-by-examiners', what, where: `${place}: ${formatNames(who, 5)}`, remedy: remake };
    }
  }
}

/** Every image is held out once, so networks that teach or that trainings start from may have seen none of them. */
function* networkLeaks({ networks, starts, images }: TeachingDesign): Generator<Leak> {
  const idOf = new Map(images.map(({ id, pixels }) => [pixels, id]));
  const seenBy = (taught: readonly string[]): number[] => taught.flatMap((pixels) => idOf.get(pixels) ?? []);
  for (const { name, taught } of [...networks, ...starts]) {
    if (taught !== null) continue;
    const what =
      'A network that teaches by distillation or that a training starts from was itself started from weights of unknown origin';
    const remedy = 'Name models whose weights were trained in this data folder.';
    yield { kind: 'start-unknown', what, where: name, remedy };
  }
  for (const { name, taught } of networks) {
    const seen = seenBy(taught ?? []);
    if (seen.length === 0) continue;
    yield {
      kind: 'network-saw-held-out',
      what: 'A network that teaches by distillation was trained on held-out images',
      where: `${name}: ${listIds(seen)}`,
      remedy: 'Name models without soft labels in distill.teachers.',
    };
  }
  for (const { name, taught } of starts) {
    const seen = seenBy(taught ?? []);
    const remedy = 'Name a base whose networks were trained without soft labels.';
    if (seen.length > 0) {
      const what = 'A network that a training starts from was trained on held-out images';
      yield { kind: 'start-saw-held-out', what, where: `${name}: ${listIds(seen)}`, remedy };
    } else if (taught && taught.length > 0) {
      const what = 'A network that a training starts from was taught labels, maybe of people who examine';
      yield { kind: 'start-taught', what, where: name, remedy };
    }
  }
}

function* dataSetLeaks({ images, dataSet, networks, starts, stopsByTestImages }: TeachingDesign): Generator<Leak> {
  const inPart = (part: ReadonlySet<string>): number[] =>
    images.flatMap(({ id, pixels }) => (part.has(pixels) ? [id] : []));
  const train = inPart(dataSet.train);
  if (train.length > 0)
    yield {
      kind: 'in-training-part',
      what: 'Images are training images of the data set, so all networks saw them',
      where: listIds(train),
      remedy: 'Take stimuli that are no training images.',
    };
  const test = inPart(dataSet.test);
  if (test.length === 0) return;
  if (stopsByTestImages)
    yield {
      kind: 'stops-on-images',
      what: 'Images are test images of the data set, whose accuracy stops the trainings',
      where: listIds(test),
      remedy: 'Have the base recipe stop on other images: "landing": "validation", or targets such as "epochs 10".',
    };
  const stopped = [...networks, ...starts].filter((network) => network.stopsByTestImages).map(({ name }) => name);
  if (stopped.length > 0)
    yield {
      kind: 'stopped-on-images',
      what: 'Images are test images of the data set, whose accuracy stopped networks that teach or that trainings start from',
      where: `${formatNames(stopped, 5)}: ${listIds(test)}`,
      remedy: 'Train those with "landing": "validation", or with targets such as "epochs 10".',
    };
}

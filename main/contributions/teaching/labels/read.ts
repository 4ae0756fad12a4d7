import { compareCodePoints, type ImageInput, sortedIndices } from '../../../analysis/outcomes/index.ts';
import {
  labelCounts,
  type LabelCounts,
  type LabelMatrix,
  missing,
  takeRaters,
  tally,
} from '../../../analysis/labels/index.ts';
import { UserError } from '../../../contract/wire/index.ts';
import { type Half, halfNames, type Teaching, teachingOf } from '../contract/design.ts';
import { at } from '../../../domain/numbers/index.ts';
import { randomStream } from '../../../domain/random/index.ts';
import { answerMark, foldName, type SplitPerson, splitPeople } from '../analysis/split.ts';
import { sha256 } from '../../../files/index.ts';
import { isFromSession, type StudyRecord } from '../../../storage/index.ts';
import { imageInputs, type Source, type SourceLabeler, Sources } from '../../../services/index.ts';
import { refusals } from '../../../services/labels/index.ts';
import type { Workbench } from '../../../services/workbench/index.ts';

/** A study's images and named people, as an experiment with taught networks uses them. */
export interface TeachingSource {
  readonly source: Source;
  readonly images: readonly ImageInput[];
  /** In the order of `labels`. */
  readonly people: readonly { readonly key: string; readonly name: string }[];
  readonly labels: LabelMatrix;
  readonly simulated: boolean;
  /** For counts, where nobody knows who gave which label: the half of each of `people`, which stand for labels then. */
  readonly halves: ReadonlyMap<string, Half> | null;
  /** Hash of all people and their labels. */
  readonly labelsHash: string;
}

/**
 * @param seed splits the labels of each image into halves, where they are counts
 * @throws UserError `labeling.no-stimuli`, `teaching.no-named-people`
 */
export function readTeachingSource(
  { storage }: Pick<Workbench, 'storage'>,
  study: StudyRecord,
  { seed }: Pick<Teaching, 'seed'>,
): TeachingSource {
  const source = new Sources(storage).read(study);
  if (!source) throw refusals.noStimuli(study.name);
  const { people, values, halves } =
    source.people.kind === 'counts' ? halvesOfCounts(source.people.counts, seed) : namedPeople(source, study.name);
  const labels = { raters: people.length, images: source.images.length, classes: source.classes.length, values };
  return {
    source,
    people,
    labels,
    halves,
    simulated: source.labelers.some(({ record }) => record.simulated),
    images: imageInputs(source.images),
    labelsHash: sha256(`${people.map(({ key }) => key).join()} ${sha256(new Uint8Array(values.buffer))}`),
  };
}

type People = Pick<TeachingSource, 'people' | 'halves'> & { values: Int16Array };

/** @throws UserError `teaching.no-named-people` */
function namedPeople({ people: answers, labelers, setHash }: Source, study: string): People {
  if (!('labels' in answers) || answers.isAnonymous) throw noNamedPeople(study, answers.kind);
  const order = sortedIndices(answers.labelers, compareCodePoints);
  const people = order.map((place) => {
    const { name, record } = at(labelers, place);
    return { name, key: personKey(setHash, record) };
  });
  return { people, values: takeRaters(answers.labels, order).values, halves: null };
}

/**
 * Splits the labels of each image at random into two halves; of an odd number, either half has one more. Each half becomes rows
 * of a matrix, as if the r-th label of every image were from one person.
 */
export function halvesOfCounts({ images, classes, counts, present }: LabelCounts, seed: number): People {
  const dealt = Array.from({ length: images }, (_, image) => {
    const stream = randomStream(seed, 'teaching', 'labels', image);
    const labels = Array.from({ length: classes }, (__, k) =>
      new Array<number>(counts[image * classes + k]!).fill(k),
    ).flat();
    stream.shuffle(labels);
    const cut = Math.floor(labels.length / 2) + (labels.length % 2 === 1 ? stream.int(2) : 0);
    return { a: labels.slice(0, cut), b: labels.slice(cut) };
  });
  const most = present.reduce((a, b) => Math.max(a, b), 0);
  const rows = Math.ceil(most / 2);
  const people = halfNames.flatMap((half) =>
    Array.from({ length: rows }, (_, row) => {
      const name = `label ${row + 1} of half ${half}`;
      return { name, key: sha256(`boundary-workbench/label ${name}`), half };
    }),
  );
  const values = new Int16Array(people.length * images).fill(missing);
  dealt.forEach((halves, image) => {
    halfNames.forEach((half, side) => {
      halves[half].forEach((label, row) => {
        values[(side * rows + row) * images + image] = label;
      });
    });
  });
  return { people, values, halves: new Map(people.map(({ key, half }) => [key, half])) };
}

/** Known by a hash, so that files that stay when somebody withdraws have no names. */
const personKey = (setHash: string, record: SourceLabeler['record']): string =>
  sha256(
    `boundary-workbench/person ${setHash} ${isFromSession(record) ? 'session' : record.source}\n${record.pseudonym}`,
  );

export const someRaters = (matrix: LabelMatrix, wanted: (rater: number) => boolean): LabelMatrix =>
  takeRaters(
    matrix,
    Array.from({ length: matrix.raters }, (_, rater) => rater).filter((rater) => wanted(rater)),
  );

/** The half of each labeler; of counts, of each label of an image. @throws UserError `teaching.too-few-people` */
export function splitHalves(
  { labels, people, halves }: Pick<TeachingSource, 'labels' | 'people' | 'halves'>,
  { seed }: Pick<Teaching, 'seed'>,
): (SplitPerson & { half: Half })[] {
  const { mode } = tally(labels);
  const persons = people.map(({ key, name }, rater) => ({
    key,
    name: foldName(name.replace(/ \(\d+\)$/, '')),
    answers: answerMark(labels.values.subarray(rater * labels.images, (rater + 1) * labels.images), mode),
  }));
  if (!halves) return splitPeople(persons, seed);
  return persons.map((person) => ({ ...person, answers: null, half: halves.get(person.key) ?? 'a' }));
}

/** Labels that the people of a half gave. */
export function countsOfHalf(
  { labels, people: all }: Pick<TeachingSource, 'labels' | 'people'>,
  people: readonly { key: string; half: Half }[],
  half: Half,
): LabelCounts {
  const halfOf = new Map(people.map((person) => [person.key, person.half]));
  return labelCounts(someRaters(labels, (rater) => halfOf.get(at(all, rater).key) === half));
}

/** People of a half, or its labels where nobody knows who gave them. */
export function sizeOfHalf(
  { halves, labels, people: all }: Pick<TeachingSource, 'halves' | 'labels' | 'people'>,
  people: readonly { key: string; half: Half }[],
  half: Half,
): number {
  const keys = new Set(people.flatMap((person) => (person.half === half ? person.key : [])));
  const own = someRaters(labels, (rater) => keys.has(at(all, rater).key));
  return halves ? own.values.reduce((sum, label) => sum + (label >= 0 ? 1 : 0), 0) : own.raters;
}

/** @throws UserError `teaching.not-declared` */
export function declaredTeaching({ name, spec }: StudyRecord): Teaching {
  const teaching = teachingOf(spec);
  if (teaching) return teaching;
  throw new UserError(
    'teaching.not-declared',
    'The study declares no networks that people teach',
    `study ${name}`,
    'Add `teaching` to the study file, or give a file with it: `boundary teachers make STUDY FILE.json`.',
  );
}

const noNamedPeople = (study: string, kind: string): UserError =>
  new UserError(
    'teaching.no-named-people',
    `The answers in use are of the kind "${kind}" or of nobody known, so they give no single label of each person`,
    `study ${study}`,
    'Import a table with one row for each answer, which names who gave it: `boundary responses import`.',
  );

import { unavailableArms } from '../../contrasts/analysis/label-targets.ts';
import { labelFloor } from '../../contrasts/analysis/label-training.ts';
import { type PersonTargets, personTargets, type TaughtPart, teachPart } from '../analysis/parts.ts';
import type { TeachingPlan } from '../contract/teaching.ts';
import { UserError } from '../../../contract/wire/index.ts';
import { type TargetArm, targetArms } from '../../contrasts/contract/target-arms.ts';
import { type Half, type MadeTargets, type Teaching, teachingSchema, usualTemperatures } from '../contract/design.ts';
import type { TeachingRecord } from '../contract/record.ts';
import { checkRecipe } from '../../../domain/networks/index.ts';
import { at, bytesOf, formatCount, formatNames } from '../../../domain/numbers/index.ts';
import { canonicalJson } from '../../../domain/plans/index.ts';
import { baseEntry, teachingHalves, taughtOf } from '../analysis/entries.ts';
import { imageLength, isSameSize, sizeOf } from '../../../domain/data/index.ts';
import { arePlaced } from '../../../domain/stimuli/index.ts';
import {
  foldImages,
  otherHalf,
  personsOfSeeds,
  type SplitImage,
  stopsByTestImages,
  type TeachingDesign,
} from '../analysis/split.ts';
import { refuseLeaks } from './leaks.ts';
import { sha256 } from '../../../files/index.ts';
import type { StudyRecord } from '../../../storage/index.ts';
import { loadTaskDataSet } from '../../../training/data/load/index.ts';
import {
  checkStudy,
  declaredDataSet,
  identities,
  notRead,
  trainingImages,
} from '../../../services/declaration/index.ts';
import type { ForecastTools } from '../../../services/estimates/index.ts';
import { type AdditionTools, begunNames, costOfAddition } from '../../../services/runs/index.ts';
import { findStudy, readImages, type Workbench } from '../../../services/workbench/index.ts';
import { declareTargets, stateOf, type StoredTargets } from './declare.ts';
import {
  type Distillation,
  findStarts,
  findTeachers,
  imageHashes,
  startedFrom,
  type Starts,
  stoppedByTestImages,
  taughtBefore,
} from '../labels/networks.ts';
import {
  countsOfHalf,
  declaredTeaching,
  readTeachingSource,
  sizeOfHalf,
  splitHalves,
  type TeachingSource,
} from '../labels/read.ts';

interface MakeInput {
  /** Null: what the study declares. */
  readonly teaching: Teaching | null;
  /** Makes targets anew although trainings with other ones have begun: these leave the study. */
  readonly again?: boolean;
}

/** What `makeTargets` would do; nothing is stored. @throws UserError as it does */
export const planTargets = (tools: ForecastTools, name: string, input: MakeInput): TeachingPlan =>
  draft(tools, findStudy(tools.workbench, name), input).plan;

/**
 * Makes the targets of all cells of a study's labels, checks that nothing held out gets into the training, and queues the
 * trainings. The same labels and design give the same files, so what was trained is found again.
 * @throws UserError `study.*`, `teaching.*`, `labeling.no-stimuli`; nothing is changed then.
 */
export async function makeTargets(tools: AdditionTools, name: string, input: MakeInput): Promise<TeachingPlan> {
  const stored = storeTargets(tools, name, input);
  await declareTargets(tools, name, stored);
  return stored.plan;
}

/** Makes the targets and stores their files, which a process can do that only reads the database. @throws UserError as `makeTargets` */
export function storeTargets(tools: ForecastTools, name: string, input: MakeInput): StoredTargets {
  const study = findStudy(tools.workbench, name);
  const { plan, teaching, files } = draft(tools, study, input);
  for (const file of files) tools.workbench.storage.blobs.put(file);
  return { plan, teaching, declared: stateOf(tools.workbench, study) };
}

interface Draft {
  plan: TeachingPlan;
  teaching: Teaching;
  files: Uint8Array[];
}

function draft(tools: ForecastTools, study: StudyRecord, { teaching: given, again = false }: MakeInput): Draft {
  const { workbench } = tools;
  const design = given ?? declaredTeaching(study);
  const teaching: Teaching = { ...design, made: undefined };
  const { sections } = workbench.storage.studies;
  checkStudy({ ...study.spec, teaching }, `study ${study.name}`, sections);
  const base = baseEntry(study.spec.models, teaching);
  const dataSet = declaredDataSet(workbench, study);
  if (base && dataSet) checkRecipe(base.recipe, trainingImages(workbench, dataSet), `models ${base.name}`);
  const from = readTeachingSource(workbench, study, teaching);
  refuseArms(teaching, from, study.name);
  const split = splitStudy(workbench, study, from, teaching);
  const distill = teaching.arms.includes('distill') ? findTeachers(workbench, study, teaching, from) : null;
  const starts = teaching.arms.includes('person') ? findStarts(workbench, study, teaching, from) : null;
  const parts = makeParts(teaching, from, split, distill);
  const networks = { distill, starts: startsOf(workbench, study, teaching, from, starts) };
  refuseLeaks(designOf(study, teaching, from, split, networks, parts), study.name);
  const files: Uint8Array[] = [];
  const put = (targets: Float32Array | undefined): string => {
    const file = bytesOf(targets ?? new Float32Array());
    files.push(file);
    return sha256(file);
  };
  const cells = teaching.arms.flatMap((arm) =>
    parts.flatMap(({ fold, teachers, targets, persons }): MadeTargets['cells'] =>
      arm === 'person'
        ? persons.map((person, seed) => ({
            arm,
            fold,
            teachers,
            targets: put(person.targets),
            tuned: { seed, start: at(starts?.models ?? [], seed).record.weights },
          }))
        : [{ arm, fold, teachers, targets: put(targets[arm]) }],
    ),
  );
  const record = Buffer.from(canonicalJson(recordOf(from, split, distill, parts)));
  files.push(record);
  const made: MadeTargets = {
    stimuli: from.source.setHash,
    pixels: from.source.set.pixels,
    labels: from.labelsHash,
    record: sha256(record),
    cells,
  };
  const complete = teachingSchema.parse({ ...teaching, made });
  const spec = checkStudy({ ...study.spec, teaching: complete }, `study ${study.name}`, sections);
  const had = taughtOf(study.spec);
  const entries = taughtOf(spec);
  const known = new Set(entries.map(({ recipe, seed, name }) => canonicalJson({ recipe, seed, name })));
  const kept = had.filter(({ recipe, seed, name }) => known.has(canonicalJson({ recipe, seed, name })));
  const keptNames = new Set(kept.flatMap((entry) => identities(entry).map(({ name }) => name)));
  const begun = begunNames(workbench, study);
  const lost = had.flatMap(identities).filter((model) => begun.has(model.name) && !keptNames.has(model.name));
  if (lost.length > 0 && !again) throw wouldLose(study.name, lost.length);
  const { people, images } = split;
  return {
    teaching: complete,
    files,
    plan: {
      ...costOfAddition(tools, { ...study, spec }, entries, keptNames),
      cells: teaching.arms.length * parts.length,
      kept: keptNames.size,
      simulated: from.simulated,
      folds: Array.from(
        { length: teaching.folds },
        (_, fold) => images.filter((image) => image.fold === fold + 1).length,
      ),
      halvesOf: from.halves ? 'labels' : 'people',
      people: { a: sizeOfHalf(from, people, 'a'), b: sizeOfHalf(from, people, 'b') },
      untaught: split.isPlaced ? split.testImages.size : 0,
      parts: parts.map(({ fold, teachers, images: taught, temperature }) => ({
        fold,
        teachers,
        images: taught.length,
        temperature,
      })),
      floors: teachingHalves(teaching).map((teachers) => ({
        teachers,
        floor: labelFloor(countsOfHalf(from, people, otherHalf(teachers))),
      })),
    },
  };
}

/** Arms that a study's images and labels do not have. */
export const unavailableHere = ({ images, halves }: Pick<TeachingSource, 'images' | 'halves'>): TargetArm[] => [
  ...unavailableArms(images),
  ...(halves ? (['person'] as const) : []),
];

/** Why an arm is unavailable: words without a full stop. */
export const whyNotArm = (arm: TargetArm): string =>
  arm === 'person'
    ? 'The labels are counts and do not say who gave them'
    : arm === 'alpha_hard' || arm === 'alpha_soft'
      ? 'These images lie between no classes'
      : 'The true classes of these images are not known';

/** @throws UserError `teaching.arm` */
function refuseArms({ arms }: Teaching, source: TeachingSource, study: string): void {
  const unavailable = unavailableHere(source);
  const wrong = arms.filter((arm) => unavailable.includes(arm));
  if (wrong.length === 0) return;
  throw new UserError(
    'teaching.arm',
    `${whyNotArm(at(wrong, 0))}, so nothing can be taught by ${formatNames(wrong)}`,
    `study ${study}, teaching.arms`,
    `Choose other arms: ${targetArms.filter((arm) => !unavailable.includes(arm)).join(', ')}.`,
  );
}

interface Split {
  images: (SplitImage & { fold: number })[];
  people: TeachingDesign['people'];
  dataSet: TeachingDesign['dataSet'];
  /** Places of images that are test images of the data set. */
  testImages: ReadonlySet<number>;
  isPlaced: boolean;
}

/** @throws UserError `teaching.too-few-folds`, `teaching.too-few-people`, `teaching.other-size`, those of the data set */
function splitStudy(workbench: Workbench, study: StudyRecord, from: TeachingSource, teaching: Teaching): Split {
  const { set, images } = from.source;
  const record = declaredDataSet(workbench, study);
  if (!record) throw notRead(`study ${study.name}`);
  const data = loadTaskDataSet({ dataSet: study.spec.dataSet, dataSetHash: record.hash }, workbench.storage.blobs);
  if (!isSameSize(sizeOf(data), sizeOf(set)))
    throw new UserError(
      'teaching.other-size',
      'The stimuli have another size than the images of the data set',
      `study ${study.name}`,
      'Make stimuli of the size of the data set.',
    );
  const hashes = imageHashes(readImages(workbench, set).pixels, imageLength(set));
  const size = imageLength(data);
  const dataSet = {
    train: new Set(imageHashes(data.train.images, size)),
    test: new Set(imageHashes(data.test.images, size)),
  };
  const split = images.map(
    ({ id, pairI, pairJ, anchorI, anchorJ }, place): SplitImage => ({
      id,
      pixels: at(hashes, place),
      pair: pairI === null ? null : `${pairI}-${pairJ}`,
      anchors: pairI === null ? [] : [`${pairI}:${anchorI ?? ''}`, `${pairJ}:${anchorJ ?? ''}`],
    }),
  );
  return {
    images: foldImages(split, teaching),
    people: splitHalves(from, teaching),
    dataSet,
    testImages: new Set(split.flatMap(({ pixels }, place) => (dataSet.test.has(pixels) ? [place] : []))),
    isPlaced: arePlaced(from.images),
  };
}

type Part = TaughtPart & {
  fold: number;
  teachers: Half;
  /** Targets for each seed of the arm `person`; empty without it. */
  persons: readonly (PersonTargets & { person: string })[];
};

/** @throws UserError `teaching.nothing-to-teach` */
function makeParts(teaching: Teaching, from: TeachingSource, split: Split, distill: Distillation | null): Part[] {
  return teachingHalves(teaching).flatMap((teachers) => {
    const counts = countsOfHalf(from, split.people, teachers);
    const of = Array.from({ length: teaching.folds }, (_, index): Part => {
      const fold = index + 1;
      const part = teachPart({
        images: from.images,
        counts,
        softmax: distill?.softmax ?? null,
        mayTeach: (image) => at(split.images, image).fold !== fold && !(split.isPlaced && split.testImages.has(image)),
        temperatures: teaching.distill?.temperatures ?? usualTemperatures,
      });
      if (part.images.length === 0)
        throw new UserError(
          'teaching.nothing-to-teach',
          'No image that may be taught has a label of the people who teach',
          `fold ${fold}, half ${teachers} teaching`,
          'Collect more labels, or ask for fewer folds.',
        );
      return { ...part, fold, teachers, persons: [] };
    });
    return teaching.arms.includes('person') ? withPersons(teaching, from, split, of) : of;
  });
}

/**
 * Parts of a half with the targets of each seed of the arm `person`. A person has the same seeds in all folds, so only people
 * with a label to teach in each of them take part.
 * @throws UserError `teaching.nothing-to-teach`
 */
function withPersons(
  teaching: Teaching,
  { people, labels }: TeachingSource,
  split: Split,
  parts: readonly Part[],
): Part[] {
  const teachers = at(parts, 0).teachers;
  const half = new Set(split.people.flatMap((person) => (person.half === teachers ? person.key : [])));
  const places = new Map(people.map(({ key }, rater) => [key, rater]));
  const ofPerson = (key: string, { images }: Part) => personTargets(labels, places.get(key) ?? -1, images);
  const keys = people.flatMap(({ key }) =>
    half.has(key) && parts.every((part) => ofPerson(key, part).images.length > 0) ? key : [],
  );
  if (keys.length === 0)
    throw new UserError(
      'teaching.nothing-to-teach',
      'Nobody labeled images to teach in every fold, so no network can be taught by one person',
      `half ${teachers} teaching`,
      'Collect more labels, ask for fewer folds, or leave out the arm person.',
    );
  const persons = personsOfSeeds(keys, teaching);
  return parts.map((part) => ({
    ...part,
    persons: persons.map((person) => ({ person, ...ofPerson(person, part) })),
  }));
}

/** What trainings start from: networks of the arm `person`, and weights that the base recipe names for all arms. */
function startsOf(
  { storage }: Workbench,
  { spec }: StudyRecord,
  teaching: Teaching,
  { source }: TeachingSource,
  starts: Starts | null,
): TeachingDesign['starts'] {
  const recipe = baseEntry(spec.models, teaching)?.recipe;
  if (recipe?.start === undefined) return starts?.networks ?? [];
  return [
    {
      name: `models "${teaching.base}"`,
      taught: taughtBefore(storage, recipe, imageLength(source.set)),
      stopsByTestImages: stoppedByTestImages(storage, startedFrom(storage, recipe)),
    },
  ];
}

function designOf(
  study: StudyRecord,
  teaching: Teaching,
  { people: persons, labels, source }: TeachingSource,
  { images, people, dataSet }: Split,
  { distill, starts }: { distill: Distillation | null; starts: TeachingDesign['starts'] },
  parts: readonly Part[],
): TeachingDesign {
  const base = baseEntry(study.spec.models, teaching)?.recipe;
  const keysOf = (half: Half): string[] => people.flatMap((person) => (person.half === half ? person.key : []));
  const idsAt = (places: readonly number[]): number[] => places.map((place) => at(source.images, place).id);
  const made = parts.map(({ fold, teachers, images: taught, permutation, targets, persons: alone }) => ({
    fold,
    teachers,
    targets,
    alone,
    people: keysOf(teachers),
    // Images that labels were taken of, and images whose targets permuting gives to others.
    from: idsAt([...new Set([...taught, ...permutation])]),
  }));
  return {
    images,
    people,
    dataSet,
    starts,
    networks: distill?.networks ?? [],
    answers: answersOf(
      persons.map(({ key }) => key),
      source.images.map(({ id }) => id),
      labels.values,
    ),
    cells: teaching.arms.flatMap((arm) =>
      made.flatMap(({ targets, alone, ...part }): TeachingDesign['cells'] => {
        const taught = (of: Float32Array = new Float32Array()) => idsAt(placesWithTarget(of, labels.classes));
        return arm === 'person'
          ? alone.map(({ person, images: own, targets: of }) => ({
              ...part,
              arm,
              people: [person],
              from: idsAt(own),
              taught: taught(of),
            }))
          : [{ ...part, arm, taught: taught(targets[arm]) }];
      }),
    ),
    tunings: distill
      ? made.map(({ fold, teachers, from, people: who }) => ({ fold, teachers, from, people: who }))
      : [],
    stopsByTestImages: base !== undefined && stopsByTestImages(base),
  };
}

function* answersOf(people: readonly string[], images: readonly number[], values: Int16Array) {
  for (const [rater, person] of people.entries())
    for (const [place, image] of images.entries())
      if (values[rater * images.length + place]! >= 0) yield { person, image };
}

/** As training reads the file: rows that are not all zeros. */
function placesWithTarget(targets: Float32Array, classes: number): number[] {
  const places = new Set<number>();
  targets.forEach((share, cell) => share !== 0 && places.add(Math.floor(cell / classes)));
  return [...places];
}

function recordOf(
  from: TeachingSource,
  { images, people, testImages }: Split,
  distill: Distillation | null,
  parts: readonly Part[],
): TeachingRecord {
  const idAt = (place: number): number => at(images, place).id;
  return {
    schema: 'boundary-workbench/teaching/1',
    stimuli: from.source.setHash,
    simulated: from.simulated,
    images: images.map(({ id, fold }) => ({ id, fold })),
    people: people.map(({ key, half }) => ({ key, half })),
    testImages: [...testImages].map(idAt),
    networks: distill?.models.map(({ record }) => record.weights) ?? [],
    parts: parts.map(({ images: taught, counts, permutation, temperatures, persons, ...part }) => ({
      fold: part.fold,
      teachers: part.teachers,
      epsilon: part.epsilon,
      temperature: part.temperature,
      images: taught.map(idAt),
      counts: [...counts.counts],
      permutation: permutation.map(idAt),
      temperatures: [...temperatures],
      ...(persons.length > 0 && {
        persons: persons.map(({ person, images: own }, seed) => ({ seed, person, images: own.map(idAt) })),
      }),
    })),
  };
}

const wouldLose = (study: string, count: number): UserError =>
  new UserError(
    'teaching.would-lose-runs',
    `${formatCount(count, 'training')} would leave the study, as labels or design have changed since the targets were made`,
    `study ${study}`,
    'Keep the targets as they are, or make them again with --again. The runs are kept in the data folder.',
  );

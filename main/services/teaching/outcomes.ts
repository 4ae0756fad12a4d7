import { compareCodePoints } from '../../analysis/input.ts';
import { type ArmResult, LabelTrainingAnalysis, type TaughtNetwork } from '../../analysis/label-training.ts';
import { labelCounts } from '../../analysis/labels.ts';
import { holm } from '../../analysis/paired-tests.ts';
import { takeRows } from '../../analysis/teaching-targets.ts';
import { UserError } from '../../contract/errors.ts';
import type { Target } from '../../contract/recipes.ts';
import {
  type Half,
  type MadeTargets,
  type TargetArm,
  type Teaching,
  type TeachingRecord,
  teachingRecordSchema,
} from '../../contract/teaching.ts';
import { at } from '../../domain/arrays.ts';
import { arePlaced } from '../../domain/stimulus-set.ts';
import { modelEntries } from '../../domain/sweep.ts';
import { otherHalf, referenceArm, stopsByTestImages, teachingHalves } from '../../domain/teaching.ts';
import type { ArmOutcome, DirectionOutcome, TeachingOutcomes } from '../../exhibits/teaching.ts';
import type { StudyRecord } from '../../storage/index.ts';
import type { TrainedModel } from '../analysis-input.ts';
import { identities } from '../declaration/plan.ts';
import { findStudy } from '../tools/find.ts';
import type { Workbench } from '../tools/workbench.ts';
import { declaredTeaching, readTeachingSource, sizeOfHalf, someRaters, type TeachingSource } from './read.ts';

/** Networks of a group for type C, unless there are fewer. */
const mostUsual = 10;

/** A record is no larger. */
const largestRecord = 256 * 2 ** 20;

/**
 * Outcomes of a study's taught networks by arm.
 * @param target of the base recipe; null: its first
 * @throws UserError `study.not-found`, `teaching.*`
 */
export function teachingOutcomes(workbench: Workbench, name: string, target: string | null = null): TeachingOutcomes {
  const study = findStudy(workbench, name);
  const teaching = declaredTeaching(study);
  const { made } = teaching;
  if (!made) throw notMade(name);
  const from = readTeachingSource(workbench, study, teaching);
  if (made.stimuli !== from.source.setHash) throw otherStimuli(name);
  const record = readRecord(workbench, made);
  const base = study.spec.models.find((entry) => entry.name === teaching.base)?.recipe;
  const targets = base?.targets ?? [];
  const chosen = target === null ? targets[0] : targets.find((each) => String(each) === target);
  if (chosen === undefined) throw unknownTarget(name, targets);
  if (base && record.testImages.length > 0 && stopsByTestImages(base)) throw stopsNow(name);
  const networks = networksByCell(study, teaching, made, from, chosen);
  const directions = teachingHalves(teaching).map((teachers) =>
    direction(teaching, from, record, { teachers, networks }),
  );
  const ps = directions.flatMap(({ arms }) => arms.map(({ p }) => p));
  const adjusted = holm(ps);
  let place = 0;
  return {
    ...{ name: teaching.name, target: chosen, reference: referenceArm(teaching), outcome: teaching.outcome },
    halvesOf: from.halves ? 'labels' : 'people',
    ...{ simulated: from.simulated || record.simulated, outdated: made.labels !== from.labelsHash },
    accuracyOf: onTestImages(from) ? 'held-out images' : 'test images',
    directions: directions.map((of) => ({
      ...of,
      arms: of.arms.map((arm) => ({ ...arm, adjusted: adjusted[place++] ?? null })),
    })),
  };
}

/** The file that says what made the targets. @throws UserError `blob.*`, `teaching.not-readable` */
export function readRecord({ storage }: Pick<Workbench, 'storage'>, { record: hash }: MadeTargets): TeachingRecord {
  const bytes = storage.blobs.get(hash);
  try {
    if (bytes.length > largestRecord) throw new RangeError('too large');
    return teachingRecordSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    throw new UserError({
      code: 'teaching.not-readable',
      what: 'The file that says what made the targets cannot be read',
      where: storage.blobs.path(hash),
      remedy: 'Make the targets again with `boundary teachers make`.',
      cause: error,
    });
  }
}

/** Taught networks at a target by their targets and the number of their seed. */
type Networks = (cell: MadeTargets['cells'][number], seed: number) => TrainedModel | undefined;

function networksByCell(
  { spec }: StudyRecord,
  { seeds }: Teaching,
  { cells }: MadeTargets,
  { source }: TeachingSource,
  target: Target,
): (arm: TargetArm, fold: number, teachers: Half, seed: number) => TrainedModel | undefined {
  const trained = new Map(
    source.models.flatMap((model) =>
      model.outside === null && model.record.target === target ? [[model.record.modelName, model] as const] : [],
    ),
  );
  const byTargets = new Map(
    modelEntries(spec).flatMap((entry) => (entry.taught ? [[entry.taught.targets, identities(entry)] as const] : [])),
  );
  const find: Networks = ({ targets }, seed) => trained.get(byTargets.get(targets)?.[seed]?.name ?? '');
  const known = new Map(cells.map((cell) => [`${cell.arm} ${cell.fold} ${cell.teachers}`, cell]));
  return (arm, fold, teachers, seed) => {
    const cell = known.get(`${arm} ${fold} ${teachers}`);
    return cell && seed < seeds ? find(cell, seed) : undefined;
  };
}

interface Direction {
  teachers: Half;
  networks: ReturnType<typeof networksByCell>;
}

/** Every image is scored by networks of the fold that it was held out of. */
function direction(
  teaching: Teaching,
  from: TeachingSource,
  record: TeachingRecord,
  { teachers, networks }: Direction,
): DirectionOutcome {
  const { arms, folds, seeds, margin, outcome } = teaching;
  const { classes } = from.labels;
  const halfOf = new Map(record.people.map(({ key, half }) => [key, half]));
  const inHalf = (half: Half): number[] =>
    from.people.flatMap(({ key }, rater) => (halfOf.get(key) === half ? [rater] : []));
  const examining = inHalf(otherHalf(teachers)).sort((a, b) =>
    compareCodePoints(at(from.people, a).name, at(from.people, b).name),
  );
  const foldOf = new Map(record.images.map(({ id, fold }) => [id, fold]));
  const examiners = new Set(examining);
  const counts = labelCounts(someRaters(from.labels, (rater) => examiners.has(rater)));
  const images = [...from.images.keys()].filter(
    (image) => counts.present[image]! > 0 && foldOf.has(at(from.images, image).id),
  );
  const inFold = images.map((image) => foldOf.get(at(from.images, image).id) ?? 1);
  const truth = images.map((image) => from.images[image]?.truth ?? -1);
  const taught: TaughtNetwork[] = [];
  const accuracy: Record<string, Record<string, number>> = {};
  for (const arm of arms) {
    const ofArm: Record<string, number> = {};
    accuracy[arm] = ofArm;
    for (let seed = 0; seed < seeds; seed++) {
      const own = Array.from({ length: folds }, (_, fold) => networks(arm, fold + 1, teachers, seed));
      if (!isFull(own)) continue;
      const rows = own.map((model) => Float64Array.from(model.softmax()));
      const softmax = new Float64Array(images.length * classes);
      images.forEach((image, place) => {
        softmax.set(takeRows(at(rows, at(inFold, place) - 1), [image], classes), place * classes);
      });
      taught.push({ arm, seed: `${seed}`, softmax });
      ofArm[`${seed}`] = onTestImages(from)
        ? shareRight(softmax, truth, classes)
        : own.reduce((sum, { record: { errors, testCount } }) => sum + 1 - errors / testCount, 0) / folds;
    }
  }
  const sizes = arms.map((arm) => taught.filter((network) => network.arm === arm).length);
  const reference = referenceArm(teaching);
  if (!taught.some(({ arm }) => arm === reference)) throw notTrained(teaching, reference);
  const order = Math.max(2, Math.min(mostUsual, ...sizes.filter((size) => size > 0)));
  const analysis = new LabelTrainingAnalysis({
    images: images.map((image) => at(from.images, image)),
    people: columnsOf(from.labels, examining, images),
    ...{ networks: taught, reference, order, margin, accuracy },
  });
  return {
    ...{ teachers, images: images.length, order, floor: analysis.floor },
    people: {
      teaching: sizeOfHalf(from, record.people, teachers),
      examining: sizeOfHalf(from, record.people, otherHalf(teachers)),
    },
    arms: arms.map((arm, place): ArmOutcome => {
      const count = at(sizes, place);
      const found = count > 0 ? analysis.arm(arm) : null;
      const result = found && from.halves ? { ...found, entropy: withoutReliability(found.entropy) } : found;
      const p = result?.against_reference?.[outcome].p ?? null;
      return { arm, networks: count, missing: seeds - count, result, p, adjusted: null };
    }),
  };
}

/** How reliable people's entropies are is known from people alone (metrics.md 17.4). */
const withoutReliability = ({ r }: ArmResult['entropy']): ArmResult['entropy'] => ({
  ...{ r, r_half: null, reliability: null, corrected: null },
});

const isFull = (models: readonly (TrainedModel | undefined)[]): models is TrainedModel[] =>
  models.every((model) => model !== undefined);

/** Whether the study's images are test images: accuracy on all of these would count taught ones. */
const onTestImages = ({ source, images }: TeachingSource): boolean =>
  source.set.source === 'test-images' && !arePlaced(images);

/** Of images with a true class. */
function shareRight(softmax: Float64Array, truth: readonly number[], classes: number): number {
  const known = truth.flatMap((label, place) => (label >= 0 ? [place] : []));
  const right = known.filter((place) => {
    const row = softmax.subarray(place * classes, (place + 1) * classes);
    return row.indexOf(Math.max(...row)) === truth[place];
  });
  return known.length === 0 ? 0 : right.length / known.length;
}

function columnsOf(matrix: TeachingSource['labels'], raters: readonly number[], images: readonly number[]) {
  const values = new Int16Array(raters.length * images.length);
  raters.forEach((rater, row) =>
    images.forEach((image, place) => {
      values[row * images.length + place] = matrix.values[rater * matrix.images + image]!;
    }),
  );
  return { raters: raters.length, images: images.length, classes: matrix.classes, values };
}

const notMade = (study: string): UserError =>
  new UserError({
    code: 'teaching.not-made',
    what: 'No targets were made of people’s labels yet',
    where: `study ${study}`,
    remedy: `Make them with \`boundary teachers make\`, and train with \`boundary study run\`.`,
  });

const otherStimuli = (study: string): UserError =>
  new UserError({
    code: 'teaching.other-stimuli',
    what: 'The study has other stimuli than those that the networks were taught',
    where: `study ${study}`,
    remedy: 'Make the targets again with `boundary teachers make`.',
  });

const stopsNow = (study: string): UserError =>
  new UserError({
    code: 'teaching.leak',
    what: 'Images are test images of the data set, whose accuracy stops the trainings',
    where: `study ${study}, teaching.base`,
    remedy: 'Have the base recipe stop on other images: "landing": "validation", or targets such as "epochs 10".',
  });

const unknownTarget = (study: string, targets: readonly Target[]): UserError =>
  new UserError({
    code: 'teaching.unknown-target',
    what: 'The taught networks have no such target',
    where: `study ${study}, --target`,
    remedy: `Choose one of these: ${targets.map(String).join(', ')}.`,
  });

const notTrained = ({ name, folds }: Teaching, arm: TargetArm): UserError =>
  new UserError({
    code: 'teaching.not-trained',
    what: `No seed of the reference ${arm} has networks of all ${folds} folds that met the target and predicted the stimuli`,
    where: `networks ${name}`,
    remedy: 'Train them with `boundary study run`; `boundary teachers list` shows how they stand.',
  });

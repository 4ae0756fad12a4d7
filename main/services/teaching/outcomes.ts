import type { EffectParts } from '../../analysis/effects.ts';
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

/** Differences that are rounding alone. */
const nothing = 1e-9;

/** Images that are named for each arm. */
const mostApart = 50;

/** A record is no larger. */
const largestRecord = 256 * 2 ** 20;

/**
 * Outcomes of a study's taught networks by arm.
 * @param target of the base recipe; null: its first
 * @throws UserError `study.not-found`, `teaching.*`
 */
export function teachingOutcomes(
  workbench: Pick<Workbench, 'storage'>,
  name: string,
  target: string | null = null,
): TeachingOutcomes {
  const { teaching, made, from, record, chosen, networks } = readExperiment(workbench, name, target);
  const directions = teachingHalves(teaching).map((teachers) =>
    direction(teaching, from, record, { teachers, networks }),
  );
  const ps = directions.flatMap(({ arms }) => arms.map(({ p }) => p));
  const adjusted = holm(ps);
  let place = 0;
  return {
    ...{ name: teaching.name, target: chosen, reference: referenceArm(teaching) },
    ...{ outcome: teaching.outcome, margin: teaching.margin },
    halvesOf: from.halves ? 'labels' : 'people',
    ...{ simulated: from.simulated || record.simulated, outdated: made.labels !== from.labelsHash },
    accuracyOf: onTestImages(from) ? 'held-out images' : 'test images',
    directions: directions.map((of) => ({
      ...of,
      arms: of.arms.map((arm) => ({ ...arm, adjusted: adjusted[place++] ?? null })),
    })),
  };
}

/**
 * The difference between an arm and the reference in the declared outcome, with what a planner needs of it, and a run of a
 * taught network.
 * @throws UserError as `teachingOutcomes`; `teaching.unknown-arm`
 */
export function teachingDifference(
  workbench: Pick<Workbench, 'storage'>,
  name: string,
  { target, arm, teachers }: { target: string | null; arm: TargetArm; teachers: Half },
): { parts: EffectParts; teaching: Teaching; classes: number; runId: number | null } {
  const { teaching, from, record, networks } = readExperiment(workbench, name, target);
  if (!teaching.arms.includes(arm) || !teachingHalves(teaching).includes(teachers)) throw unknownArm(name, teaching);
  const { analysis } = analyse(teaching, from, record, { teachers, networks });
  const seeds = Array.from({ length: teaching.seeds }, (_, seed) =>
    networks(referenceArm(teaching), 1, teachers, seed),
  );
  const runId = seeds.find((network) => network !== undefined)?.record.runId ?? null;
  return { parts: analysis.difference(arm, teaching.outcome), teaching, classes: from.labels.classes, runId };
}

/** An experiment with all that outcomes are computed from. @throws UserError `study.not-found`, `teaching.*` */
function readExperiment(workbench: Pick<Workbench, 'storage'>, name: string, target: string | null) {
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
  return { teaching, made, from, record, chosen, networks };
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
function analyse(teaching: Teaching, from: TeachingSource, record: TeachingRecord, { teachers, networks }: Direction) {
  const { arms, folds, seeds, margin } = teaching;
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
  return { analysis, images, sizes, order };
}

function direction(teaching: Teaching, from: TeachingSource, record: TeachingRecord, of: Direction): DirectionOutcome {
  const { arms, seeds, outcome } = teaching;
  const { teachers } = of;
  const { analysis, images, sizes, order } = analyse(teaching, from, record, of);
  const reference = referenceArm(teaching);
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
      const byImage = count > 0 && arm !== reference ? [...analysis.byImage(arm, outcome)] : [];
      return {
        ...{ arm, networks: count, missing: seeds - count, result, p, adjusted: null },
        apart: byImage
          .filter(([, difference]) => Math.abs(difference) > nothing)
          .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
          .slice(0, mostApart)
          .map(([image, difference]) => ({ image: at(from.images, at(images, image)).id, difference })),
      };
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

const unknownArm = (study: string, { arms }: Teaching): UserError =>
  new UserError({
    code: 'teaching.unknown-arm',
    what: 'The experiment has no such arm, or no such half teaches',
    where: `study ${study}`,
    remedy: `Choose one of these arms: ${arms.join(', ')}.`,
  });

const notTrained = ({ name, folds }: Teaching, arm: TargetArm): UserError =>
  new UserError({
    code: 'teaching.not-trained',
    what: `No seed of the reference ${arm} has networks of all ${folds} folds that met the target and predicted the stimuli`,
    where: `networks ${name}`,
    remedy: 'Train them with `boundary study run`; `boundary teachers list` shows how they stand.',
  });

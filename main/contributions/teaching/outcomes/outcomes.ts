import type { EffectParts } from '../../contrasts/analysis/effects.ts';
import { compareCodePoints } from '../../../analysis/outcomes/index.ts';
import { LabelTrainingAnalysis, type TaughtNetwork } from '../../contrasts/analysis/label-training.ts';
import { OwnLabelsAnalysis } from '../analysis/own-labels.ts';
import { labelCounts, topClass } from '../../../analysis/labels/index.ts';
import { holm } from '../../../analysis/groups/index.ts';
import { spread } from '../../../analysis/statistics/index.ts';
import { takeRows } from '../analysis/parts.ts';
import { nullIf, UserError } from '../../../contract/wire/index.ts';
import type { Target } from '../../../contract/recipes/index.ts';
import type { TargetArm } from '../../contrasts/contract/target-arms.ts';
import type { Half, MadeTargets, Teaching } from '../contract/design.ts';
import { type TeachingRecord, teachingRecordSchema } from '../contract/record.ts';
import { at } from '../../../domain/numbers/index.ts';
import { imageLength } from '../../../domain/data/index.ts';
import { arePlaced } from '../../../domain/stimuli/index.ts';
import {
  baseEntry,
  cellKey,
  networksOfCell,
  referenceArm,
  teachingHalves,
  tuningOf,
  taughtOf,
} from '../analysis/entries.ts';
import { otherHalf, stopsByTestImages } from '../analysis/split.ts';
import type { ArmOutcome, DirectionOutcome, OwnLabelsOutcome, TaughtResult, TeachingOutcomes } from './tables.ts';
import type { StudyRecord } from '../../../storage/index.ts';
import type { TrainedModel } from '../../../services/index.ts';
import { identities } from '../../../services/declaration/index.ts';
import { findStudy, type Workbench } from '../../../services/workbench/index.ts';
import { taughtBefore } from '../labels/networks.ts';
import { declaredTeaching, readTeachingSource, sizeOfHalf, someRaters, type TeachingSource } from '../labels/read.ts';

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
  const halves = teachingHalves(teaching);
  const directions = halves.flatMap(
    (teachers) => nullIf('teaching.not-trained', () => direction(teaching, from, record, { teachers, networks })) ?? [],
  );
  if (directions.length === 0) throw notTrained(teaching, null);
  const missing = halves.filter((half) => !directions.some(({ teachers }) => teachers === half));
  const ps = directions.flatMap(({ arms }) => arms.map(({ p }) => p));
  // Tests of networks that are not trained yet belong to the family: they count as if they had found nothing.
  const untrained = directions.flatMap(({ arms }) => arms).filter(({ networks: count }) => count === 0).length;
  const waiting = untrained + missing.length * (teaching.arms.length - 1);
  const adjusted = holm([...ps, ...new Array<number>(waiting).fill(1)]);
  let place = 0;
  return {
    name: teaching.name,
    target: chosen,
    reference: referenceArm(teaching),
    outcome: teaching.outcome,
    margin: teaching.margin,
    halvesOf: from.halves ? 'labels' : 'people',
    simulated: from.simulated || record.simulated,
    outdated: made.labels !== from.labelsHash,
    accuracyOf: areTestImagesTaught(from, record) ? 'held-out test images' : 'test images',
    missing,
    directions: directions.map((of) => ({
      ...of,
      arms: of.arms.map((arm) => ({ ...arm, adjusted: adjusted[place++] ?? null })),
      own: of.own && adjustOwn(of.own, teaching.outcome),
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
  const { analysis } = analyze(teaching, from, record, { teachers, networks });
  const seeds = Array.from({ length: teaching.seeds }, (_, seed) =>
    networks.of(referenceArm(teaching), 1, teachers, seed),
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
  const present = new Set(from.people.map(({ key }) => key));
  const areOthers = from.halves !== null || !record.people.some(({ key }) => present.has(key));
  if (areOthers && made.labels !== from.labelsHash) throw otherLabels(name);
  const base = baseEntry(study.spec.models, teaching)?.recipe;
  const targets = base?.targets ?? [];
  const chosen = target === null ? targets[0] : targets.find((each) => String(each) === target);
  if (chosen === undefined) throw unknownTarget(name, targets);
  if (base && record.testImages.length > 0 && stopsByTestImages(base)) throw stopsNow(name);
  if (base?.start !== undefined && taughtBefore(workbench.storage, base, imageLength(from.source.set))?.length !== 0)
    throw startsNow(name);
  const networks = networksByCell(study, teaching, made, from, chosen);
  // Networks of one person start from networks of one target, so they are compared with these.
  const isStart = tuningOf(teaching, study.spec.models)?.from === chosen;
  const arms = teaching.arms.filter((arm) => arm !== 'person' || isStart);
  return { teaching: { ...teaching, arms }, made, from, record, chosen, networks };
}

/** The file that says what made the targets. @throws UserError `blob.*`, `teaching.not-readable` */
export function readRecord({ storage }: Pick<Workbench, 'storage'>, { record: hash }: MadeTargets): TeachingRecord {
  const bytes = storage.blobs.get(hash);
  try {
    if (bytes.length > largestRecord) throw new RangeError('too large');
    return teachingRecordSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    throw new UserError(
      'teaching.not-readable',
      'The file that says what made the targets cannot be read',
      storage.blobs.path(hash),
      'Make the targets again with `boundary teachers make`.',
      { cause: error },
    );
  }
}

interface Networks {
  of: (arm: TargetArm, fold: number, teachers: Half, seed: number) => TrainedModel | undefined;
  /** What a seed of the arm `person` starts from. */
  start: (teachers: Half, seed: number) => TrainedModel | undefined;
}

/** Taught networks at a target, those of one person after their epochs. */
function networksByCell(
  { spec }: StudyRecord,
  teaching: Teaching,
  { cells }: MadeTargets,
  { source }: TeachingSource,
  target: Target,
): Networks {
  const trained = source.models.filter((model) => model.outside === null);
  const keyOf = (name: string, at: Target | undefined): string => `${name} ${at}`;
  const byName = new Map(trained.map((model) => [keyOf(model.record.modelName, model.record.target), model]));
  const models = new Map(taughtOf(spec).map((entry) => [networksOfCell(entry.taught), identities(entry)] as const));
  const known = new Map(cells.map((cell) => [cellKey(cell, cell.tuned?.seed), cell]));
  const tuning = tuningOf(teaching, spec.models);
  const cellOf = (arm: TargetArm, fold: number, teachers: Half, seed: number) =>
    known.get(cellKey({ arm, fold, teachers }, arm === 'person' ? seed : undefined));
  return {
    of: (arm, fold, teachers, seed) => {
      const cell = cellOf(arm, fold, teachers, seed);
      if (!cell || seed >= teaching.seeds) return undefined;
      const own = models.get(networksOfCell(cell))?.[cell.tuned ? 0 : seed];
      return own && byName.get(keyOf(own.name, cell.tuned ? tuning?.target : target));
    },
    start: (teachers, seed) => {
      const weights = cellOf('person', 1, teachers, seed)?.tuned?.start;
      return trained.find(({ record }) => record.weights === weights && record.target === tuning?.from);
    },
  };
}

interface Direction {
  teachers: Half;
  networks: Networks;
}

/** Every image is scored by networks of the fold that it was held out of. */
function analyze(teaching: Teaching, from: TeachingSource, record: TeachingRecord, { teachers, networks }: Direction) {
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
  const inTest = areTestImagesTaught(from, record) ? new Set(record.testImages) : null;
  const tested = images.flatMap((image, place) => {
    const { id, truth } = at(from.images, image);
    return inTest?.has(id) && truth != null ? [{ place, truth }] : [];
  });
  const taught: TaughtNetwork[] = [];
  const accuracy: Record<string, Record<string, number>> = {};
  for (const arm of arms) {
    const ofArm: Record<string, number> = {};
    accuracy[arm] = ofArm;
    for (let seed = 0; seed < seeds; seed++) {
      const own = Array.from({ length: folds }, (_, fold) => networks.of(arm, fold + 1, teachers, seed));
      if (!isFull(own)) continue;
      const rows = own.map((model) => Float64Array.from(model.softmax()));
      const softmax = new Float64Array(images.length * classes);
      images.forEach((image, place) => {
        softmax.set(takeRows(at(rows, at(inFold, place) - 1), [image], classes), place * classes);
      });
      taught.push({ arm, seed: `${seed}`, softmax });
      const share = inTest
        ? shareRight(tested, softmax, classes)
        : own.reduce((sum, { record: { errors, testCount } }) => sum + 1 - errors / testCount, 0) / folds;
      if (share !== null) ofArm[`${seed}`] = share;
    }
  }
  const sizes = arms.map((arm) => taught.filter((network) => network.arm === arm).length);
  const reference = referenceArm(teaching);
  if (!taught.some(({ arm }) => arm === reference)) throw notTrained(teaching, teachers);
  const order = Math.max(2, Math.min(mostUsual, ...sizes.filter((size) => size > 0)));
  const analysis = new LabelTrainingAnalysis({
    images: images.map((image) => at(from.images, image)),
    people: columnsOf(from.labels, examining, images),
    networks: taught,
    reference,
    order,
    margin,
    accuracy,
  });
  return { analysis, images, sizes, order, taught, accuracy };
}

function direction(teaching: Teaching, from: TeachingSource, record: TeachingRecord, of: Direction): DirectionOutcome {
  const { arms, seeds, outcome } = teaching;
  const { teachers } = of;
  const { analysis, images, sizes, order, taught, accuracy } = analyze(teaching, from, record, of);
  const reference = referenceArm(teaching);
  const taughtResult = (arm: TargetArm): TaughtResult => {
    const found = analysis.arm(arm);
    return {
      ...found,
      // How reliable people's entropies are is known from people alone (metrics.md 17.4).
      ...(from.halves && { entropy: { ...found.entropy, r_half: null, reliability: null, corrected: null } }),
      divergence: analysis.divergence(arm),
      test_accuracy: spread(Object.values(accuracy[arm] ?? {})),
    };
  };
  return {
    teachers,
    images: images.length,
    order,
    floor: { ...analysis.floor, ...analysis.divergenceFloor },
    own: ownLabels(from, record, of, images, taught),
    people: {
      teaching: sizeOfHalf(from, record.people, teachers),
      examining: sizeOfHalf(from, record.people, otherHalf(teachers)),
    },
    arms: arms.map((arm, place): ArmOutcome => {
      const count = at(sizes, place);
      const result = count > 0 ? taughtResult(arm) : null;
      const p = result?.against_reference?.[outcome].p ?? null;
      const byImage = count > 0 && arm !== reference ? [...analysis.byImage(arm, outcome)] : [];
      return {
        arm,
        networks: count,
        missing: seeds - count,
        result,
        p,
        adjusted: null,
        apart: byImage
          .filter(([, difference]) => Math.abs(difference) > nothing)
          .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
          .slice(0, mostApart)
          .map(([image, difference]) => ({ image: at(from.images, at(images, image)).id, difference })),
      };
    }),
  };
}

/** Differences of a half are a family of their own; what other people predict is a ceiling and no test. */
function adjustOwn(own: OwnLabelsOutcome, outcome: Teaching['outcome']): OwnLabelsOutcome {
  const tested = own.predictors.filter(({ predictor }) => predictor !== 'people');
  const adjusted = holm(tested.map(({ own_difference: of }) => of?.[outcome].p ?? null));
  return {
    ...own,
    predictors: own.predictors.map((of) => ({ ...of, adjusted: adjusted[tested.indexOf(of)] ?? null })),
  };
}

/** How the labels of single people who teach are predicted; null: no network was taught by one person. */
function ownLabels(
  from: TeachingSource,
  { parts }: TeachingRecord,
  { teachers, networks }: Direction,
  images: readonly number[],
  taught: readonly TaughtNetwork[],
): DirectionOutcome['own'] {
  const complete = new Set(taught.flatMap(({ arm, seed }) => (arm === 'person' ? seed : [])));
  const dealt = parts.find((part) => part.teachers === teachers)?.persons ?? [];
  const seedsOf = Map.groupBy(
    dealt.filter(({ seed }) => complete.has(`${seed}`)),
    ({ person }) => person,
  );
  const persons = from.people.flatMap(({ key }, rater) => {
    const seeds = seedsOf.get(key)?.map(({ seed }) => `${seed}`);
    return seeds ? { rater, seeds } : [];
  });
  if (persons.length === 0) return null;
  const starts = [...complete].flatMap((seed): TaughtNetwork[] => {
    const softmax = networks.start(teachers, Number(seed))?.softmax();
    return softmax
      ? [{ arm: 'start', seed, softmax: takeRows(Float64Array.from(softmax), images, from.labels.classes) }]
      : [];
  });
  const analysis = new OwnLabelsAnalysis({
    images: images.map((image) => at(from.images, image)),
    labels: columnsOf(from.labels, [...from.people.keys()], images),
    persons,
    networks: [...starts, ...taught],
  });
  return {
    people: persons.length,
    predictors: analysis.predictors.map((predictor) => ({ predictor, ...analysis.result(predictor), adjusted: null })),
  };
}

const isFull = (models: readonly (TrainedModel | undefined)[]): models is TrainedModel[] =>
  models.every((model) => model !== undefined);

/** Whether networks are taught test images of the data set: accuracy on all of these would count them. */
const areTestImagesTaught = ({ images }: TeachingSource, { testImages }: TeachingRecord): boolean =>
  testImages.length > 0 && !arePlaced(images);

/** Share of images that get their true class; null: there are none. @param softmax `[place][k]` */
const shareRight = (
  tested: readonly { place: number; truth: number }[],
  softmax: Float64Array,
  classes: number,
): number | null =>
  tested.length === 0
    ? null
    : tested.filter(({ place, truth }) => topClass(softmax.subarray(place * classes, (place + 1) * classes)) === truth)
        .length / tested.length;

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
  new UserError(
    'teaching.not-made',
    'No targets were made of people’s labels yet',
    `study ${study}`,
    `Make them with \`boundary teachers make\`, and train with \`boundary study run\`.`,
  );

const otherStimuli = (study: string): UserError =>
  new UserError(
    'teaching.other-stimuli',
    'The study has other stimuli than those that the networks were taught',
    `study ${study}`,
    'Make the targets again with `boundary teachers make`.',
  );

/** Counts are dealt into halves anew; of other people none has a half. */
const otherLabels = (study: string): UserError =>
  new UserError(
    'teaching.other-labels',
    'The labels are others than those that made the targets, so nobody knows which of them taught',
    `study ${study}`,
    'Use the earlier labels again, or make the targets again with `boundary teachers make`.',
  );

const stopsNow = (study: string): UserError =>
  new UserError(
    'teaching.leak',
    'Images are test images of the data set, whose accuracy stops the trainings',
    `study ${study}, teaching.base`,
    'Have the base recipe stop on other images: "landing": "validation", or targets such as "epochs 10".',
  );

const startsNow = (study: string): UserError =>
  new UserError(
    'teaching.leak',
    'The trainings start from weights that were taught soft labels, or that come from nobody knows where',
    `study ${study}, teaching.base`,
    'Have the base recipe start from a network that was taught none, or from none.',
  );

const unknownTarget = (study: string, targets: readonly Target[]): UserError =>
  new UserError(
    'teaching.unknown-target',
    'The taught networks have no such target',
    `study ${study}, --target`,
    `Choose one of these: ${targets.map(String).join(', ')}.`,
  );

const unknownArm = (study: string, { arms }: Teaching): UserError =>
  new UserError(
    'teaching.unknown-arm',
    'The experiment has no such arm, or no such half teaches',
    `study ${study}`,
    `Choose one of these arms: ${arms.join(', ')}.`,
  );

/** @param teachers the half that teaches; null: any */
const notTrained = (teaching: Teaching, teachers: Half | null): UserError =>
  new UserError(
    'teaching.not-trained',
    `No seed of the reference ${referenceArm(teaching)} has networks of all ${teaching.folds} folds that met the target and predicted the stimuli`,
    `networks ${teaching.name}${teachers === null ? '' : `, half ${teachers} teaching`}`,
    'Train them with `boundary study run`; `boundary teachers list` shows how they stand.',
  );

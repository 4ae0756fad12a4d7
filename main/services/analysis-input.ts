import { kept } from '../domain/arrays.ts';
import { sourceClasses } from '../domain/data-sources.ts';
import { createHash } from 'node:crypto';
import type { AnalysisInput, ModelInput } from '../analysis/input.ts';
import type { PanelRecord } from '../contract/responses.ts';
import { cannotTellChoice } from '../contract/labeling/choice.ts';
import { knownAnswers, rowsOfLabels } from '../analysis/known-answers.ts';
import type { PanelAnswers, Ratings, SetAnswer } from '../analysis/answers.ts';
import { type LabelCounts, missing } from '../analysis/labels.ts';
import type { TestAnswers } from '../analysis/test-answers.ts';
import { preferredLabel } from '../analysis/response-ratings.ts';
import { outsideKindNames, outsideTitle } from '../domain/outside-models.ts';
import { anchorsOf, hasAnchors, hasTruth, independenceOf, truthOf } from '../domain/stimulus-set.ts';
import type { ReportLabelers } from '../exhibits/report-data.ts';
import { forEachStep } from '../storage/batches.ts';
import type { LabelerRecord } from '../storage/labelers.ts';
import type { OutsideModelRecord } from '../storage/outside-models.ts';
import type { ModelRecord } from '../storage/predictions.ts';
import type { LabelTable } from '../storage/responses.ts';
import type { StimulusRecord, StimulusSetRecord } from '../storage/stimulus-sets.ts';
import type { Storage } from '../storage/open.ts';
import type { StudyRecord } from '../storage/studies.ts';
import { labelerNames } from './labels/people.ts';
import type { Workbench } from './tools/workbench.ts';
import { modelCollections, snapshotName } from './declaration/plan.ts';
import { architectureNames } from '../domain/architectures.ts';
import type { Target } from '../contract/recipes.ts';

/** A labeler's labels: one an image, or `missing`. */
export interface SourceLabeler {
  readonly record: LabelerRecord;
  /** Its pseudonym, with its number where two sources use the same one. */
  readonly name: string;
  readonly labels: Int16Array;
  /** 1 where an image was shown and got no label. */
  readonly unanswered: Uint8Array;
  readonly unsaid: () => Unsaid;
  readonly key: string;
  /** Its answers where they are sets: labels are missing then. */
  readonly sets?: readonly Omit<SetAnswer, 'labeler'>[];
  /** Where they are ratings: labels are the preferred ones. */
  readonly ratings?: readonly Omit<Ratings, 'labeler'>[];
}

/** Images that it gave a label, or a set of labels. */
export const answeredImages = ({ labels, sets }: SourceLabeler): number[] =>
  sets?.map(({ image }) => image) ?? [...labels.keys()].filter((image) => labels[image] !== missing);

/** Why labels are missing: the labeler could not tell, ran out of time, or left the image blank. */
interface Unsaid {
  readonly cannotTell: number;
  readonly timedOut: number;
  readonly blank: number;
}

interface AnsweringModel {
  readonly id: string;
  readonly input: ModelInput;
  readonly labels: Int16Array;
  readonly key: string;
  /** `[image][k]`; read on each call. Where it is not known, `rowsOfLabels`. */
  readonly softmax: () => Float32Array;
}

export interface TrainedModel extends AnsweringModel {
  readonly input: ModelInput & { readonly target: Target };
  readonly record: ModelRecord;
  readonly outside: null;
  /** Its answers to the test images, read on each call; null: not computed. */
  readonly test: () => TestAnswers | null;
}

/** A model that was not trained here. */
interface OutsideSource extends AnsweringModel {
  readonly record: null;
  readonly outside: OutsideModelRecord;
}

export type SourceModel = TrainedModel | OutsideSource;

/** Everything that is known about a study's stimuli, as far as it fits in memory: softmax stays in the store. */
export interface Source extends Omit<StudySource, 'models'> {
  readonly models: readonly SourceModel[];
  readonly study: StudyRecord;
  readonly classes: readonly string[];
}

/** Answers of another kind that figures use in place of the study's own labels (metrics.md 14). */
export interface SourcePanel {
  readonly record: PanelRecord;
  readonly key: string;
  /** How often each image was given each label; null: the panel has persons. */
  readonly counts: LabelCounts | null;
}

interface StudySource {
  readonly set: StimulusSetRecord;
  readonly setHash: string;
  readonly images: readonly StimulusRecord[];
  /** Labelers of the panel, if one is used. Empty where that has counts: nobody knows who gave which label. */
  readonly labelers: readonly SourceLabeler[];
  /** Null: the labelers' single labels are used. */
  readonly panel: SourcePanel | null;
  readonly models: readonly TrainedModel[];
  readonly imagesKey: string;
}

interface KnownSet extends Pick<StudySource, 'set' | 'imagesKey'> {
  readonly frozenAt: number;
}

type PeopleOfPanel = Pick<StudySource, 'labelers' | 'panel'>;

type KnownLabels = Pick<SourceLabeler, 'labels' | 'unanswered' | 'unsaid' | 'key'>;

/** Reads studies, and keeps what cannot change: labels of a log that has not grown, blobs. */
export class Sources {
  readonly #storage: Storage;
  readonly #labels = new Map<string, KnownLabels & { last: number }>();
  readonly #blobs = new Map<string, Int16Array>();
  #set: KnownSet | null = null;
  #panel: { of: string; read: PeopleOfPanel } | null = null;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** The study as it stands now, or null while it has no frozen stimuli. */
  read(study: StudyRecord): Source | null {
    const source = this.readById(study.id);
    if (!source) return null;
    const models = [...source.models, ...this.#outsideModels(study.id, source)];
    return { ...source, models, study, classes: [...(sourceClasses(study.spec.dataSet) ?? source.set.classes)] };
  }

  /** A study by its id, without outside models. @param wanted only models that it is true for */
  readById(studyId: number, wanted: (model: ModelRecord) => boolean = () => true): StudySource | null {
    const known = this.#readSet(studyId);
    if (!known) return null;
    const { set, imagesKey } = known;
    const models = this.#storage.models.ofStudy(studyId).filter(wanted);
    const collections = modelCollections(this.#storage.studies.get(studyId)?.spec ?? { models: [] });
    return {
      set,
      setHash: set.hash,
      images: set.images,
      ...this.#readPeople(studyId, set),
      models: models.flatMap((record) => this.#model(record, collections.get(record.modelName) ?? null)),
      imagesKey,
    };
  }

  /** A frozen set never changes; one that was deleted and frozen again may have other true classes. */
  #readSet(studyId: number): KnownSet | null {
    const hash = this.#storage.studies.stimuli(studyId);
    const frozenAt = hash === undefined ? null : this.#storage.stimulusSets.frozenAt(hash);
    if (hash === undefined || frozenAt === null) return null;
    if (this.#set?.set.hash === hash && this.#set.frozenAt === frozenAt) return this.#set;
    const set = this.#storage.stimulusSets.get(hash);
    if (!set) return null;
    const imagesKey = `${hash} ${set.classes.length}${anchorsKey(set.images)}${truthKey(set.images)}`;
    this.#set = { set, imagesKey, frozenAt };
    return this.#set;
  }

  #readPeople(studyId: number, set: StimulusSetRecord): PeopleOfPanel {
    const used = this.#storage.panels.inUse(studyId);
    return used ? this.#readPanel(used) : { labelers: this.#readLabelers(studyId, set.hash, set.images), panel: null };
  }

  /** A panel never changes, but for people who withdraw. */
  #readPanel(record: PanelRecord): PeopleOfPanel {
    const of = `${record.id} ${record.people} ${record.answers}`;
    if (this.#panel?.of !== of) {
      const { people, answers } = this.#storage.panels.readWithPeople(record.id);
      const counts = answers.kind === 'counts' ? answers.counts : null;
      const hash = createHash('sha256')
        .update(counts?.counts ?? '')
        .digest('hex');
      const panel = { record, counts, key: `${record.kind} ${record.setHash} ${hash}` };
      this.#panel = { of, read: { labelers: panelLabelers(people, answers), panel } };
    }
    return this.#panel.read;
  }

  /** Reads the labels of one labeler after another, so that `readById` has them. */
  *labelSteps(studyId: number, setHash: string, images: readonly StimulusRecord[]): Generator<void, void> {
    const column = new Map(images.map(({ id }, index) => [id, index]));
    yield* forEachStep(this.#storage.labelers.ofStudy(studyId), ({ id }) => {
      this.#readLabels(setHash, id, column);
    });
  }

  #readLabelers(studyId: number, setHash: string, images: readonly StimulusRecord[]): SourceLabeler[] {
    const records = this.#storage.labelers.ofStudy(studyId);
    const column = new Map(images.map(({ id }, index) => [id, index]));
    const names = labelerNames(records);
    return records.map((record, at) => ({
      record,
      name: names[at] ?? record.pseudonym,
      ...this.#readLabels(setHash, record.id, column),
    }));
  }

  /** A log only ever grows, so its last entry says whether it is known. */
  #readLabels(setHash: string, labelerId: number, column: ReadonlyMap<number, number>) {
    const last = this.#storage.responses.latestEntryId(setHash, labelerId);
    const whose = `${setHash} ${labelerId}`;
    const kept = this.#labels.get(whose);
    if (kept?.last === last) return kept;
    const labels = new Int16Array(column.size).fill(missing);
    const unanswered = new Uint8Array(column.size);
    let blank = 0;
    for (const { imageId, label } of this.#storage.responses.current(setHash, labelerId)) {
      const index = column.get(imageId);
      if (index !== undefined) {
        labels[index] = label ?? missing;
        unanswered[index] = label === null ? 1 : 0;
      }
      if (label === null) blank++;
    }
    let known: Unsaid | undefined;
    const unsaid = (): Unsaid => (known ??= this.#countUnsaid(labelerId, blank));
    const hash = createHash('sha256').update(labels);
    const key = (blank === 0 ? hash : hash.update(unanswered)).digest('hex');
    this.#labels.set(whose, { last, labels, unanswered, unsaid, key });
    return { labels, unanswered, unsaid, key };
  }

  /** Sessions know why an image has no label; of other sources it is only known that it has none. */
  #countUnsaid(labelerId: number, missed: number): Unsaid {
    const { sessions, log } = this.#storage.labeling;
    const session = missed === 0 ? undefined : sessions.findByLabeler(labelerId);
    if (!session) return { cannotTell: 0, timedOut: 0, blank: missed };
    const trials = sessions.trials(session.id);
    const isReal = ({ trial }: { trial: number }): boolean => trials[trial]?.kind === 'real';
    const unsure = log.latestChoices(session.id).filter(({ choice }) => choice === cannotTellChoice);
    const cannotTell = unsure.filter(isReal).length;
    const timedOut = log.timedOutTrials(session.id).filter((trial) => isReal({ trial })).length;
    return { cannotTell, timedOut, blank: missed - cannotTell - timedOut };
  }

  /** In a group of their own, like a collection; under another name where a network of the study has the same. */
  #outsideModels(studyId: number, { models, set }: StudySource): OutsideSource[] {
    const taken = new Set(models.map(({ input }) => input.name));
    const freeName = (wanted: string): string => {
      const name = taken.has(wanted) ? freeName(`${wanted} (outside)`) : wanted;
      taken.add(name);
      return name;
    };
    return this.#storage.outsideModels.ofStudy(studyId).flatMap((outside): OutsideSource[] => {
      const { prediction, kind, name } = outside;
      if (!prediction) return [];
      const { softmax, confidence } = prediction;
      const labels = this.#modelLabels(prediction.labels);
      const answers = knownAnswers(prediction);
      return [
        {
          id: `outside@${outside.identity}`,
          record: null,
          outside,
          labels,
          input: {
            name: freeName(name),
            architecture: outsideKindNames[kind],
            target: null,
            repeat: null,
            seed: null,
            collection: outsideTitle,
            ...(answers !== 'softmax' && { answers }),
          },
          key: `${outside.identity} ${prediction.labels} ${softmax ?? confidence ?? 'labels'}`,
          softmax: () =>
            softmax === null
              ? rowsOfLabels(labels, confidence === null ? null : this.#floats(confidence), set.classes.length)
              : this.#floats(softmax),
        },
      ];
    });
  }

  /** Copied, because bytes of a file need not lie on a multiple of four. */
  #floats = (blob: string): Float32Array => new Float32Array(new Uint8Array(this.#storage.blobs.get(blob)).buffer);

  #model(record: ModelRecord, collection: string | null): TrainedModel[] {
    const { prediction } = record;
    if (!prediction) return [];
    const seeds = record.group === 'seeds';
    return [
      {
        id: `${record.role}@${record.target}`,
        record,
        outside: null,
        input: {
          name: snapshotName(record.modelName, record.target),
          architecture: architectureNames[record.architecture],
          target: record.target,
          repeat: seeds ? record.repeat : null,
          seed: seeds ? record.seed : null,
          ...(collection !== null && { collection }),
          block: `run ${record.runId}`,
        },
        labels: this.#modelLabels(prediction.labels),
        key: `${prediction.labels} ${prediction.softmax}`,
        softmax: () => this.#floats(prediction.softmax),
        test: () => this.#storage.evaluations.answers(record.runId, record.weights),
      },
    ];
  }

  #modelLabels(blob: string): Int16Array {
    const read = (): Int16Array =>
      Int16Array.from(new Uint16Array(new Uint8Array(this.#storage.blobs.get(blob)).buffer));
    return kept(this.#blobs, blob, read);
  }
}

/**
 * Labelers of a panel. Where an answer is no label, because a person could not tell or rated several classes highest, the
 * label is missing.
 */
function panelLabelers(people: readonly LabelerRecord[], answers: PanelAnswers): SourceLabeler[] {
  if (answers.kind === 'counts') return [];
  const names = labelerNames(people);
  const images = answers.kind === 'abstain' ? answers.labels.images : answers.images;
  const sets = answers.kind === 'set' ? Map.groupBy(answers.answers, ({ labeler }) => labeler) : null;
  const ratings = answers.kind === 'graded' ? Map.groupBy(answers.answers, ({ labeler }) => labeler) : null;
  return people.map((record, at): SourceLabeler => {
    const labels = new Int16Array(images).fill(missing);
    const unanswered = new Uint8Array(images);
    if (answers.kind === 'abstain') {
      labels.set(answers.labels.values.subarray(at * images, (at + 1) * images));
      unanswered.set(answers.abstained.subarray(at * images, (at + 1) * images));
    }
    const own = { sets: sets?.get(at) ?? [], ratings: ratings?.get(at) ?? [] };
    for (const answer of own.ratings) {
      labels[answer.image] = preferredLabel(answer);
      if (labels[answer.image] === missing) unanswered[answer.image] = 1;
    }
    const cannotTell = answers.kind === 'abstain' ? unanswered.reduce((sum, is) => sum + is, 0) : 0;
    const hash = createHash('sha256').update(answers.kind).update(labels).update(unanswered);
    if (sets) hash.update(JSON.stringify(own.sets.map(({ image, labels: set }) => [image, set])));
    if (ratings) hash.update(JSON.stringify(own.ratings.map(({ image, ratings: of }) => [image, of])));
    return {
      record,
      name: names[at] ?? record.pseudonym,
      labels,
      unanswered,
      key: hash.digest('hex'),
      unsaid: () => ({ cannotTell, timedOut: 0, blank: 0 }),
      ...(sets && { sets: own.sets }),
      ...(ratings && { ratings: own.ratings }),
    };
  });
}

/** Anchors do not take part in a set's hash. */
function anchorsKey(images: readonly StimulusRecord[]): string {
  if (!hasAnchors(images)) return '';
  return ` ${createHash('sha256')
    .update(JSON.stringify(images.map(anchorsOf)))
    .digest('hex')}`;
}

/** True classes are not part of a set's hash either. */
function truthKey(images: readonly StimulusRecord[]): string {
  if (!hasTruth(images)) return '';
  const text = JSON.stringify(images.map(truthOf));
  return ` ${createHash('sha256').update(text).digest('hex')}`;
}

interface PredictingModel extends Omit<TrainedModel, 'softmax'> {
  /** `[image][k]`. */
  softmax: Float32Array;
}

/** All that is known about a study's stimuli, in memory: labels of people, and predictions with softmax. */
export interface StudyData {
  panel: SourcePanel | null;
  set: StimulusSetRecord;
  models: PredictingModel[];
  humans: Omit<LabelTable, 'imageIds'> & Pick<ReportLabelers, 'unanswered' | 'counts' | 'sets' | 'ratings'>;
  input: AnalysisInput;
}

/** A study's design without softmax in memory. */
export function readDesign(
  { storage }: Pick<Workbench, 'storage'>,
  studyId: number,
  wanted: (model: ModelRecord) => boolean = () => true,
  sources = new Sources(storage),
) {
  const collections = modelCollections(storage.studies.get(studyId)?.spec ?? { models: [] });
  return sources.readById(studyId, (model) => !collections.has(model.modelName) && wanted(model));
}

/**
 * Null while the study has no frozen stimuli. Without collections and outside models: reports are of the design.
 * @param wanted selects models @param sources what was read before
 */
export function readStudyData(
  { storage }: Pick<Workbench, 'storage'>,
  studyId: number,
  wanted: (model: ModelRecord) => boolean = () => true,
  sources?: Sources,
): StudyData | null {
  const source = readDesign({ storage }, studyId, wanted, sources);
  if (!source) return null;
  const models = source.models.map((model) => ({ ...model, softmax: model.softmax() }));
  const records = source.labelers.map(({ record }) => record);
  return {
    set: source.set,
    panel: source.panel,
    models,
    input: toInput(source, models),
    humans: {
      labelers: records,
      labels: source.labelers.map(({ labels }) => Array.from(labels, (label) => (label === missing ? null : label))),
      unanswered: source.labelers.map(({ unanswered }) => unanswered),
      containsSimulated: records.some(({ simulated }) => simulated),
      counts: source.panel?.counts ?? undefined,
      ...(source.panel?.record.kind === 'set' && { sets: source.labelers.map(({ sets = [] }) => sets) }),
      ...(source.panel?.record.kind === 'graded' && { ratings: source.labelers.map(({ ratings = [] }) => ratings) }),
    },
  };
}

function toInput(source: StudySource, models: readonly PredictingModel[]): AnalysisInput {
  const classes = source.set.classes.length;
  const size = source.images.length * classes;
  const softmax = new Float32Array(models.length * size);
  models.forEach((model, index) => softmax.set(model.softmax, index * size));
  return { ...labelsInput(source), classes, softmax };
}

function unansweredCells(labelers: readonly SourceLabeler[], images: number): Uint8Array {
  const cells = new Uint8Array(labelers.length * images);
  labelers.forEach(({ unanswered }, at) => cells.set(unanswered, at * images));
  return cells;
}

/** Answers of another kind than single labels. */
function answersOf(labelers: readonly SourceLabeler[], panel: SourcePanel | null) {
  if (!panel) return {};
  const { counts, record } = panel;
  const of = <Answer extends object>(each: (labeler: SourceLabeler) => readonly Answer[] | undefined) =>
    labelers.flatMap((one, labeler) => (each(one) ?? []).map((answer) => ({ ...answer, labeler })));
  return {
    ...(counts && { humanCounts: counts.counts }),
    ...(record.kind === 'abstain' && { humanAbstained: unansweredCells(labelers, labelers[0]?.labels.length ?? 0) }),
    ...(record.kind === 'set' && { humanSets: of(({ sets }) => sets) }),
    ...(record.kind === 'graded' && { humanRatings: of(({ ratings }) => ratings) }),
    ...(record.people === null && !counts && { isAnonymous: true }),
  };
}

type LabelsOf = Pick<Source, 'images' | 'labelers' | 'panel' | 'models'>;

/** What people and models said of the images: all of an analysis's input but classes and softmax. */
export function labelsInput({ images, labelers, panel, models }: LabelsOf) {
  const matrix = (raters: readonly { labels: Int16Array }[]): Int16Array => {
    const all = new Int16Array(raters.length * images.length);
    raters.forEach(({ labels }, at) => all.set(labels, at * images.length));
    return all;
  };
  return {
    images: images.map(({ id, pairI, pairJ, alpha, ...image }) => ({
      id,
      pairI,
      pairJ,
      alpha,
      ...anchorsOf(image),
      ...truthOf(image),
      ...independenceOf(alpha !== null),
    })),
    labelers: labelers.map(({ name }) => name),
    humanLabels: matrix(labelers),
    humanUnanswered: unansweredCells(labelers, images.length),
    ...answersOf(labelers, panel),
    models: models.map(({ input }) => input),
    modelLabels: matrix(models),
  };
}

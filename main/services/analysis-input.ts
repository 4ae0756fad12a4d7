import { kept } from '../domain/numbers/arrays.ts';
import { sourceClasses } from '../domain/data/data-sources.ts';
import { createHash } from 'node:crypto';
import type { AnalysisInput, ImageInput, ModelInput } from '../analysis/outcomes/input.ts';
import { knownAnswers, rowsOfLabels } from '../analysis/labels/known-answers.ts';
import type { People } from '../analysis/labels/answers.ts';
import { missing } from '../analysis/labels/labels.ts';
import type { TestAnswers } from '../analysis/outcomes/test-answers.ts';
import { anchorsOf, hasAnchors, hasTruth, independenceOf, placeOf, truthOf } from '../domain/stimuli/stimulus-set.ts';
import { forEachStep } from '../storage/batches.ts';
import type { LabelerRecord } from '../storage/labelers.ts';
import type { OtherAnswersRecord } from '../storage/other-answers.ts';
import type { OtherModel } from '../storage/other-models.ts';
import type { ModelRecord } from '../storage/predictions.ts';
import type { StimulusRecord, StimulusSetRecord } from '../storage/stimulus-sets.ts';
import type { Storage } from '../storage/open.ts';
import type { StudyRecord } from '../storage/studies.ts';
import { labelerNames } from './labels/people.ts';
import type { Workbench } from './workbench/workbench.ts';
import { modelCollections, snapshotName } from './declaration/plan.ts';
import { architectureNames } from '../domain/networks/architectures.ts';
import type { Target } from '../contract/recipes/recipes.ts';

export interface SourceLabeler {
  readonly record: LabelerRecord;
  /** Its pseudonym, with its number where two sources use the same one. */
  readonly name: string;
  readonly unsaid: () => Unsaid;
  /** Known answers of equal keys are equal. */
  readonly key: string;
}

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
interface OtherSource extends AnsweringModel {
  readonly record: null;
  readonly outside: OtherModel;
}

export type SourceModel = TrainedModel | OtherSource;

/** Everything that is known about a study's stimuli, as far as it fits in memory: softmax stays in the store. */
export interface Source extends Omit<StudySource, 'models'> {
  readonly models: readonly SourceModel[];
  readonly study: StudyRecord;
  readonly classes: readonly string[];
}

/** Answers of another kind that figures use in place of the study's own labels (metrics.md 14). */
interface SourceAnswers {
  readonly record: OtherAnswersRecord;
  readonly key: string;
}

interface StudySource {
  readonly set: StimulusSetRecord;
  readonly setHash: string;
  readonly images: readonly StimulusRecord[];
  /** Their answers, or those that are used in place of these. */
  readonly people: People;
  /** In the order of `people`; empty where that has counts. */
  readonly labelers: readonly SourceLabeler[];
  /** Null: the labelers' single labels are used. */
  readonly otherAnswers: SourceAnswers | null;
  readonly models: readonly TrainedModel[];
  /** What the group of models that were not trained here is called. */
  readonly othersTitle: string;
  readonly imagesKey: string;
}

interface KnownSet extends Pick<StudySource, 'set' | 'imagesKey'> {
  readonly frozenAt: number;
}

type SourcePeople = Pick<StudySource, 'people' | 'labelers' | 'otherAnswers'>;

/** A labeler's labels: one an image, or `missing`. */
interface KnownLabels extends Pick<SourceLabeler, 'unsaid' | 'key'> {
  readonly last: number;
  readonly labels: Int16Array;
  /** 1 where an image was shown and got no label. */
  readonly unanswered: Uint8Array;
}

/** Reads studies, and keeps what cannot change: labels of a log that has not grown, blobs. */
export class Sources {
  readonly #storage: Storage;
  readonly #labels = new Map<string, KnownLabels>();
  readonly #blobs = new Map<string, Int16Array>();
  #set: KnownSet | null = null;
  #otherAnswers: { of: string; read: SourcePeople } | null = null;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** The study as it stands now, or null while it has no frozen stimuli. */
  read(study: StudyRecord): Source | null {
    const source = this.readById(study.id);
    if (!source) return null;
    const models = [...source.models, ...this.#otherModels(study.id, source)];
    return {
      ...source,
      models,
      study,
      classes: [...(sourceClasses(study.spec.dataSet) ?? source.set.classes)],
    };
  }

  /** A study by its id, without models that were not trained here. @param wanted only models that it is true for */
  readById(studyId: number, wanted: (model: ModelRecord) => boolean = () => true): StudySource | null {
    const known = this.#readSet(studyId);
    if (!known) return null;
    const { set, imagesKey } = known;
    const models = this.#storage.models.ofStudy(studyId).filter(wanted);
    const collections = collectionsOf(this.#storage, studyId);
    return {
      set,
      setHash: set.hash,
      images: set.images,
      ...this.#readPeople(studyId, set),
      models: models.flatMap((record) => this.#model(record, collections.get(record.modelName) ?? null)),
      othersTitle: this.#storage.otherModels.words.group,
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

  #readPeople(studyId: number, set: StimulusSetRecord): SourcePeople {
    const used = this.#storage.otherAnswers.inUse(studyId);
    return used ? this.#readOthers(used, set.hash) : this.#readLabelers(studyId, set);
  }

  /** Once stored they never change, but for people who withdraw. */
  #readOthers(record: OtherAnswersRecord, setHash: string): SourcePeople {
    const of = `${record.id} ${record.people} ${record.answers}`;
    if (this.#otherAnswers?.of !== of) {
      const { people: records, answers } = this.#storage.otherAnswers.readWithPeople(record.id);
      const names = labelerNames(records);
      const key = `${record.kind} ${setHash} ${hashAnswers(answers)}`;
      const labelers = records.map((labeler, at) => ({
        record: labeler,
        name: names[at] ?? labeler.pseudonym,
        key: `${key} ${at}`,
        unsaid: () => ({ cannotTell: countCannotTell(answers, at), timedOut: 0, blank: 0 }),
      }));
      const people = answers.kind === 'counts' ? answers : { ...answers, labelers: names };
      this.#otherAnswers = { of, read: { people, labelers, otherAnswers: { record, key } } };
    }
    return this.#otherAnswers.read;
  }

  /** Reads the labels of one labeler after another, so that `readById` has them. */
  *labelSteps(studyId: number, setHash: string, images: readonly StimulusRecord[]): Generator<void, void> {
    const column = new Map(images.map(({ id }, index) => [id, index]));
    yield* forEachStep(this.#storage.labelers.ofStudy(studyId), ({ id }) => {
      this.#readLabels(setHash, id, column);
    });
  }

  #readLabelers(studyId: number, { hash, images, classes }: StimulusSetRecord): SourcePeople {
    const records = this.#storage.labelers.ofStudy(studyId);
    const column = new Map(images.map(({ id }, index) => [id, index]));
    const names = labelerNames(records);
    const values = new Int16Array(records.length * images.length);
    const unanswered = new Uint8Array(values.length);
    const labelers = records.map((record, at) => {
      const { unsaid, key, ...own } = this.#readLabels(hash, record.id, column);
      values.set(own.labels, at * images.length);
      unanswered.set(own.unanswered, at * images.length);
      return { record, name: names[at] ?? record.pseudonym, unsaid, key };
    });
    const size = { raters: records.length, images: images.length, classes: classes.length };
    const labels = { ...size, values, unanswered };
    return { people: { kind: 'single', labelers: names, labels }, labelers, otherAnswers: null };
  }

  /** A log only ever grows, so its last entry says whether it is known. */
  #readLabels(setHash: string, labelerId: number, column: ReadonlyMap<number, number>): KnownLabels {
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
    const read = { last, labels, unanswered, unsaid, key };
    this.#labels.set(whose, read);
    return read;
  }

  /** Of a table it is only known that an image has no label. */
  #countUnsaid(labelerId: number, missed: number): Unsaid {
    const known = missed === 0 ? null : this.#storage.answerHistories.unlabeled(labelerId);
    const { cannotTell, timedOut } = known ?? { cannotTell: 0, timedOut: 0 };
    return { cannotTell, timedOut, blank: missed - cannotTell - timedOut };
  }

  /** In a group of their own, like a collection; under another name where a network of the study has the same. */
  #otherModels(studyId: number, { models, set }: StudySource): OtherSource[] {
    const taken = new Set(models.map(({ input }) => input.name));
    const freeName = (wanted: string): string => {
      const name = taken.has(wanted) ? freeName(`${wanted} (outside)`) : wanted;
      taken.add(name);
      return name;
    };
    const { words } = this.#storage.otherModels;
    return this.#storage.otherModels.ofStudy(studyId).flatMap((outside): OtherSource[] => {
      const { prediction, title, name } = outside;
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
            architecture: title,
            target: null,
            repeat: null,
            seed: null,
            collection: words.group,
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

function hashAnswers(people: People): string {
  const hash = createHash('sha256');
  if (people.kind === 'counts') hash.update(people.counts.counts);
  else if ('labels' in people) hash.update(people.labels.values).update(people.labels.unanswered ?? '');
  else hash.update(JSON.stringify(people.answers));
  return hash.digest('hex');
}

function countCannotTell(people: People, labeler: number): number {
  if (people.kind !== 'abstain') return 0;
  const { images, unanswered = new Uint8Array() } = people.labels;
  return unanswered.subarray(labeler * images, (labeler + 1) * images).reduce((sum, is) => sum + is, 0);
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
  otherAnswers: SourceAnswers | null;
  set: StimulusSetRecord;
  models: PredictingModel[];
  /** In the order of the input's people. */
  labelers: LabelerRecord[];
  input: AnalysisInput;
}

/** The collection of each model that has one. */
function collectionsOf({ studies }: Pick<Storage, 'studies'>, studyId: number): ReadonlyMap<string, string> {
  const study = studies.get(studyId);
  return study ? modelCollections(study.spec, studies.sections) : new Map();
}

/** A study's design without softmax in memory. */
export function readDesign(
  { storage }: Pick<Workbench, 'storage'>,
  studyId: number,
  wanted: (model: ModelRecord) => boolean = () => true,
  sources = new Sources(storage),
) {
  const collections = collectionsOf(storage, studyId);
  return sources.readById(studyId, (model) => !collections.has(model.modelName) && wanted(model));
}

/**
 * Null while the study has no frozen stimuli. Without collections and models that were not trained here: reports are of the design.
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
  return {
    set: source.set,
    otherAnswers: source.otherAnswers,
    models,
    labelers: source.labelers.map(({ record }) => record),
    input: toInput(source, models),
  };
}

function toInput(source: StudySource, models: readonly PredictingModel[]): AnalysisInput {
  const classes = source.set.classes.length;
  const size = source.images.length * classes;
  const softmax = new Float32Array(models.length * size);
  models.forEach((model, index) => softmax.set(model.softmax, index * size));
  return { ...labelsInput(source), classes, softmax };
}

type LabelsOf = Pick<Source, 'images' | 'people' | 'models'>;

/** What people and models said of the images: all of an analysis's input but classes and softmax. */
export function labelsInput({ images, people, models }: LabelsOf) {
  const modelLabels = new Int16Array(models.length * images.length);
  models.forEach(({ labels }, at) => modelLabels.set(labels, at * images.length));
  return { images: imageInputs(images), people, models: models.map(({ input }) => input), modelLabels };
}

export const imageInputs = (images: readonly StimulusRecord[]): ImageInput[] =>
  images.map((image) => ({ ...placeOf(image), ...independenceOf(image.alpha !== null) }));

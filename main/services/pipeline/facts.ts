import type { Sections } from '../../domain/plans/model-entries.ts';
import { kept } from '../../domain/numbers/arrays.ts';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { diverseGroups } from '../../analysis/outcomes/groups.ts';
import { rangeOf } from '../../analysis/raters/humans.ts';
import { readHumans } from '../../analysis/responses/read-humans.ts';
import { classifyImages, countTypes, type ImageClass } from '../../analysis/outcomes/image-types.ts';
import { orderInput } from '../../analysis/outcomes/input.ts';
import type { Job } from '../../contract/api/jobs.ts';
import type { Target } from '../../contract/recipes/recipes.ts';
import type { RunState } from '../../contract/runs/run.ts';
import type { Study } from '../../contract/studies/study.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import { pausedWords } from '../../domain/networks/status.ts';
import type { DataSetRecord } from '../../contract/api/data-sets.ts';
import type { ModelRecord } from '../../storage/predictions.ts';
import type { OtherAnswersRecord } from '../../storage/other-answers.ts';
import type { OtherModels } from '../../storage/other-models.ts';
import { runAtOnce, runInBatches } from '../../storage/batches.ts';
import type { StimulusSetRecord } from '../../storage/stimulus-sets.ts';
import type { StudyCounts, StudyRecord } from '../../storage/studies.ts';
import type { StudyRun } from '../../storage/study-runs.ts';
import { labelsInput, Sources } from '../analysis-input.ts';
import { declaredDataSet, usedDataSet } from '../declaration/data-set.ts';
import { expectedKeys, modelCollections } from '../declaration/plan.ts';
import { type Forecast, forecast } from '../estimates/forecast.ts';
import { findStimuli } from '../workbench/find.ts';
import { isWithinHours, type Settings } from '../workbench/settings.ts';
import { reportFolder, type Workbench } from '../workbench/workbench.ts';

type StudyJob = Pick<Job, 'id' | 'state' | 'goal' | 'note' | 'behind'>;
type Failure = Pick<Job, 'failedStep' | 'messages' | 'goal' | 'endedAt'>;

/** What the state of a study depends on. The command line has no jobs of its own: see `statusElsewhere`. */
export interface StatusTools {
  readonly workbench: Workbench;
  readonly jobs: {
    studyJobs(name: string): readonly StudyJob[];
    lastFailure(name: string): Failure | undefined;
  };
  readonly settings: Pick<Settings, 'get'>;
}

/** The run in one role of the study, and whether the declaration still asks for it. */
export interface Place {
  role: string;
  state: RunState | 'none';
  changed: boolean;
  link: StudyRun | null;
}

/** Everything that decides the state of a study's steps, read once. */
export interface Facts {
  workbench: Workbench;
  record: StudyRecord;
  study: Study;
  /** Parts of declarations that contributions read. */
  sections: Sections;
  figures: StudyCounts;
  /** Answers of another kind that figures use in place of the study's labels. */
  otherAnswers: OtherAnswersRecord | undefined;
  links: readonly StudyRun[];
  dataSet: DataSetRecord | undefined;
  /** When the study named other images than those that its runs used, milliseconds since 1970; null: it has not. */
  otherDataSet: number | null;
  set: StimulusSetRecord | undefined;
  models: readonly ModelRecord[];
  /** Models that were not trained here, and those of them with answers for the current stimuli. */
  outside: { linked: number; answered: number; one: string };
  /** Declared places that depend only on the data set, by role. */
  places: ReadonlyMap<string, Place>;
  /** Milliseconds since 1970, or null. */
  reportAt: number | null;
  /** Labelers of the study, and those of them with a label on its stimuli. */
  people: { linked: number; active: number };
  /** Whether an image has two labels: before that, no result about people is defined. */
  isLabeledTwice: boolean;
  /** Labeling sessions on the stimuli that are neither finished nor declined. */
  openSessions: number;
  /** Open sessions that somebody has begun. */
  begunSessions: number;
  /** Jobs that work on the study or are going to. */
  jobs: readonly StudyJob[];
  /** Why no run may work now, and whether the user can resume it; null: runs may work. */
  pause: { why: string; byUser: boolean } | null;
  /** The newest job of the study, if it failed. */
  lastFailure: Failure | null;
  forecast: Forecast;
}

/** All at once, where nobody waits or little is read. */
export const readFacts = (tools: StatusTools, record: StudyRecord): Facts => runAtOnce(factSteps(tools, record));

/** `readFacts` in steps: with hundreds of sessions or long lists of stimuli, each read takes milliseconds. */
export function* factSteps(tools: StatusTools, record: StudyRecord): Generator<void, Facts> {
  const { workbench } = tools;
  const { storage } = workbench;
  const links = storage.studyRuns.list(record.id);
  const dataSet = usedDataSet(workbench, record, links);
  yield;
  const set = findStimuli(workbench, record.id);
  yield;
  const labelers = storage.labelers.ofStudy(record.id);
  const otherAnswers = storage.otherAnswers.inUse(record.id);
  yield;
  const sessions = set ? storage.labeling.sessions.ofStudy(record.id) : [];
  yield;
  const otherDataSet = otherDataSetSince(workbench, record, links, dataSet);
  const estimated = forecast(tools, dataSet);
  yield;
  const counts = storage.studies.counts(record.id);
  yield;
  const models = storage.models.ofStudy(record.id);
  const outside = countOutside(storage.otherModels, record.id);
  yield;
  const places = listPlaces(workbench, record, links, otherDataSet === null ? dataSet?.hash : undefined);
  yield;
  const people = { linked: labelers.length, active: 0 };
  for (const { id } of set ? labelers : []) {
    if (set && storage.responses.hasAny(set.hash, id)) people.active++;
    yield;
  }
  const isLabeledTwice =
    set !== undefined &&
    (otherAnswers
      ? haveTwo(otherAnswers)
      : yield* labeledTwiceSteps(people.active > 1 ? labelers : [], ({ id }) =>
          storage.responses.current(set.hash, id),
        ));
  return {
    workbench,
    record,
    links,
    dataSet,
    otherDataSet,
    set,
    study: record.spec,
    sections: storage.studies.sections,
    forecast: estimated,
    // Nothing simulated goes into figures that use other answers.
    figures: { ...counts, ...(otherAnswers && { simulated: false }) },
    otherAnswers,
    models,
    outside,
    places,
    people,
    isLabeledTwice,
    reportAt: reportTime(workbench, record.name),
    openSessions: sessions.filter(({ state, setHash }) => setHash === set?.hash && isOpen.has(state)).length,
    begunSessions: sessions.filter(({ state, setHash }) => setHash === set?.hash && state === 'active').length,
    jobs: tools.jobs.studyJobs(record.name),
    pause: readPause(tools),
    lastFailure: tools.jobs.lastFailure(record.name) ?? null,
  };
}

/** Whether an image has two of these answers. Of people who left since, it may have none although two remain. */
const haveTwo = ({ answers, images, people }: OtherAnswersRecord): boolean =>
  answers > images || (people !== null && people > 1);

/** Whether two labelers labeled the same image. Reads one of them a step, and no more than it takes. */
function* labeledTwiceSteps<Labeler>(
  labelers: readonly Labeler[],
  labelsOf: (labeler: Labeler) => readonly { imageId: number; label: number | null }[],
): Generator<void, boolean> {
  const labeled = new Set<number>();
  for (const labeler of labelers) {
    for (const { imageId, label } of labelsOf(labeler)) {
      if (label === null) continue;
      if (labeled.has(imageId)) return true;
      labeled.add(imageId);
    }
    yield;
  }
  return false;
}

/** Whether people or networks have answered about the study's stimuli, so that something can be found. */
export const isAnswered = (facts: Facts): boolean =>
  facts.set !== undefined &&
  (facts.isLabeledTwice || facts.outside.answered > 0 || facts.models.some(({ prediction }) => prediction !== null));

function countOutside(models: OtherModels, study: number): Facts['outside'] {
  const linked = models.ofStudy(study);
  const answered = linked.filter(({ prediction }) => prediction !== null);
  return { linked: linked.length, answered: answered.length, one: models.words.one };
}

const isOpen: ReadonlySet<string> = new Set(['planned', 'active']);

function readPause({ workbench, settings }: StatusTools): Facts['pause'] {
  const { paused, overnight } = settings.get();
  if (paused) return { why: pausedWords, byUser: true };
  if (isWithinHours(overnight, new Date(workbench.now()))) return null;
  return { why: `Training runs only overnight. It starts at ${overnight?.from}:00.`, byUser: false };
}

/** When the study's report was last written, milliseconds since 1970; null while there is none. */
function reportTime({ storage }: Workbench, name: string): number | null {
  const path = join(reportFolder(storage.folder, name), 'index.html');
  return existsSync(path) ? statSync(path).mtimeMs : null;
}

/** When the study's declaration took its current form in one part: milliseconds since 1970. */
export function changedSince<Part>(
  { workbench, record }: Pick<Facts, 'workbench' | 'record'>,
  part: (spec: Facts['study']) => Part,
): number {
  const specs = workbench.storage.studies.specs(record.id);
  const now = JSON.stringify(part(record.spec));
  let since = record.changedAt;
  for (const { spec, at } of specs.toReversed()) {
    if (JSON.stringify(part(spec)) !== now) break;
    since = at;
  }
  return since;
}

const trainings: ReadonlySet<string> = new Set(['classifier', 'generator']);

/** When the study named other images than its runs used: a new path to the same images does not count. */
function otherDataSetSince(
  workbench: Workbench,
  record: StudyRecord,
  links: readonly StudyRun[],
  used: DataSetRecord | undefined,
): number | null {
  const source = canonicalJson(record.spec.dataSet);
  if (!used || canonicalJson(used.source) === source) return null;
  const read = declaredDataSet(workbench, record, links);
  if (read?.hash === used.hash) return null;
  const since = changedSince({ workbench, record }, ({ dataSet }) => dataSet);
  return links.some(({ kind, linkedAt }) => trainings.has(kind) && linkedAt < since) ? since : null;
}

function listPlaces(
  workbench: Workbench,
  { id, spec: study }: StudyRecord,
  links: readonly StudyRun[],
  dataSetHash: string | undefined,
): Map<string, Place> {
  const linked = new Map(links.map((link) => [link.role, link]));
  const currentKeys = workbench.storage.studies.runKeys(id);
  // Before the data set is read no run can be of it, so any hash gives the same places.
  const expected = expectedKeys(study, dataSetHash ?? '0'.repeat(64), workbench.storage.studies.sections);
  return new Map(
    [...expected].map(([role, key]): [string, Place] => {
      const link = linked.get(role);
      if (!link) return [role, { role, state: 'none', changed: false, link: null }];
      return [role, { role, state: link.state, changed: currentKeys.get(role) !== key, link }];
    }),
  );
}

/** Types of images in a diverse group. */
export interface ImageTypes extends Record<ImageClass, number> {
  target: Target;
  models: number;
  determined: number;
}

/** With more models the overview would take too long to compute. */
const maxModels = 100;

/** What labels of a study's stimuli are there, and what they say. */
export interface LabelFacts {
  /** Labels of all labelers, or the other answers that are used. */
  given: number;
  /** Fewest and most people who answered about an image, where nobody knows who they were; null: it is known. */
  anImage: { least: number; most: number } | null;
  /** Types of images in the diverse group at its lowest target. Null without two labelers and two such models. */
  types: ImageTypes | null;
  /** Null where nobody has labeled any image. */
  people: PeopleAlone | null;
}

export interface PeopleAlone {
  /** Images on which people disagree, of those with two labels. */
  disagree: number;
  determined: number;
}

/** By study, until its labels, labelers or predictions change. */
const known = new WeakMap<Workbench, Map<number, { of: string; facts: Promise<LabelFacts> }>>();

/** Null without stimuli. Reads in batches: there may be millions of labels. */
export async function readLabelFacts(facts: Facts): Promise<LabelFacts | null> {
  const { workbench, record, set, figures } = facts;
  if (!set) return null;
  const members = typedModels(facts);
  // Swapping one labeler for another changes neither labels nor the number of people.
  const labelerIds = workbench.storage.labelers.ofStudy(record.id).map(({ id }) => id);
  const { id: others = null, people = null } = workbench.storage.otherAnswers.inUse(record.id) ?? {};
  const of = canonicalJson([
    set.hash,
    members.map(({ prediction }) => prediction),
    figures.lastLabel,
    labelerIds,
    others,
    people,
  ]);
  const studies = kept(known, workbench, () => new Map());
  const before = studies.get(record.id);
  if (before?.of === of) return before.facts;
  const read = runInBatches(labelSteps(facts, set, members));
  studies.set(record.id, { of, facts: read });
  // What could not be read is read again when it is asked for.
  read.catch(() => studies.delete(record.id));
  return read;
}

/** Members of the diverse group at its lowest target, if there are two. */
function typedModels({ models, record, sections }: Facts): readonly ModelRecord[] {
  const collections = modelCollections(record.spec, sections);
  const diverse = models.filter(
    ({ group, prediction, modelName }) => group === 'diverse' && prediction !== null && !collections.has(modelName),
  );
  const members = diverse.filter(({ target }) => target === diverse[0]?.target);
  return members.length < 2 || members.length > maxModels ? [] : members;
}

function* labelSteps(
  { workbench, record }: Facts,
  set: StimulusSetRecord,
  members: readonly ModelRecord[],
): Generator<void, LabelFacts> {
  const sources = new Sources(workbench.storage);
  yield* sources.labelSteps(record.id, set.hash, set.images);
  const target = members[0]?.target;
  const weights = new Set(members.map((model) => model.weights));
  const source = sources.readById(record.id, (model) => model.target === target && weights.has(model.weights));
  if (!source) throw new Error(`the stimuli of study ${record.id} are missing`);
  yield;
  const noSoftmax = { readSoftmax: () => new Float32Array() };
  const input = orderInput({ ...labelsInput(source), classes: set.classes.length, ...noSoftmax });
  yield;
  const { view, people, votes } = readHumans(input);
  const given = source.otherAnswers?.record.answers ?? votes.present.reduce((sum, n) => sum + n, 0);
  const group = diverseGroups(input)[0];
  const counted = group && countTypes(group, classifyImages(group, view));
  return {
    given,
    anImage: people === null ? rangeOf(votes.present) : null,
    types:
      target !== undefined && counted && counted.n_images > 0
        ? { target, models: members.length, determined: counted.n_images, ...counted.counts }
        : null,
    people: given === 0 ? null : { disagree: view.determined - view.agreed, determined: view.determined },
  };
}

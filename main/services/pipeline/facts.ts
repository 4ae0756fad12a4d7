import { diverseGroups } from '../../analysis/groups.ts';
import { viewHumans } from '../../analysis/humans.ts';
import { classifyImages, countTypes } from '../../analysis/image-types.ts';
import { missing, tally } from '../../analysis/labels.ts';
import { orderInput } from '../../analysis/input.ts';
import type { Overview } from '../../contract/api/studies.ts';
import type { RunState } from '../../contract/run.ts';
import type { Study } from '../../contract/study.ts';
import { canonicalJson } from '../../domain/identity.ts';
import {
  type DataSetRecord,
  type ModelRecord,
  runInBatches,
  type StimulusSetRecord,
  type StudyCounts,
  type StudyRecord,
  type StudyRun,
} from '../../storage/index.ts';
import { labelsInput, Sources } from '../analysis-input.ts';
import { usedDataSet } from '../declaration/data-set.ts';
import { expectedKeys, modelCollections } from '../declaration/plan.ts';
import { type Pace, currentPace } from '../estimates/cost.ts';
import { reportTime } from '../studies/studies.ts';
import { findStimuli, findStudy } from '../tools/find.ts';
import type { Tools } from '../tools/tools.ts';
import type { Workbench } from '../tools/workbench.ts';

/** The run in one role of the study, and whether the declaration still asks for it. */
export interface Place {
  role: string;
  state: RunState | 'none';
  changed: boolean;
}

/** Everything that decides the state of a study's steps, read once. */
export interface Facts {
  workbench: Workbench;
  record: StudyRecord;
  study: Study;
  figures: StudyCounts;
  links: readonly StudyRun[];
  dataSet: DataSetRecord | undefined;
  set: StimulusSetRecord | undefined;
  models: readonly ModelRecord[];
  /** Declared places that depend only on the data set, by role. */
  places: ReadonlyMap<string, Place>;
  /** Milliseconds since 1970, or null. */
  reportAt: number | null;
  /** Id of the job that works on the study, or null. */
  job: string | null;
  pace: Pace;
}

/** @throws UserError `study.not-found` */
export function readFacts(tools: Pick<Tools, 'workbench' | 'jobs' | 'settings'>, name: string): Facts {
  const { workbench } = tools;
  const { storage } = workbench;
  const record = findStudy(workbench, name);
  const links = storage.studyRuns.list(record.id);
  const dataSet = usedDataSet(workbench, record, links);
  const job = tools.jobs.studyJob(name);
  return {
    ...{ workbench, record, links, dataSet, study: record.spec, job: job?.id ?? null, pace: currentPace(tools) },
    figures: storage.studies.counts(record.id),
    set: findStimuli(workbench, record.id),
    models: storage.models.ofStudy(record.id),
    places: listPlaces(workbench, record, links, dataSet?.hash),
    reportAt: reportTime(tools, name),
  };
}

function listPlaces(
  workbench: Workbench,
  { id, spec: study }: StudyRecord,
  links: readonly StudyRun[],
  dataSetHash: string | undefined,
): Map<string, Place> {
  const linked = new Map(links.map((link) => [link.role, link]));
  const currentKeys = workbench.storage.studies.runKeys(id);
  // Without a data set no run can exist yet, so any hash gives the same places.
  const expected = expectedKeys(study, dataSetHash ?? '0'.repeat(64));
  return new Map(
    [...expected].map(([role, key]): [string, Place] => {
      const link = linked.get(role);
      if (!link) return [role, { role, state: 'none', changed: false }];
      return [role, { role, state: link.state, changed: currentKeys.get(role) !== key }];
    }),
  );
}

export function isWorking({ job, links }: Facts, roles: RegExp): boolean {
  return job !== null && links.some((link) => roles.test(link.role) && ['running', 'queued'].includes(link.state));
}

export type ImageTypes = NonNullable<Overview['types']>;

/** With more models the overview would take too long to compute. */
const maxModels = 100;

/** What labels of a study's stimuli are there, and what they say. */
export interface LabelFacts {
  labelers: number;
  /** Labelers with a label. */
  active: number;
  /** Labels of all labelers. */
  given: number;
  /** Types of images in the diverse group at its lowest target. Null without two labelers and two such models. */
  types: ImageTypes | null;
  /** Null where nobody has labelled any image. */
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
  const of = canonicalJson([set.hash, members.map(({ prediction }) => prediction), figures.lastLabel, labelerIds]);
  const studies = known.get(workbench) ?? new Map<number, { of: string; facts: Promise<LabelFacts> }>();
  known.set(workbench, studies);
  const before = studies.get(record.id);
  if (before?.of === of) return before.facts;
  const read = runInBatches(labelSteps(facts, set, members));
  studies.set(record.id, { of, facts: read });
  // What could not be read is read again when it is asked for.
  read.catch(() => studies.delete(record.id));
  return read;
}

/** Members of the diverse group at its lowest target, if there are two. */
function typedModels({ models, record }: Facts): readonly ModelRecord[] {
  const collections = modelCollections(record.spec);
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
  const counts = source.labelers.map(({ labels }) =>
    labels.reduce((sum, label) => sum + (label === missing ? 0 : 1), 0),
  );
  const given = counts.reduce((sum, count) => sum + count, 0);
  yield;
  const noSoftmax = { readSoftmax: () => new Float32Array() };
  const input = orderInput({ ...labelsInput(source), classes: set.classes.length, ...noSoftmax });
  yield;
  const view = viewHumans(tally(input.humanLabels));
  const group = diverseGroups(input)[0];
  const counted = group && countTypes(group, classifyImages(group, view));
  return {
    ...{ labelers: counts.length, active: counts.filter((count) => count > 0).length, given },
    types:
      target !== undefined && counted && counted.n_images > 0
        ? { target, models: members.length, determined: counted.n_images, ...counted.counts }
        : null,
    people: given === 0 ? null : { disagree: view.determined - view.agreed, determined: view.determined },
  };
}

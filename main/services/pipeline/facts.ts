import { diverseGroups } from '../../analysis/groups.ts';
import { viewHumans } from '../../analysis/humans.ts';
import { classifyImages, countTypes } from '../../analysis/image-types.ts';
import { missing, tally } from '../../analysis/labels.ts';
import { orderInput } from '../../analysis/input.ts';
import type { Overview } from '../../contract/api/studies.ts';
import type { RunState } from '../../contract/run.ts';
import type { Study } from '../../contract/study.ts';
import { canonicalJson } from '../../domain/identity.ts';
import type {
  DataSetRecord,
  ModelRecord,
  StimulusSetRecord,
  StudyCounts,
  StudyRecord,
  StudyRun,
} from '../../storage/index.ts';
import { readStudyData } from '../analysis-input.ts';
import { usedDataSet } from '../declaration/data-set.ts';
import { expectedKeys } from '../declaration/plan.ts';
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

class Kept<Value> {
  readonly #known = new Map<number, { of: string; value: Value }>();

  value(study: number, of: unknown, work: () => Value): Value {
    const key = canonicalJson(of);
    const before = this.#known.get(study);
    if (before?.of === key) return before.value;
    const value = work();
    this.#known.set(study, { of: key, value });
    return value;
  }
}

/** Ids of the labelers that count: swapping one for another changes neither labels nor the number of people. */
const labelerIds = ({ workbench, record }: Facts): number[] =>
  workbench.storage.labelers.ofStudy(record.id).map(({ id }) => id);

const types = new Kept<ImageTypes | null>();
const people = new Kept<PeopleAlone | null>();

/** Types of images in the diverse group at its lowest target. Null without two labelers and two such models. */
export function imageTypes(facts: Facts): ImageTypes | null {
  const { workbench, record, models, set, figures } = facts;
  const diverse = models.filter(({ group, prediction }) => group === 'diverse' && prediction !== null);
  const target = diverse[0]?.target;
  const members = diverse.filter((model) => model.target === target);
  if (!set || target === undefined || members.length < 2 || members.length > maxModels) return null;
  const of = [set.hash, members.map(({ prediction }) => prediction), figures.lastLabel, labelerIds(facts)];
  return types.value(record.id, of, () => {
    const wanted = new Set(members.map(({ weights }) => weights));
    const data = readStudyData(workbench, record.id, (model) => model.target === target && wanted.has(model.weights));
    if (!data) return null;
    const ordered = orderInput(data.input);
    const group = diverseGroups(ordered)[0];
    const counted = group && countTypes(group, classifyImages(group, viewHumans(tally(ordered.humanLabels))));
    return counted && counted.n_images > 0
      ? { target, models: members.length, determined: counted.n_images, ...counted.counts }
      : null;
  });
}

export interface PeopleAlone {
  disagree: number;
  determined: number;
}

/** Images on which people disagree, of those with two labels; null where nobody has labelled any. Kept until a label changes. */
export function peopleAlone(facts: Facts): PeopleAlone | null {
  const { workbench, record, set, figures } = facts;
  if (!set || figures.labelers === 0) return null;
  return people.value(record.id, [set.hash, figures.lastLabel, labelerIds(facts)], () => {
    const { labels } = workbench.storage.responses.table(record.id, set.hash);
    const values = Int16Array.from(labels.flat(), (label) => label ?? missing);
    if (values.every((label) => label === missing)) return null;
    const { images, classes } = set;
    const view = viewHumans(tally({ raters: labels.length, images: images.length, classes: classes.length, values }));
    return { disagree: view.determined - view.agreed, determined: view.determined };
  });
}

import type { Goal } from '../../contract/api/jobs.ts';
import { runKinds, type RunRow, type RunTable, shownStates, type TableInput } from '../../contract/api/runs.ts';
import { architectureKinds, type ClassifierRecipe, type Target } from '../../contract/recipes/recipes.ts';
import type { RunState } from '../../contract/runs/run.ts';
import { parameterCount } from '../../domain/networks/architectures.ts';
import { hyperparameters } from '../../domain/settings/recipe-settings.ts';
import { type Pause, shownRunState } from '../../domain/networks/status.ts';
import { modelEntries, type Sections } from '../../domain/plans/model-entries.ts';
import type { DataSetRecord } from '../../contract/api/data-sets.ts';
import type { Storage } from '../../storage/open.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import type { TableRow } from '../../storage/runs/run-table.ts';
import { identities, isWanted, recipeTitle, rolesFor } from '../declaration/plan.ts';
import { type ForecastTools, timeLeft } from '../estimates/forecast.ts';
import type { StatusTools } from '../pipeline/facts.ts';
import { waitingWords } from '../workbench/clusters.ts';
import { findStudy } from '../workbench/find.ts';
import { groupTable } from './groups.ts';
import { pauseNow } from '../workbench/settings.ts';
import type { Tools } from '../tools/tools.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { compareTargets } from '../../domain/numbers/targets.ts';

/** Names of declared models that have no run yet. */
export function plannedNames({ storage }: Workbench, { id, spec }: StudyRecord): Set<string> {
  const filled = storage.studyRuns.filledRoles(id);
  const names = new Set<string>();
  for (const entry of modelEntries(spec, storage.studies.sections))
    for (const { name } of identities(entry)) if (!filled.has(`models/${name}`)) names.add(name);
  return names;
}

const firstRows = 60;

type RunTools = Pick<Tools, 'workbench' | 'jobs' | 'settings'>;

/** @throws UserError `study.not-found` */
export function runTable({ workbench, jobs, settings }: RunTools, { study: name, ...query }: TableInput): RunTable {
  const { storage } = workbench;
  const { memo } = storage.runTable;
  const study = findStudy(workbench, name);
  const working = workedOn(jobs, name);
  const pause = pauseNow({ workbench, settings });
  const order = storage.runTable.order(study.id, { filter: query.filter, sort: query.sort, working, pause });
  const { ids, groups } = groupTable(storage, study, order, { ...query, working, pause });
  // Groups are closed at first.
  const shown = groups.length > 0 ? 0 : firstRows;
  const facets = storage.runTable.facets(study.id, { working, pause });
  const count = (states: readonly string[]): number =>
    facets.states.filter(({ value }) => states.includes(value)).reduce((sum, each) => sum + each.count, 0);
  return {
    ids,
    groups,
    rows: rows({ workbench, settings }, study.id, ids.slice(0, shown), covered(jobs, name), pause),
    ...storage.runTable.groups.differing(order),
    total: count(shownStates),
    archived: facets.archived,
    facets: {
      states: known(facets.states, shownStates),
      kinds: known(facets.kinds, runKinds),
      architectures: known(facets.architectures, architectureKinds),
      targets: [...facets.targets].sort((a, b) => compareTargets(a.value, b.value)),
      tags: facets.tags,
    },
    testedOnTaught: [...taughtPixels(study, storage.studies.sections)].some((pixels) =>
      storage.stimulusSets.areTestImages(pixels),
    ),
    planned: memo.kept(`planned ${study.id}`, () => plannedNames(workbench, study).size, 'models'),
    waiting: count(['interrupted', 'unstarted']),
    working: jobs.studyJobs(name).length > 0,
    onClusters: memo.kept(`clusters ${study.id}`, () => storage.placements.areUsedBy(study.id), 'lists'),
  };
}

/** Hashes of images that networks of a study are taught. */
const taughtPixels = ({ spec }: StudyRecord, sections: Sections): ReadonlySet<string> =>
  new Set(modelEntries(spec, sections).flatMap(({ recipe }) => recipe.softLabels?.pixels ?? []));

/** Whether accuracy on all test images counts images that a network was taught. */
export const isTestedOnTaught = (
  { stimulusSets }: Pick<Storage, 'stimulusSets'>,
  { softLabels }: Pick<ClassifierRecipe, 'softLabels'>,
): boolean => softLabels !== undefined && stimulusSets.areTestImages(softLabels.pixels);

/** Rows of these runs, as far as they still exist. @throws UserError `study.not-found` */
export function runRows({ workbench, jobs, settings }: RunTools, study: string, ids: readonly number[]): RunRow[] {
  return rows(
    { workbench, settings },
    findStudy(workbench, study).id,
    ids,
    covered(jobs, study),
    pauseNow({ workbench, settings }),
  );
}

/** Patterns of the roles whose open runs a job of the study does, or will; null: all. */
function workedOn(jobs: Tools['jobs'], study: string): string[] | null {
  const patterns = activeGoals(jobs, study).map((goal) => (goal === null ? null : rolesFor(goal)));
  return patterns.includes(null) ? null : patterns.flatMap((roles) => roles ?? []);
}

const activeGoals = (jobs: Pick<StatusTools['jobs'], 'studyJobs'>, study: string): (Goal | null)[] =>
  jobs.studyJobs(study).flatMap(({ goal, state }) => (state === 'stopping' ? [] : [goal]));

/** Whether a job of the study does the open run in this role, or will. */
export function covered(jobs: Pick<StatusTools['jobs'], 'studyJobs'>, study: string): (role: string | null) => boolean {
  const goals = activeGoals(jobs, study);
  return (role) => goals.some((goal) => goal === null || (role !== null && isWanted(role, goal)));
}

function rows(
  tools: ForecastTools,
  studyId: number,
  ids: readonly number[],
  isWorking: (role: string | null) => boolean,
  pause: Pause,
): RunRow[] {
  const { storage, now } = tools.workbench;
  return storage.runTable.rows(studyId, ids, now()).map((row) => toRunRow(tools, row, isWorking(row.role), pause));
}

function known<Value extends string>(
  facet: readonly { value: string; count: number }[],
  values: readonly Value[],
): { value: Value; count: number }[] {
  return values.flatMap((value) => {
    const found = facet.find((each) => each.value === value);
    return found ? [{ value, count: found.count }] : [];
  });
}

/** @param working whether a job does the run, or will */
export function toRunRow(tools: ForecastTools, row: TableRow, working: boolean, pause: Pause): RunRow {
  const { storage, clusters } = tools.workbench;
  const { id, label, kind, recipe, seed, progress, startedAt, endedAt, queuedAt, activeTime, attempts, tags } = row;
  const { steps, dataSetHash } = row;
  const dataSet = dataSetHash === null ? undefined : storage.dataSets.get(dataSetHash);
  const missed = row.kind === 'classifier' && row.state === 'done' && row.snapshots.length === 0;
  return {
    id,
    kind,
    seed,
    startedAt,
    endedAt,
    queuedAt,
    activeTime,
    attempts,
    tags,
    name: label,
    note: row.remark,
    archived: row.archived,
    state: shownRunState({ ...row, missed }, row.there ? 'cluster' : working ? 'here' : null, pause),
    held: row.held,
    cancelling: row.cancelRequested && row.state === 'running',
    architecture: recipe?.architecture.kind ?? null,
    recipe: recipe ? recipeTitle(recipe) : '',
    hyperparameters: recipe ? hyperparameters(recipe) : {},
    parameters: recipe && dataSet ? networkParameters(recipe, dataSet) : null,
    steps,
    stepsPerSecond: steps !== null && activeTime > 0 ? steps / (activeTime / 1000) : null,
    group: row.group,
    repeat: row.group === 'seeds' ? row.repeat : null,
    landing: recipe?.landing ?? null,
    targets: (recipe?.targets ?? []).map((target) => standing(storage, row, target)),
    testedOnTaught: recipe !== null && isTestedOnTaught(storage, recipe),
    latest: latestAccuracy(row),
    progress: progress && { done: progress.done, total: progress.total, note: progress.note },
    timeLeft: row.state === 'running' ? timeLeft(tools, row) : null,
    engine: row.ranOn,
    ...whereabouts(clusters, row),
    rank: row.rank,
    failure: row.failure?.message ?? null,
  };
}

function whereabouts(
  clusters: Workbench['clusters'],
  { place, there, lastAt, state }: TableRow,
): Pick<RunRow, 'cluster' | 'node' | 'there'> {
  if (there) {
    const { cluster, node, ...task } = there;
    const at = node ?? (state === 'running' ? (lastAt?.host ?? null) : null);
    return { cluster, node: at, there: { ...task, waits: waitingWords(clusters, task) } };
  }
  const isOpen = state === 'queued' || state === 'interrupted' || lastAt === null;
  const cluster = isOpen ? place : lastAt.cluster;
  return { cluster, node: (!isOpen && lastAt.cluster !== null && lastAt.host) || null, there: null };
}

const networkParameters = ({ architecture }: ClassifierRecipe, dataSet: DataSetRecord): number =>
  parameterCount(architecture, { ...dataSet, classes: dataSet.classes.length });

/** States of runs whose snapshots no result uses. */
const lost: readonly RunState[] = ['failed', 'cancelled'];

function standing(
  { runHistory }: Pick<Storage, 'runHistory'>,
  { id, state, snapshots, missed }: TableRow,
  target: Target,
): RunRow['targets'][number] {
  const snapshot = snapshots.find((each) => each.target === target);
  if (snapshot) {
    const { step, ...counted } = snapshot;
    return {
      ...counted,
      state: lost.includes(state) ? 'unused' : 'reached',
      trend: runHistory.trend(id, step),
      otherHalf: runHistory.otherHalf(id, step),
      validation: runHistory.validation(id, step),
    };
  }
  const miss = missed.find((each) => each.target === target);
  const none = { target, errors: null, testCount: null, trend: null, otherHalf: null, validation: null };
  return miss
    ? { ...none, state: 'missed', accuracy: miss.nearestAccuracy }
    : { ...none, state: 'pending', accuracy: null };
}

function latestAccuracy({ measured, estimated }: TableRow): RunRow['latest'] {
  if (estimated && (!measured || estimated.step > measured.step)) {
    return { accuracy: estimated.value, step: estimated.step, estimated: true };
  }
  return measured && { accuracy: measured.value, step: measured.step, estimated: false };
}

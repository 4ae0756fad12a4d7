import type { z } from 'zod';
import { type AdditionPlan, type additionSchema, maxAdded, type ModelGrid } from '../../contract/api/models.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { sectionKeys } from '../../contract/studies/sections.ts';
import type { ModelsSpec, Study } from '../../contract/studies/study.ts';
import { checkRecipe } from '../../domain/networks/trainable.ts';
import { valuePrefixes } from '../../domain/settings/recipe-settings.ts';
import { countGrid, gridEntries } from '../../domain/plans/grid.ts';
import { type ModelEntry, modelEntries, sectionsOf } from '../../domain/plans/model-entries.ts';
import { forEachStep, runInBatches } from '../../storage/batches.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { declaredDataSet, trainingImages } from '../declaration/data-set.ts';
import { identities, taskKey, trainingKey } from '../declaration/plan.ts';
import { checkStudy } from '../declaration/study-file.ts';
import { forecast, type ForecastTools, leastKnown } from '../estimates/forecast.ts';
import { together } from '../estimates/study-cost.ts';
import { findRun, findStudy } from '../workbench/find.ts';
import type { Workbench } from '../workbench/workbench.ts';
import type { RunTools } from './actions.ts';
import { planModelRuns, queueModels } from '../queue/queue.ts';

type Addition = z.infer<typeof additionSchema>;

const shownNames = 200;

export function planModels(tools: RunTools, addition: Addition): AdditionPlan {
  const study = findStudy(tools.workbench, addition.study);
  return describe(tools, study, withModels(tools.workbench, study, addition));
}

/**
 * Adds models to a study. If its data set is known they are queued at once, so that workers of the study take them;
 * otherwise its next start queues them.
 * @throws UserError `study.not-found`, `study.invalid`, `models.*`; nothing is changed then.
 */
export async function addModels(tools: RunTools, addition: Addition): Promise<AdditionPlan> {
  const study = findStudy(tools.workbench, addition.study);
  const spec = withModels(tools.workbench, study, addition);
  const plan = describe(tools, study, spec);
  await storeAddition(tools, study, spec);
  return plan;
}

/** What adding models needs of the program. */
export type AdditionTools = ForecastTools & {
  readonly changes: Pick<RunTools['changes'], 'publish'>;
  readonly work: Pick<RunTools['work'], 'isWorkingOn' | 'start'>;
};

/** Stores a declaration with more models, and queues those. */
export async function storeAddition(
  { workbench, work, changes }: AdditionTools,
  study: StudyRecord,
  spec: Study,
): Promise<void> {
  workbench.storage.studies.put(study.name, spec, workbench.now());
  const queued = await queueModels(workbench, { ...study, spec });
  changes.publish('studies');
  changes.publish('runs', queued);
  // A running study ends with the models that it had at its start; the next job trains the new ones.
  if (work.isWorkingOn(study.name)) work.start(study.name, 'models');
}

function withModels(workbench: Workbench, study: StudyRecord, { entries, grid, clones }: Addition): Study {
  const { name, spec } = study;
  const { sections } = workbench.storage.studies;
  const wanted = [...entries, ...clones.map((id) => cloneEntry(workbench, spec, id))];
  const drafted = draftModels(modelEntries(spec, sections), { entries: wanted, grid });
  if (drafted.length === 0) throw nothing(name);
  const dataSet = declaredDataSet(workbench, study);
  const images = dataSet ? trainingImages(workbench, dataSet) : null;
  for (const { name, recipe } of drafted) checkRecipe(recipe, images, `model ${name}`);
  return checkStudy({ ...spec, models: [...spec.models, ...drafted] }, `study ${name}`, sections);
}

/** An entry with a run's recipe, in its collection; `draftModels` gives it the next free name and seed. */
function cloneEntry(workbench: Workbench, spec: Study, id: number): ModelsSpec {
  const { task, label } = findRun(workbench, id);
  if (task.kind !== 'classifier') throw notModel(label);
  const name = label.replace(/-(r\d+-)?s\d+$/, '');
  const collection = modelEntries(spec, workbench.storage.studies.sections).find((entry) =>
    identities(entry).some((each) => each.name === label),
  )?.collection;
  return {
    name,
    group: 'diverse',
    recipe: task.recipe,
    seed: task.seed,
    seeds: 1,
    repeats: 1,
    ...(collection !== undefined && { collection }),
  };
}

function describe(tools: Pick<RunTools, 'workbench' | 'settings'>, study: StudyRecord, spec: Study): AdditionPlan {
  const entries = spec.models.slice(study.spec.models.length);
  const names = entries.flatMap((entry) => identities(entry).map(({ name }) => name));
  return { entries, names: names.slice(0, shownNames), ...costOfAddition(tools, { ...study, spec }, entries) };
}

/**
 * Trainings of these entries of a study and what they take.
 * @param had names of models that the study has already, which are not counted
 */
export function costOfAddition(
  tools: ForecastTools,
  study: StudyRecord,
  entries: readonly ModelEntry[],
  had: ReadonlySet<string> = new Set(),
): Omit<AdditionPlan, 'entries' | 'names'> {
  const { workbench, settings } = tools;
  const here = forecast(tools, declaredDataSet(workbench, study));
  const added = entries.map((entry) => ({
    entry,
    names: identities(entry).flatMap(({ name }) => (had.has(name) ? [] : [name])),
  }));
  const done = planModelRuns(workbench, study).filter(
    ({ task }) => workbench.storage.runs.byKey(taskKey(study.spec, task))?.state === 'done',
  );
  const known = new Set(done.flatMap(({ model }) => model?.name ?? []));
  const { workers } = settings.get();
  const costs = added.flatMap(({ entry, names }) => {
    const one = here.training(entry.recipe);
    return names.filter((name) => !known.has(name)).map(() => one);
  });
  const runs = added.reduce((sum, { names }) => sum + names.length, 0);
  return {
    runs,
    known: runs - costs.length,
    workers,
    timeFrom: leastKnown(costs.map(({ from }) => from)),
    ...together(costs, { workers }),
  };
}

const nothing = (name: string): UserError =>
  new UserError(
    'models.nothing',
    'There is nothing to add',
    `study ${name}`,
    'Choose a preset, or give the grid at least one value of each kind.',
  );

const notModel = (label: string): UserError =>
  new UserError('models.not-a-model', 'Only trainings of networks can be cloned', label, 'Choose models in the table.');

/** The entries to add, with free names and seeds. @throws UserError `models.too-many`, `models.nothing` */
function draftModels(
  known: readonly ModelsSpec[],
  { entries, grid }: { entries: readonly ModelsSpec[]; grid: ModelGrid | null },
): ModelsSpec[] {
  const ofGrid = grid ? countGrid(grid) * grid.seeds * grid.repeats : 0;
  const runs = entries.reduce((sum, { seeds, repeats }) => sum + seeds * repeats, ofGrid);
  if (runs > maxAdded) throw tooMany(runs);
  const wanted = [...entries, ...(grid ? gridEntries(grid) : [])];
  const drafted: ModelsSpec[] = [];
  for (const entry of wanted) {
    const all = [...known, ...drafted];
    drafted.push(withFreeName(withFreeSeed(entry, all), all));
  }
  return drafted;
}

/** A name that ends with a value (`gridEntries`): a number behind it would read as another value. */
const namesValue = new RegExp(`-(${valuePrefixes.join('|')})\\d[\\dx.e-]*(-seed\\d+)?$`);

/** One recipe with one seed would be the same model under two names, so the entry takes the next free seeds. */
function withFreeSeed(entry: ModelsSpec, known: readonly ModelsSpec[]): ModelsSpec {
  const training = trainingKey(entry.recipe);
  const taken = new Set(
    known
      .filter((other) => trainingKey(other.recipe) === training)
      .flatMap((other) => identities(other).map(({ seed }) => seed)),
  );
  let { seed } = entry;
  while (identities({ ...entry, seed }).some((identity) => taken.has(identity.seed))) seed = Math.max(...taken) + 1;
  return { ...entry, seed };
}

/**
 * The name itself, or its stem with the next free number where the name or a numbered one is taken. One that ends with a
 * value gets the seed.
 */
function withFreeName(entry: ModelsSpec, known: readonly ModelsSpec[]): ModelsSpec {
  const taken = new Set(known.flatMap((other) => [other.name, ...identities(other).map(({ name }) => name)]));
  const isFree = (name: string): boolean =>
    !taken.has(name) && !identities({ ...entry, name }).some((identity) => taken.has(identity.name));
  if (namesValue.test(entry.name)) {
    if (isFree(entry.name)) return entry;
    const plain = entry.name.replace(/-seed\d+$/, '');
    let number = entry.seed;
    while (!isFree(`${plain}-seed${number}`)) number += 1;
    return { ...entry, name: `${plain}-seed${number}` };
  }
  const stem = entry.name.replace(/\d+$/, '');
  const isNumbered = known.some(({ name }) => name !== entry.name && new RegExp(`^${escaped(stem)}\\d+$`).test(name));
  if (isFree(entry.name) && !isNumbered) return entry;
  if (isFree(entry.name) && stem !== entry.name) return entry;
  let number = 1;
  while (!isFree(`${stem}${number}`)) number += 1;
  return { ...entry, name: `${stem}${number}` };
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const tooMany = (runs: number): UserError =>
  new UserError(
    'models.too-many',
    `These values make ${runs} trainings`,
    'the grid of values',
    `Leave some values out: at most ${maxAdded} are added at a time.`,
  );

/**
 * Removes the entries that these runs belong to from a study, each with all of its runs. The runs are kept, so adding
 * the entries again finds them. Trainings that no other study needs are cancelled.
 * @throws UserError `study.not-found`, `models.not-in-study`, `models.last`; nothing is changed then.
 */
export async function removeModels(
  tools: RunTools,
  studyName: string,
  ids: readonly number[],
): Promise<{ removed: ModelsSpec[]; runs: number }> {
  const study = findStudy(tools.workbench, studyName);
  const { id, name, spec } = study;
  const wanted = new Set(ids);
  const names = new Set(
    tools.workbench.storage.studyRuns
      .list(id)
      .flatMap(({ runId, model }) => (model && wanted.has(runId) ? [model.modelName] : [])),
  );
  const isGone = (entry: ModelEntry): boolean => identities(entry).some((identity) => names.has(identity.name));
  const removed = spec.models.filter(isGone);
  const kept = spec.models.filter((entry) => !isGone(entry));
  const { sections } = tools.workbench.storage.studies;
  for (const { refuseRemoval } of sectionsOf(spec, sections)) {
    const refusal = refuseRemoval?.(spec, isGone) ?? null;
    if (refusal) throw refusal;
  }
  if (removed.length === 0) throw notInStudy(name);
  if (kept.length === 0 && sectionKeys.every((key) => spec[key] === undefined)) throw last(name);
  const gone = new Set(removed.flatMap((entry) => identities(entry).map((identity) => identity.name)));
  await leaveStudy(tools, study, { ...spec, models: kept }, gone);
  return { removed, runs: gone.size };
}

/** Stores a declaration without some models, and cancels their trainings where no other study needs them. */
export async function leaveStudy(
  { workbench, work, changes }: RunTools,
  { id, name }: StudyRecord,
  spec: Study,
  gone: ReadonlySet<string>,
): Promise<void> {
  const { storage, now } = workbench;
  const links = storage.studyRuns.list(id);
  const left = links.filter(({ model }) => model && gone.has(model.modelName));
  const roles = links.filter(({ model }) => !model || !gone.has(model.modelName)).map(({ role }) => role);
  storage.transaction(() => {
    storage.studies.put(name, spec, now());
    storage.studyRuns.keepOnly(id, roles, now());
  });
  const open = left.filter(
    ({ kind, state }) => kind === 'classifier' && ['running', 'queued', 'interrupted'].includes(state),
  );
  const steps = forEachStep(open, ({ runId }) => {
    if (storage.runTable.places(runId).length === 0) work.cancelRun(runId);
  });
  await runInBatches(steps, { transaction: (batch) => storage.transaction(batch) });
  changes.publish('studies');
  changes.publish('runs');
}

const notInStudy = (name: string): UserError =>
  new UserError(
    'models.not-in-study',
    'None of these runs is a model of this study',
    `study ${name}`,
    'Choose models. Generators, references and predictions cannot be removed by themselves.',
  );

const last = (name: string): UserError =>
  new UserError(
    'models.last',
    'This would remove all models of the study',
    `study ${name}`,
    'Keep one, add another first, or delete the study.',
  );

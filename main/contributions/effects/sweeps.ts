import { listedCells, type SweepPlan, type SweepPreset, type SweepView } from './contract/sweeps.ts';
import { UserError } from '../../contract/wire/index.ts';
import type { Study } from '../../contract/studies/index.ts';
import { type Sweep, sweepsOf } from './contract/sweep.ts';
import { studySection } from './study-section.ts';
import { checkRecipe } from '../../domain/networks/index.ts';
import { formatCount, formatNames } from '../../domain/numbers/index.ts';
import { canonicalJson } from '../../domain/plans/index.ts';
import { sweepEntries, type SweepEntry } from './analysis/sweep-cells.ts';
import { settingTitle } from '../../domain/settings/index.ts';
import type { StudyRecord } from '../../storage/index.ts';
import {
  checkStudy,
  declaredDataSet,
  identities,
  loadStudy,
  presetNames,
  recipeTitle,
  trainingImages,
} from '../../services/declaration/index.ts';
import type { ForecastTools } from '../../services/estimates/index.ts';
import type { StatusTools } from '../../services/pipeline/index.ts';
import { findStudy } from '../../services/workbench/index.ts';
import type { Tools } from '../../services/tools/index.ts';
import {
  type AdditionTools,
  begunNames,
  costOfAddition,
  leaveStudy,
  type RunTools,
  storeAddition,
  trainingProgress,
} from '../../services/runs/index.ts';

/** Sweeps of the presets. One that several presets have is listed under the first. */
export function sweepPresets(resources: string): SweepPreset[] {
  const found = new Map<string, SweepPreset>();
  for (const name of presetNames(resources)) {
    const { study } = loadStudy(name, resources, [studySection]);
    for (const sweep of sweepsOf(study)) {
      const key = canonicalJson(sweep);
      if (!found.has(key)) found.set(key, { from: study.title, sweep });
    }
  }
  return [...found.values()];
}

/** What a sweep would add. @throws UserError `study.not-found`, `sweep.*`, `study.invalid` */
export function planSweep(tools: ForecastTools, name: string, sweep: Sweep): SweepPlan {
  const study = findStudy(tools.workbench, name);
  return describePlan(tools, study, withSweep(tools, study, sweep), sweep);
}

/**
 * Adds a sweep, or gives the one of that name more levels, samples, cells or seeds, and queues what is new.
 * @throws UserError `study.not-found`, `sweep.*`, `study.invalid`; nothing is changed then.
 */
export async function putSweep(tools: AdditionTools, name: string, sweep: Sweep): Promise<SweepPlan> {
  const study = findStudy(tools.workbench, name);
  const spec = withSweep(tools, study, sweep);
  const plan = describePlan(tools, study, spec, sweep);
  await storeAddition(tools, study, spec);
  return plan;
}

function withSweep({ workbench }: Pick<Tools, 'workbench'>, study: StudyRecord, sweep: Sweep): Study {
  const { spec } = study;
  const known = sweepsOf(spec);
  const before = known.find(({ name }) => name === sweep.name);
  const sweeps = before ? known.map((each) => (each === before ? sweep : each)) : [...known, sweep];
  const dataSet = declaredDataSet(workbench, study);
  const images = dataSet ? trainingImages(workbench, dataSet) : null;
  const kept = new Set(before ? sweepEntries(before).map(({ name }) => name) : []);
  const entries = sweepEntries(sweep);
  for (const { name, recipe } of entries) if (!kept.has(name)) checkRecipe(recipe, images, `cell ${name}`);
  const checked = checkStudy({ ...spec, sweeps }, `study ${study.name}`, workbench.storage.studies.sections);
  if (before)
    refuseChanged(study, before, new Map(entries.map((entry) => [entry.name, entry])), begunNames(workbench, study));
  return checked;
}

/** A sweep only grows: a model that began to train keeps its name, recipe and seed. */
function refuseChanged(
  { name }: StudyRecord,
  before: Sweep,
  entries: ReadonlyMap<string, SweepEntry>,
  begun: ReadonlySet<string>,
): void {
  const lost = sweepEntries(before).filter((entry) => {
    const now = entries.get(entry.name);
    const kept = new Set(now && sameRecipe(now, entry) ? identities(now).map((model) => model.name) : []);
    return identities(entry).some((model) => begun.has(model.name) && !kept.has(model.name));
  });
  if (lost.length === 0) return;
  throw new UserError(
    'sweep.would-lose-cells',
    `${formatCount(lost.length, 'cell')} with trainings would leave the sweep or change: ${formatNames(
      lost.map((entry) => entry.name),
      3,
    )}`,
    `study ${name}, sweep ${before.name}`,
    'Only add levels, seeds, or twice as many samples. To plan other cells, give the sweep another name; trainings that both have are shared.',
  );
}

const sameRecipe = (a: SweepEntry, b: SweepEntry): boolean =>
  a.seed === b.seed && canonicalJson(a.recipe) === canonicalJson(b.recipe);

function describePlan(tools: ForecastTools, study: StudyRecord, spec: Study, sweep: Sweep): SweepPlan {
  const before = sweepsOf(study.spec).find(({ name }) => name === sweep.name);
  const had = new Set(before ? sweepEntries(before).flatMap((entry) => identities(entry).map(({ name }) => name)) : []);
  const entries = sweepEntries(sweep);
  return {
    ...costOfAddition(tools, { ...study, spec }, entries, had),
    cells: entries.slice(0, listedCells).map(describeCell),
    count: entries.length,
    kept: had.size,
  };
}

function describeCell({ name, recipe, seed, cell }: SweepEntry): SweepPlan['cells'][number] {
  return { name, seed, levels: [...cell.levels], recipe: recipeTitle(recipe) };
}

/** Each sweep with its cells, none of them left out, and what remains. @throws UserError `study.not-found` */
export function listSweeps(tools: StatusTools, name: string): SweepView[] {
  const study = findStudy(tools.workbench, name);
  const sweeps = sweepsOf(study.spec);
  if (sweeps.length === 0) return [];
  const progress = trainingProgress(tools, study);
  return sweeps.map((sweep): SweepView => {
    const entries = sweepEntries(sweep);
    return {
      sweep,
      ...progress.of(entries),
      factors: sweep.factors.map(({ of }) => settingTitle(of)),
      cells: entries.map((entry) => ({
        ...describeCell(entry),
        ...progress.cell([entry]),
      })),
    };
  });
}

/** Takes a sweep out of a study with all of its cells; the runs are kept. @throws UserError `study.not-found`, `sweep.not-found` */
export async function removeSweep(
  tools: RunTools,
  name: string,
  sweepName: string,
): Promise<{ sweep: Sweep; runs: number }> {
  const study = findStudy(tools.workbench, name);
  const { sweeps: _, ...spec } = study.spec;
  const sweeps = sweepsOf(study.spec);
  const sweep = sweeps.find((each) => each.name === sweepName);
  if (!sweep) throw notFound(name, sweepName, sweeps);
  const others = sweeps.filter((each) => each !== sweep);
  const gone = new Set(sweepEntries(sweep).flatMap((entry) => identities(entry).map((model) => model.name)));
  await leaveStudy(tools, study, { ...spec, ...(others.length > 0 && { sweeps: others }) }, gone);
  return { sweep, runs: gone.size };
}

const notFound = (study: string, name: string, sweeps: readonly Sweep[]): UserError =>
  new UserError(
    'sweep.not-found',
    `There is no sweep "${name}"`,
    `study ${study}`,
    sweeps.length === 0
      ? 'The study has none.'
      : `Choose one of these: ${formatNames(
          sweeps.map((sweep) => sweep.name),
          10,
        )}.`,
  );

import type { RemainingTraining, SeedMatrix } from '../../contract/api/models.ts';
import type { RunState } from '../../contract/run.ts';
import type { ModelsSpec } from '../../contract/study.ts';
import { declaredDataSet } from '../declaration/data-set.ts';
import { identities } from '../declaration/plan.ts';
import { estimator } from '../estimates/past-runs.ts';
import { findStudy } from '../tools/find.ts';
import type { Tools } from '../tools/tools.ts';
import { plannedNames, recipeTitle } from './table.ts';

/** What remains to train, and the estimated time. @throws UserError `study.not-found` */
export function remainingTraining(tools: Pick<Tools, 'workbench' | 'settings'>, studyName: string): RemainingTraining {
  const { workbench, settings } = tools;
  const study = findStudy(workbench, studyName);
  const planned = plannedNames(workbench, study);
  const estimate = estimator(tools, declaredDataSet(workbench, study));
  const parts = [
    ...workbench.storage.runTable.waitingRecipes(study.id),
    ...study.spec.models.map((entry) => ({
      recipe: entry.recipe,
      count: identities(entry).filter(({ name }) => planned.has(name)).length,
    })),
  ].filter(({ count }) => count > 0);
  const { workers } = settings.get();
  const costs = parts.map(({ recipe, count }) => ({ count, one: estimate(recipe) }));
  const total = costs.reduce((sum, { count, one }) => sum + count * one.seconds, 0);
  const longest = Math.max(0, ...costs.map(({ one }) => one.seconds));
  return {
    runs: costs.reduce((sum, { count }) => sum + count, 0),
    seconds: Math.max(total / workers, longest),
    bytes: costs.reduce((sum, { count, one }) => sum + count * one.bytes, 0),
    timeFrom: costs.every(({ one }) => one.from === 'runs') ? 'runs' : 'measurements',
    workers,
  };
}

type Cell = SeedMatrix['groups'][number]['cells'][number];

type Standing = 'done' | 'missed' | 'failed' | 'running' | 'waiting' | 'missing';

const byState: Record<RunState, Standing> = {
  queued: 'waiting',
  interrupted: 'waiting',
  running: 'running',
  failed: 'failed',
  cancelled: 'failed',
  done: 'missed',
};

const shownRuns = 100;

/** For each target and repeat: how many runs reached it, and what is missing. @throws UserError `study.not-found` */
export function seedMatrix(tools: Pick<Tools, 'workbench' | 'settings'>, studyName: string): SeedMatrix {
  const { workbench, settings } = tools;
  const { storage } = workbench;
  const study = findStudy(workbench, studyName);
  const runs = new Map(
    storage.studyRuns.list(study.id).flatMap((link) => (link.kind === 'classifier' ? [[link.role, link]] : [])),
  );
  const reached = new Set(storage.models.ofStudy(study.id).map(({ runId, target }) => `${runId} ${target}`));
  const estimate = estimator(tools, declaredDataSet(workbench, study));
  let [remaining, seconds] = [0, 0];
  const groups = study.spec.models
    .filter(({ group }) => group === 'seeds')
    .map((entry) => {
      const cells = emptyCells(entry);
      for (const { name, repeat } of identities(entry)) {
        const run = runs.get(`models/${name}`);
        if (run?.state !== 'done') {
          remaining += 1;
          seconds += estimate(entry.recipe).seconds;
        }
        for (const target of entry.recipe.targets) {
          const cell = cells.find((each) => each.target === target && each.repeat === (repeat ?? 1));
          if (cell) count(cell, run, run !== undefined && reached.has(`${run.runId} ${target}`));
        }
      }
      const { name, recipe, seeds, repeats } = entry;
      return {
        ...{ name, seeds, repeats, cells, recipe: recipeTitle(recipe), targets: recipe.targets },
        architecture: recipe.architecture.kind,
      };
    });
  return { groups, remaining, seconds: seconds / settings.get().workers };
}

function emptyCells({ recipe, repeats, seeds }: ModelsSpec): Cell[] {
  const none = { done: 0, missed: 0, failed: 0, running: 0, waiting: 0, missing: 0 };
  return recipe.targets.flatMap((target) =>
    Array.from({ length: repeats }, (_, index) => ({ ...none, target, repeat: index + 1, planned: seeds, runs: [] })),
  );
}

function count(cell: Cell, run: { runId: number; state: RunState } | undefined, hasReached: boolean): void {
  const standing = hasReached ? 'done' : run ? byState[run.state] : 'missing';
  cell[standing] += 1;
  if (run && standing !== 'done' && cell.runs.length < shownRuns) cell.runs.push(run.runId);
}

import type { RemainingTraining, SeedMatrix } from '../../contract/api/models.ts';
import type { Cost } from '../../contract/api/studies.ts';
import type { ShownRunState } from '../../contract/api/runs.ts';
import type { ModelsSpec } from '../../contract/study.ts';
import { declaredDataSet } from '../declaration/data-set.ts';
import { identities, recipeTitle } from '../declaration/plan.ts';
import { shownRunState } from '../../domain/status.ts';
import { remainder } from '../../domain/time-range.ts';
import { forecast, together } from '../estimates/forecast.ts';
import { findStudy } from '../tools/find.ts';
import { pauseNow } from '../tools/settings.ts';
import type { Tools } from '../tools/tools.ts';
import { covered, plannedNames } from './table.ts';

/** What remains to train, and the estimated time. @throws UserError `study.not-found` */
export function remainingTraining(tools: Pick<Tools, 'workbench' | 'settings'>, studyName: string): RemainingTraining {
  const { workbench, settings } = tools;
  const study = findStudy(workbench, studyName);
  const planned = plannedNames(workbench, study);
  const here = forecast(tools, declaredDataSet(workbench, study));
  const parts = [
    ...workbench.storage.runTable.waitingRecipes(study.id),
    ...study.spec.models.map((entry) => {
      const count = identities(entry).filter(({ name }) => planned.has(name)).length;
      return { recipe: entry.recipe, count, rest: count };
    }),
  ].filter(({ count }) => count > 0);
  const costs = parts.map(({ recipe, count, rest }) => ({ count, rest, one: here.classifier(recipe) }));
  const { workers } = settings.get();
  return {
    ...together(
      costs.flatMap(({ count, rest, one }) => Array.from({ length: count }, () => remainder(one, 1 - rest / count))),
      { workers },
    ),
    runs: costs.reduce((sum, { count }) => sum + count, 0),
    timeFrom: costs.every(({ one }) => one.from === 'runs') ? 'runs' : 'measurements',
    workers,
  };
}

type Cell = SeedMatrix['groups'][number]['cells'][number];

type Standing = 'done' | 'missed' | 'failed' | 'running' | 'waiting' | 'stopped' | 'cancelled' | 'missing';

const byState: Record<ShownRunState, Standing> = {
  queued: 'waiting',
  held: 'waiting',
  interrupted: 'stopped',
  unstarted: 'missing',
  running: 'running',
  failed: 'failed',
  cancelled: 'cancelled',
  missed: 'missed',
  done: 'missed',
};

const shownRuns = 100;

/** For each target and repeat: how many runs reached it, and what is missing. @throws UserError `study.not-found` */
export function seedMatrix(tools: Pick<Tools, 'workbench' | 'settings' | 'jobs'>, studyName: string): SeedMatrix {
  const { workbench, settings } = tools;
  const { storage } = workbench;
  const study = findStudy(workbench, studyName);
  const runs = new Map(
    storage.studyRuns.list(study.id).flatMap((link) => (link.kind === 'classifier' ? [[link.role, link]] : [])),
  );
  const isWorking = covered(tools.jobs, studyName);
  const pause = pauseNow(tools);
  const usable = storage.models
    .ofStudy(study.id)
    .filter(({ runState }) => runState !== 'failed' && runState !== 'cancelled');
  const reached = new Set(usable.map(({ runId, target }) => `${runId} ${target}`));
  const here = forecast(tools, declaredDataSet(workbench, study));
  const costs: Cost[] = [];
  const groups = study.spec.models
    .filter(({ group }) => group === 'seeds')
    .map((entry) => {
      const cells = emptyCells(entry);
      const one = here.classifier(entry.recipe);
      for (const { name, repeat } of identities(entry)) {
        const run = runs.get(`models/${name}`);
        if (run?.state !== 'done') {
          costs.push(one);
        }
        for (const target of entry.recipe.targets) {
          const cell = cells.find((each) => each.target === target && each.repeat === (repeat ?? 1));
          const state =
            run &&
            shownRunState(
              { ...run, missed: false },
              run.there ? 'cluster' : isWorking(run.role) ? 'here' : null,
              pause,
            );
          if (cell) count(cell, run && { ...run, state }, run !== undefined && reached.has(`${run.runId} ${target}`));
        }
      }
      const { name, recipe, seeds, repeats } = entry;
      return {
        ...{ name, seeds, repeats, cells, recipe: recipeTitle(recipe), targets: recipe.targets },
        architecture: recipe.architecture.kind,
      };
    });
  const { bytes: _, ...time } = together(costs, settings.get());
  return { groups, remaining: costs.length, ...time };
}

function emptyCells({ recipe, repeats, seeds }: ModelsSpec): Cell[] {
  const none = { done: 0, missed: 0, failed: 0, running: 0, waiting: 0, stopped: 0, cancelled: 0, missing: 0 };
  return recipe.targets.flatMap((target) =>
    Array.from({ length: repeats }, (_, index) => ({ ...none, target, repeat: index + 1, planned: seeds, runs: [] })),
  );
}

function count(
  cell: Cell,
  run: { runId: number; state: ShownRunState | undefined } | undefined,
  hasReached: boolean,
): void {
  const standing = hasReached ? 'done' : run?.state ? byState[run.state] : 'missing';
  cell[standing] += 1;
  if (run && standing !== 'done' && cell.runs.length < shownRuns) cell.runs.push(run.runId);
}

import type { SeedMatrix } from '../../contract/api/models.ts';
import type { RunState } from '../../contract/run.ts';
import type { ModelsSpec } from '../../contract/study.ts';
import { findStudy } from '../tools/find-study.ts';
import type { Lab } from '../lab/lab.ts';
import { identities } from '../declaration/plan.ts';
import { dataSetOf } from '../declaration/data-set-of.ts';
import { estimator } from '../estimates/past-runs.ts';
import { recipeTitle } from './recipe-title.ts';

type Cell = SeedMatrix['groups'][number]['cells'][number];

/** Where one planned run stands at one target. */
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

/**
 * The seed studies of a study: for each target and repeat, how many of its runs landed, and what is missing.
 * @throws UserError `study.not-found`
 */
export function seedMatrix(lab: Lab, studyName: string): SeedMatrix {
  const { bench, settings } = lab;
  const { storage } = bench;
  const study = findStudy(bench, studyName);
  const runs = new Map(
    storage.studyRuns.list(study.id).flatMap((link) => (link.kind === 'classifier' ? [[link.role, link]] : [])),
  );
  const landed = new Set(storage.models.ofStudy(study.id).map(({ runId, target }) => `${runId} ${target}`));
  const estimate = estimator(lab, dataSetOf(bench, study));
  let [left, seconds] = [0, 0];
  const groups = study.spec.models
    .filter(({ group }) => group === 'seeds')
    .map((entry) => {
      const cells = emptyCells(entry);
      for (const { name, repeat } of identities(entry)) {
        const run = runs.get(`models/${name}`);
        if (run?.state !== 'done') {
          left += 1;
          seconds += estimate(entry.recipe).seconds;
        }
        for (const target of entry.recipe.targets) {
          const cell = cells.find((each) => each.target === target && each.repeat === (repeat ?? 1));
          if (cell) count(cell, run, run !== undefined && landed.has(`${run.runId} ${target}`));
        }
      }
      const { name, recipe, seeds, repeats } = entry;
      return {
        ...{ name, seeds, repeats, cells, recipe: recipeTitle(recipe), targets: recipe.targets },
        architecture: recipe.architecture.kind,
      };
    });
  return { groups, left, seconds: seconds / settings.get().workers };
}

function emptyCells({ recipe, repeats, seeds }: ModelsSpec): Cell[] {
  const none = { done: 0, missed: 0, failed: 0, running: 0, waiting: 0, missing: 0 };
  return recipe.targets.flatMap((target) =>
    Array.from({ length: repeats }, (_, index) => ({ ...none, target, repeat: index + 1, planned: seeds, runs: [] })),
  );
}

function count(cell: Cell, run: { runId: number; state: RunState } | undefined, hasLanded: boolean): void {
  const standing = hasLanded ? 'done' : run ? byState[run.state] : 'missing';
  cell[standing] += 1;
  if (run && standing !== 'done' && cell.runs.length < shownRuns) cell.runs.push(run.runId);
}

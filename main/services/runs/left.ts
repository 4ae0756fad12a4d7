import type { LeftToTrain } from '../../contract/api/models.ts';
import type { StudyRecord } from '../../storage/index.ts';
import { findStudy } from '../tools/find-study.ts';
import type { Lab } from '../lab/lab.ts';
import { identities } from '../declaration/plan.ts';
import type { Workbench } from '../tools/workbench.ts';
import { dataSetOf } from '../declaration/data-set-of.ts';
import { estimator } from '../estimates/past-runs.ts';

/** Names of models that a study asks for and that have no run yet. */
export function plannedNames({ storage }: Workbench, { id, spec }: StudyRecord): Set<string> {
  const filled = new Set(storage.studyRuns.list(id).map(({ role }) => role));
  const names = spec.models.flatMap(identities).map(({ name }) => name);
  return new Set(names.filter((name) => !filled.has(`models/${name}`)));
}

/**
 * What is left to train, and about how long that takes with this machine's workers.
 * @throws UserError `study.not-found`
 */
export function leftToTrain(lab: Lab, studyName: string): LeftToTrain {
  const { bench, settings } = lab;
  const study = findStudy(bench, studyName);
  const planned = plannedNames(bench, study);
  const estimate = estimator(lab, dataSetOf(bench, study));
  const parts = [
    ...bench.storage.runTable.waitingRecipes(study.id),
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

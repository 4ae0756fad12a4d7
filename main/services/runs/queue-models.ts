import { runKey } from '../../domain/identity.ts';
import type { StudyRecord } from '../../storage/index.ts';
import { type PlannedRun, planTraining } from '../declaration/plan.ts';
import type { Workbench } from '../tools/workbench.ts';
import { declaredDataSet } from '../declaration/data-set.ts';

/**
 * Models of a study as runs, those in places that are wanted; empty while its data set has never been read: then its
 * next start plans them.
 */
export function plannedModels(
  bench: Workbench,
  study: StudyRecord,
  isWanted: (role: string) => boolean,
): (PlannedRun & { key: string })[] {
  const dataSet = declaredDataSet(bench, study);
  if (!dataSet) return [];
  const engine = study.spec.engine === 'auto' ? null : study.spec.engine;
  return planTraining(study.spec, dataSet.hash)
    .filter(({ model, role }) => model !== null && isWanted(role))
    .map((planned) => ({ ...planned, key: runKey(planned.task, engine) }));
}

/**
 * Queues models that have no run yet and gives them their places, so that the table shows them, and workers that are at
 * the study take them. Gives the ids of their runs.
 */
export function queueModels(bench: Workbench, study: StudyRecord): number[] {
  const { storage, now } = bench;
  const engine = study.spec.engine === 'auto' ? null : study.spec.engine;
  const filled = new Set(storage.studyRuns.list(study.id).map(({ role }) => role));
  return storage.transaction(() =>
    plannedModels(bench, study, (role) => !filled.has(role)).flatMap(({ role, key, task, label, priority, model }) => {
      if (!model || task.kind !== 'classifier') return [];
      const run = storage.runs.ensure({ key, kind: task.kind, label, task, seed: task.seed, priority, engine }, now());
      const place = { modelName: model.name, group: model.group, repeat: model.repeat ?? 0, seed: model.seed };
      storage.studyRuns.link(study.id, role, run.id, place, now());
      return [run.id];
    }),
  );
}

import { contributedFiles, type RunResult } from '../../contract/runs/run.ts';
import type { BlobStore } from '../../files/blobs.ts';
import { forEachStep, runInBatches } from '../../storage/batches.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { declaredDataSet } from '../declaration/data-set.ts';
import { pinnedEngine, type PlannedRun, planTraining, taskKey } from '../declaration/plan.ts';
import type { Workbench } from '../workbench/workbench.ts';

type QueuedStudy = Pick<StudyRecord, 'id' | 'spec'>;

/** A run that was queued or found, and whether it is done again because its files are missing. */
interface Queued {
  run: RunRecord;
  redone: boolean;
}

/**
 * Queues a run of a study and gives it its place there. A run is known by the hash of its task, so one that was queued
 * or done before is found again.
 * @param askedAt a run that had failed or was cancelled by then is queued again, and so is one that lost files of its
 *   result. Null: it stays as it is.
 */
export function enqueue(
  { storage, now }: Workbench,
  { id, spec }: QueuedStudy,
  { task, label, priority, role, model }: PlannedRun,
  { askedAt }: { askedAt: number | null },
): Queued {
  const engine = pinnedEngine(spec);
  const seed = 'seed' in task ? task.seed : null;
  const key = taskKey(spec, task);
  return storage.transaction(() => {
    const isNew = storage.runs.byKey(key) === undefined;
    const run = storage.runs.ensure({ key, kind: task.kind, label, task, seed, priority, engine }, now());
    if (isNew) storage.placements.placeRuns([run.id], storage.placements.placeOf(id));
    const place = model && { modelName: model.name, group: model.group, repeat: model.repeat ?? 0, seed: model.seed };
    storage.studyRuns.link(id, role, run.id, place, now());
    const isUndone = run.state === 'failed' || run.state === 'cancelled';
    if (askedAt !== null && isUndone && (run.endedAt ?? 0) <= askedAt) storage.runs.retry(run.id, now());
    const redone = askedAt !== null && run.result !== null && isLost(run.result, storage.blobs);
    if (redone) storage.runs.redo(run.id, now());
    return { run: storage.runs.get(run.id) ?? run, redone };
  });
}

const isLost = (result: RunResult, blobs: BlobStore): boolean => resultFiles(result).some((hash) => !blobs.has(hash));

function resultFiles(result: RunResult): string[] {
  switch (result.kind) {
    case 'classifier':
      return result.snapshots.map(({ weights }) => weights);
    case 'generator':
      return [result.weights];
    case 'candidates':
      return [result.candidates];
    case 'stimuli':
      return [result.original.pixels, result.model.pixels];
    case 'predictions':
      return [result.softmax, result.labels];
    default:
      return contributedFiles(result);
  }
}

/** Trainings of a study's models; empty while its data set was never read. The next start then queues them. */
export function planModelRuns(workbench: Workbench, study: StudyRecord): PlannedRun[] {
  const dataSet = declaredDataSet(workbench, study);
  return dataSet
    ? planTraining(study.spec, dataSet.hash, workbench.storage.studies.sections).filter(({ model }) => model !== null)
    : [];
}

/** Queues models without a run, so that the table shows them and workers take them; gives the runs' ids. */
export async function queueModels(workbench: Workbench, study: StudyRecord): Promise<number[]> {
  const { storage } = workbench;
  const filled = new Set(storage.studyRuns.list(study.id).map(({ role }) => role));
  const missing = planModelRuns(workbench, study).filter(({ role }) => !filled.has(role));
  const ids: number[] = [];
  const steps = forEachStep(missing, (planned) =>
    ids.push(enqueue(workbench, study, planned, { askedAt: null }).run.id),
  );
  await runInBatches(steps, { transaction: (batch) => storage.transaction(batch) });
  return ids;
}

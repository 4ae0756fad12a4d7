import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunDetails } from '../../contract/api/runs.ts';
import type { Cost } from '../../contract/api/studies.ts';
import type { ClassifierResult } from '../../contract/runs/run.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import { forecast, standingOf } from '../estimates/forecast.ts';
import { toCost } from '../estimates/study-cost.ts';
import type { Tools } from '../tools/tools.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { findRun } from '../workbench/find.ts';
import { pauseNow } from '../workbench/settings.ts';
import { covered, toRunRow } from './table.ts';

/** Bytes of a run's output that are shown, from its end. */
const shownOutput = 32 * 1024;

/** Everything about one run. @throws UserError `run.not-found` */
export function runDetails(
  { workbench, jobs, settings }: Pick<Tools, 'workbench' | 'jobs' | 'settings'>,
  id: number,
): RunDetails {
  const { storage, now } = workbench;
  const run = findRun(workbench, id);
  const [row] = storage.runTable.rows(null, [id], now());
  if (!row) throw new Error(`run ${id} has no row`);
  const places = storage.runTable.places(id);
  const working = places.some(({ study, role }) => covered(jobs, study)(role));
  const { result } = run;
  const isClassifier = result?.kind === 'classifier';
  return {
    row: toRunRow({ workbench, settings }, row, working, pauseNow({ workbench, settings })),
    task: run.task,
    key: run.key,
    pinned: run.engine,
    attempts: storage.runHistory.attempts(id).map(({ checkpoint: _, ...attempt }) => attempt),
    snapshots: storage.runHistory
      .snapshots(id)
      .map((snapshot) => ({ ...snapshot, bytes: blobSize(workbench, snapshot.weights) })),
    missed: isClassifier ? result.missed : [],
    cost: isClassifier ? trainingCost(result) : null,
    checkpoints: storage.runHistory
      .checkpoints(id)
      .map(({ step, hash }) => ({ step, hash, bytes: blobSize(workbench, hash) })),
    series: storage.runHistory.series(id),
    log: storage.runHistory.log(id),
    output: readEnd(join(storage.folder, 'logs', `run-${id}.log`)),
    retryCost: retryCost({ workbench, settings }, run),
    failure: run.failure,
    places,
  };
}

function trainingCost({ steps, trainMs, looks, imagesLooked, lookMs }: ClassifierResult): RunDetails['cost'] {
  return { steps, trainMs, evaluations: looks, imagesEvaluated: imagesLooked, evaluationMs: lookMs };
}

function blobSize({ storage }: Workbench, hash: string): number | null {
  return statSync(storage.blobs.path(hash), { throwIfNoEntry: false })?.size ?? null;
}

function readEnd(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(file);
    const length = Math.min(size, shownOutput);
    const buffer = Buffer.alloc(length);
    readSync(file, buffer, 0, length, size - length);
    return buffer.toString('utf8');
  } finally {
    closeSync(file);
  }
}

/** What remains of a training that failed or was cancelled: it resumes from its last checkpoint. Null for other runs. */
function retryCost(tools: Pick<Tools, 'workbench' | 'settings'>, { state, task, progress }: RunRecord): Cost | null {
  if (state !== 'failed' && state !== 'cancelled') return null;
  if (task.kind !== 'classifier' && task.kind !== 'generator') return null;
  const here = forecast(tools, tools.workbench.storage.dataSets.get(task.dataSetHash));
  return toCost(here.training(task.recipe, standingOf({ state, progress })));
}

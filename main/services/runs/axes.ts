import type { RunAxis } from '../../contract/api/runs.ts';
import { heldOutEvery } from '../../domain/networks/trainable.ts';
import { stepsPerEpoch } from '../../training/data/batches.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import { findRun } from '../workbench/find.ts';
import type { Workbench } from '../workbench/workbench.ts';

/** What turns a run's steps into epochs and time. @throws UserError `run.not-found` */
export function runAxis(workbench: Workbench, id: number): RunAxis {
  const run = findRun(workbench, id);
  const { task } = run;
  const count = task.kind === 'classifier' ? trainedOn(workbench, task) : undefined;
  const isKnown = task.kind === 'classifier' && count !== undefined && count >= task.recipe.batch;
  return {
    run: id,
    stepsPerEpoch: isKnown ? stepsPerEpoch(count, task.recipe.batch) : null,
    clock: clockOf(workbench, run),
  };
}

/** Number of images that it trains on; undefined: not known. Held-out ones may be fewer by one a class. */
function trainedOn(
  { storage }: Workbench,
  { dataSetHash, recipe: { landing } }: Extract<RunRecord['task'], { kind: 'classifier' }>,
): number | undefined {
  const count = storage.dataSets.get(dataSetHash)?.trainCount;
  return count !== undefined && landing === 'validation' ? count - Math.floor(count / heldOutEvery) : count;
}

/**
 * Steps whose time is known, and what workers had spent on the run then, in milliseconds: starts of attempts,
 * checkpoints, snapshots and the last step. Neither falls along the list.
 */
function clockOf(
  { storage, now }: Workbench,
  { id, task, progress, result, heartbeatAt }: RunRecord,
): RunAxis['clock'] {
  const landsLater = task.kind === 'classifier' && task.recipe.landing === 'trend';
  const moments = storage.runHistory.moments(id).filter(({ of }) => of === 'checkpoint' || !landsLater);
  const points: [number, number][] = [];
  let spent = 0;
  for (const { claimedAt, startedAt, endedAt, resumedAt } of storage.runHistory.attempts(id)) {
    const end = endedAt ?? heartbeatAt ?? now();
    const time = (at: number): number => spent + Math.max(0, at - claimedAt);
    if (startedAt !== null) points.push([resumedAt ?? 0, time(startedAt)]);
    for (const { step, at } of moments) if (at >= claimedAt && at <= end) points.push([step, time(at)]);
    spent += Math.max(0, end - claimedAt);
  }
  const last = result?.kind === 'classifier' ? result.steps : progress?.done;
  if (last !== undefined && points.length > 0) points.push([last, spent]);
  return rising(points);
}

/** Points in order of time, without those whose step lies before an earlier one's: what was done again. */
function rising(points: readonly [number, number][]): [number, number][] {
  const kept: [number, number][] = [];
  for (const point of points.toSorted((a, b) => a[1] - b[1] || a[0] - b[0])) {
    const before = kept.at(-1);
    if (!before || point[0] > before[0]) kept.push(point);
    else if (point[0] === before[0]) before[1] = point[1];
  }
  return kept;
}

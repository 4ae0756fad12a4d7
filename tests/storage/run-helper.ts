import type { WorkerEvent } from '../../main/contract/runs/run.ts';
import type { Storage } from '../../main/storage/open.ts';
import { classifierTask, newRun } from '../executors/counting-tasks.ts';
import { environment, hash } from './records.ts';
import type { Target } from '../../main/contract/recipes/recipes.ts';

const engine = { name: 'wasm' as const, versions: { tfjs: '4' }, device: 'cpu' };
export const started = { type: 'started' as const, engine, pid: 42, resumedAt: 0 } satisfies WorkerEvent;

export function snapshot(target: Target, weights = hash(1)) {
  return { target, step: 7, errors: 250, testCount: 10_000, accuracy: 97.5, weights };
}

export function classifierResult(targets: number[]): WorkerEvent {
  const snapshots = targets.map((target) => snapshot(target));
  const counts = { steps: 9, looks: 3, fullLooks: 1, imagesLooked: 30, trainMs: 1, lookMs: 1 };
  return { type: 'done', result: { kind: 'classifier', snapshots, missed: [], ...counts } };
}

/** Queues the task and has it claimed; gives the run. */
export function running(storage: Storage, task = classifierTask(1)): number {
  const { id } = storage.runs.ensure(newRun(task), 1);
  storage.runs.claimNext(['wasm'], environment, 2);
  return id;
}

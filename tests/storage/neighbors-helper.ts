import type { ModelRole } from '../../main/contract/runs/run.ts';
import { classifierTask, newRun } from '../executors/counting-tasks.ts';
import { study } from './records.ts';
import { temporaryStorage } from './storage-helper.ts';

export const model = (seed: number, group: ModelRole['group'] = 'diverse'): ModelRole => ({
  modelName: 'MLP',
  group,
  repeat: 0,
  seed,
});

/** A storage with the studies a and b, and what queues a run in it. */
export function withNeighbors() {
  const storage = temporaryStorage();
  const a = storage.studies.put('a', { ...study('A'), name: 'a' }, 10);
  const b = storage.studies.put('b', { ...study('B'), name: 'b' }, 20);
  const queue = (seed: number, priority = 0): number =>
    storage.runs.ensure(newRun(classifierTask(seed), { priority }), seed).id;
  return { storage, a, b, queue };
}

export type Neighbors = ReturnType<typeof withNeighbors>;

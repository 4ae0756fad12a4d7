import type { DataSetSource } from '../../../main/contract/studies/study.ts';
import { runKey } from '../../../main/domain/plans/identity.ts';
import type { NewRun } from '../../../main/storage/runs/runs.ts';
import type { Storage } from '../../../main/storage/open.ts';
import { longTraining } from './cluster-setup.ts';

/** What a host of a campaign is to do: a training of `epochs` for every seed. */
export interface Campaign {
  small: { dataSet: DataSetSource; dataSetHash: string };
  seeds: number[];
  epochs: number;
  clocks: { readEvery: number; askEvery: number; patience: number; settle: number };
}

/** The training of one seed. */
export function campaignRun(small: Campaign['small'], seed: number, epochs: number): NewRun {
  const task = longTraining(small, seed, epochs);
  return {
    key: runKey(task, 'wasm'),
    kind: task.kind,
    label: `MLP, seed ${seed}`,
    task,
    seed,
    priority: 0,
    engine: 'wasm',
  };
}

/** All of a run that does not depend on when and where it ran: its result, the bytes of its snapshots, its history. */
export function outcome(storage: Storage, id: number) {
  const { result } = storage.runs.get(id) ?? {};
  const { runHistory: history } = storage;
  return {
    result: result?.kind === 'classifier' ? { ...result, trainMs: 0, lookMs: 0 } : result,
    snapshots: history.snapshots(id),
    weights: history.snapshots(id).map(({ weights }) => storage.blobs.get(weights).length),
    metrics: history.series(id).map((series) => [series, history.metrics(id, series)]),
  };
}

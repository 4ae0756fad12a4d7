import { UserError } from '../../../contract/wire/errors.ts';
import type { Task } from '../../../contract/runs/run.ts';
import { isPrepared, sourceName, sourcePaths } from '../../../domain/data/data-sources.ts';
import { canonicalJson } from '../../../domain/plans/identity.ts';
import type { BlobStore } from '../../../files/blobs.ts';
import type { DataSet } from '../data-set.ts';
import { loadDataSet } from './load-data-set.ts';
import { readPrepared } from './prepared.ts';

export type TrainingTask = Extract<Task, { kind: 'classifier' | 'generator' }>;

let lastLoaded: { key: string; data: DataSet } | undefined;

/**
 * The data set of a training task, checked against the hash recorded when the run was planned: from the blob of a
 * prepared set, else from its files. A worker keeps the last one in memory, as its next task probably needs it again.
 * Paths of files are absolute, or relative to the worker's working directory.
 * @throws UserError `data-set.changed`, `data-set.not-prepared` and those of `loadDataSet`
 */
export function loadTaskDataSet(
  { dataSet, dataSetHash }: Pick<TrainingTask, 'dataSet' | 'dataSetHash'>,
  blobs: BlobStore,
): DataSet {
  const key = canonicalJson([dataSet, dataSetHash]);
  if (lastLoaded?.key === key) return lastLoaded.data;
  const isStored = isPrepared(dataSet) || blobs.has(dataSetHash);
  const data = isStored ? readPrepared(dataSet, dataSetHash, blobs) : loadDataSet(dataSet, process.cwd(), dataSetHash);
  if (data.hash !== dataSetHash) {
    throw new UserError(
      'data-set.changed',
      'The data set has changed since this run was planned',
      sourcePaths(dataSet)[0]?.path ?? sourceName(dataSet),
      'Restore the original files, or start the study again to plan it with the new ones.',
    );
  }
  lastLoaded = { key, data };
  return data;
}

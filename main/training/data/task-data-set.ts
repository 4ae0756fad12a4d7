import { UserError } from '../../contract/errors.ts';
import type { Task } from '../../contract/run.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { type DataSet, loadDataSet } from './data-set.ts';

type TrainingTask = Extract<Task, { kind: 'classifier' | 'generator' }>;

let loaded: { key: string; data: DataSet } | undefined;

/**
 * The data set of a training task, checked against the hash that the task was planned with. A worker keeps the last one
 * in memory, as its next task is likely to need it again. Paths of IDX files are absolute by now, or relative to the
 * worker's folder.
 * @throws UserError `data-set.changed` and those of `loadDataSet`
 */
export function loadTaskDataSet({ dataSet, dataSetHash }: Pick<TrainingTask, 'dataSet' | 'dataSetHash'>): DataSet {
  const key = canonicalJson([dataSet, dataSetHash]);
  if (loaded?.key === key) return loaded.data;
  const fresh = loadDataSet(dataSet, process.cwd(), dataSetHash);
  if (fresh.hash !== dataSetHash) {
    throw new UserError({
      code: 'data-set.changed',
      what: 'The data set is not the one that this run was planned with',
      where: dataSet.source === 'mnist' ? 'MNIST' : dataSet.trainImages,
      remedy: 'Bring the original files back, or start the study again to plan it with the new ones.',
    });
  }
  loaded = { key, data: fresh };
  return fresh;
}

import { isPrepared, sourceClasses, withPaths } from '../../domain/data-sources.ts';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DataSetSource } from '../../contract/study.ts';
import { canonicalJson } from '../../domain/identity.ts';
import type { DataSetRecord, StudyRecord, StudyRun } from '../../storage/index.ts';
import { loadDataSet } from '../../training/data/data-set.ts';
import type { Workbench } from '../tools/workbench.ts';

/** The declared data set if it was read before, for the study's runs or from the same files. */
export function declaredDataSet({ storage }: Workbench, { id, spec }: StudyRecord): DataSetRecord | undefined {
  if (isPrepared(spec.dataSet)) return storage.dataSets.bySource(spec.dataSet);
  const source = canonicalJson(spec.dataSet);
  for (const { runId, kind } of storage.studyRuns.list(id)) {
    if (kind !== 'classifier' && kind !== 'generator') continue;
    const task = storage.runs.get(runId)?.task;
    if (task && 'dataSetHash' in task && canonicalJson(task.dataSet) === source) {
      return storage.dataSets.get(task.dataSetHash);
    }
  }
  return storage.dataSets.bySource(spec.dataSet);
}

/** Reads a data set's files, without keeping the pixels. @throws UserError `idx.*`, `data-set.*`, `mnist.*`, `file.*` */
export function describeDataSet(source: DataSetSource, folder: string): DataSetRecord {
  const { train, test, classes, ...about } = loadDataSet(source, folder);
  return { ...about, classes: [...classes], trainCount: train.count, testCount: test.count, source };
}

/** Names of the study's classes, by label. Empty: known only once its images are read, which has not happened yet. */
export const classNames = (workbench: Workbench, study: StudyRecord): string[] => [
  ...(sourceClasses(study.spec.dataSet) ?? declaredDataSet(workbench, study)?.classes ?? []),
];

/** A data set of so many bytes is read in less than 50 ms. */
const smallDataSet = 8 * 2 ** 20;

/** Whether reading the data set would hold up the host. @param source with absolute paths */
export function isLarge(source: DataSetSource): boolean {
  if (source.source !== 'idx') return true;
  const { trainImages, testImages } = source;
  const bytes = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return bytes(trainImages) + bytes(testImages) > smallDataSet;
}

/** The same source with absolute paths. */
export const absoluteDataSet = (source: DataSetSource, folder: string): DataSetSource =>
  withPaths(source, (path) => resolve(folder, path));

/** The data set that the study's runs used; without runs, the declared one if it was read before. */
export function usedDataSet(
  { storage }: Workbench,
  { spec }: StudyRecord,
  links: readonly StudyRun[],
): DataSetRecord | undefined {
  const trained = links.find(({ kind }) => kind === 'classifier' || kind === 'generator');
  const task = trained && storage.runs.get(trained.runId)?.task;
  const used = task && 'dataSetHash' in task ? storage.dataSets.get(task.dataSetHash) : undefined;
  const declared = storage.dataSets.bySource(spec.dataSet);
  // The same images may have other names of classes where another study was the first to read them.
  return used && used.hash !== declared?.hash ? used : declared;
}

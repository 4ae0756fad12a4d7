import { UserError } from '../../contract/wire/errors.ts';
import { countClasses } from '../../domain/data/class-counts.ts';
import { isPrepared, sourceClasses, sourceName, uploadedName, withPaths } from '../../domain/data/data-sources.ts';
import { countHeldOut, type TrainingImages } from '../../domain/networks/trainable.ts';
import { resolve } from 'node:path';
import type { DataSetSource } from '../../contract/studies/study.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import type { ClassCounts, DataSetRecord } from '../../contract/api/data-sets.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import type { StudyRun } from '../../storage/study-runs.ts';
import { preparedLabels } from '../../training/data/load/prepared.ts';
import type { Workbench } from '../workbench/workbench.ts';

/** The data set that a run took, with the names that its source gives. */
export function takenDataSet(
  { storage: { dataSets } }: Workbench,
  { dataSet, dataSetHash }: { readonly dataSet: DataSetSource; readonly dataSetHash: string },
): DataSetRecord | undefined {
  const read = dataSets.fromSource(dataSetHash, dataSet);
  if (read) return read;
  const taken = dataSets.get(dataSetHash);
  const classes = [...(sourceClasses(dataSet) ?? taken?.classes ?? [])];
  return taken && { ...taken, name: sourceName(dataSet), classes, source: dataSet };
}

/**
 * The declared data set if it was read before: the one that the study's runs took from this source, else what was last read
 * from it. A study keeps its images even if its source has changed since and was read again.
 */
export function declaredDataSet(
  workbench: Workbench,
  { id, spec }: Pick<StudyRecord, 'id' | 'spec'>,
  links?: readonly StudyRun[],
): DataSetRecord | undefined {
  return trainedDataSet(workbench, { id, spec }, links) ?? workbench.storage.dataSets.bySource(spec.dataSet);
}

/** Images of each class, as they were counted when its files were read, or by the labels of the stored set; null: unknown. */
export function imagesOfClasses(
  { storage: { blobs } }: Pick<Workbench, 'storage'>,
  { hash, classes, classCounts }: DataSetRecord,
): ClassCounts | null {
  if (classCounts) return classCounts;
  const labels = preparedLabels(hash, blobs);
  return labels && countClasses(labels, classes.length);
}

/** What of a data set decides which recipes can be trained on it. */
export function trainingImages(workbench: Pick<Workbench, 'storage'>, record: DataSetRecord): TrainingImages {
  const { width, height, trainCount, testCount } = record;
  const counts = imagesOfClasses(workbench, record);
  return { width, height, trainCount, testCount, heldOut: counts && countHeldOut(counts.train) };
}

/** The data set that the study's runs took from its declared source; undefined: none has. */
export function trainedDataSet(
  workbench: Workbench,
  { id, spec }: Pick<StudyRecord, 'id' | 'spec'>,
  links?: readonly StudyRun[],
): DataSetRecord | undefined {
  const { storage } = workbench;
  const source = canonicalJson(spec.dataSet);
  for (const { runId, kind } of links ?? storage.studyRuns.list(id)) {
    if (kind !== 'classifier' && kind !== 'generator') continue;
    const task = storage.runs.get(runId)?.task;
    if (task && 'dataSetHash' in task && canonicalJson(task.dataSet) === source) return takenDataSet(workbench, task);
  }
  return undefined;
}

/**
 * Names of the study's classes, by label. Where neither the declaration nor its images give them, those of the images that
 * its runs took, or of its stimuli: the path may have changed since. Empty: known only once its images are read.
 */
export function classNames(workbench: Workbench, study: StudyRecord): string[] {
  const declared = sourceClasses(study.spec.dataSet);
  if (declared) return [...declared];
  const { studyRuns, studies, stimulusSets } = workbench.storage;
  const used = usedDataSet(workbench, study, studyRuns.list(study.id));
  const set = used ? undefined : studies.stimuli(study.id);
  return [...((used ?? (set === undefined ? undefined : stimulusSets.header(set)))?.classes ?? [])];
}

/** A path of a study file in a folder, unless it stands for an upload. */
export const absolutePath = (path: string, folder: string): string =>
  uploadedName(path) === null ? resolve(folder, path) : path;

/** The source with absolute paths. */
export const absoluteDataSet = (source: DataSetSource, folder: string): DataSetSource =>
  withPaths(source, (path) => absolutePath(path, folder));

/** The images of a new study are not in the data folder as its source says. */
export const notRead = (where: string): UserError =>
  new UserError(
    'new-study.not-read',
    'The images have not been read yet in this form',
    where,
    'Read the images first.',
  );

/**
 * The images of a source, if they are in the data folder in this form, for a study that is made of them.
 * @throws UserError `new-study.not-read`
 */
export function readDataSet({ storage }: Pick<Workbench, 'storage'>, source: DataSetSource): DataSetRecord {
  const record = storage.dataSets.bySource(source);
  if (record && (!isPrepared(source) || storage.blobs.touch(record.hash))) return record;
  throw notRead(sourceName(source));
}

/** The data set that the study's runs used; without runs, the declared one if it was read before. */
export function usedDataSet(
  workbench: Workbench,
  study: StudyRecord,
  links: readonly StudyRun[],
): DataSetRecord | undefined {
  const { storage } = workbench;
  const trained = links.find(({ kind }) => kind === 'classifier' || kind === 'generator');
  const task = trained && storage.runs.get(trained.runId)?.task;
  const used = task && 'dataSetHash' in task ? storage.dataSets.get(task.dataSetHash) : undefined;
  const declared = declaredDataSet(workbench, study, links);
  // Where another study was the first to read the images, the record may have its names of the classes.
  return used && used.hash !== declared?.hash ? used : declared;
}

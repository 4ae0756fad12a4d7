import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { UserError } from '../../contract/wire/errors.ts';
import type { DataSetSource } from '../../contract/studies/study.ts';
import {
  isPrepared,
  sourceName,
  sourcePaths,
  type SourcePath,
  uploadedName,
  withPaths,
} from '../../domain/data/data-sources.ts';
import { declaredDataSet } from '../declaration/data-set.ts';
import { checkStudy } from '../declaration/study-file.ts';
import { kindTitle, type SourceKind } from '../workbench/data-sources.ts';
import { findStudy } from '../workbench/find.ts';
import type { Tools } from '../tools/tools.ts';
import type { Workbench } from '../workbench/workbench.ts';

type Is = SourceKind['path']['is'];

interface DataSetFile {
  file: SourcePath['key'];
  path: string;
}

function isThere(path: string, is: Is): boolean {
  const status = statSync(path, { throwIfNoEntry: false });
  return (is !== 'folder' && status?.isFile()) || (is !== 'file' && status?.isDirectory()) || false;
}

const idxLabels: Readonly<Record<string, string>> = {
  trainImages: 'Training images',
  trainLabels: 'Training labels',
  testImages: 'Test images',
  testLabels: 'Test labels',
};

/** The paths of a source, and what a person calls each. */
function describedPaths({ dataSources }: Pick<Workbench, 'dataSources'>, dataSet: DataSetSource) {
  const { label, is }: SourceKind['path'] = isPrepared(dataSet)
    ? (dataSources?.describe(dataSet).path ?? { label: 'Path', is: 'any' })
    : { label: '', is: 'file' };
  return sourcePaths(dataSet).map(({ key, path }) => ({ key, path, label: idxLabels[key] ?? label, is }));
}

/** Where a study's images are read from; no files for MNIST, which comes with the product. @throws UserError `study.not-found` */
export function dataSetFiles({ workbench }: Pick<Tools, 'workbench'>, name: string) {
  const study = findStudy(workbench, name);
  const { storage } = workbench;
  const { dataSet } = study.spec;
  const files = describedPaths(workbench, dataSet).map(({ key, label, is, path }) => ({
    file: key,
    label,
    path,
    uploaded: uploadedName(path),
    found: uploadedName(path) === null && isThere(resolve(storage.folder, path), is),
  }));
  const record = isPrepared(dataSet) ? declaredDataSet(workbench, study) : undefined;
  const isStored = record !== undefined && storage.blobs.has(record.hash);
  return { name: sourceName(dataSet), kind: kindTitle(workbench, dataSet), isStored, files };
}

/** Changes where the images are read from. @throws UserError `study.not-found`, `data-set.no-file`, `data-set.fixed` */
export function changeDataSet(
  { workbench, changes }: Pick<Tools, 'workbench' | 'changes'>,
  study: string,
  files: readonly DataSetFile[],
): void {
  const { spec } = findStudy(workbench, study);
  const known = describedPaths(workbench, spec.dataSet);
  if (known.length === 0) throw fixed(study);
  const wanted = new Map(files.map(({ file, path }) => [file, path]));
  const missing = known.find(({ key, path, is }) => {
    const changed = wanted.get(key) ?? path;
    return !isAbsolute(changed) || !isThere(changed, is);
  });
  if (missing) throw noFile(wanted.get(missing.key) ?? missing.path, missing.is);
  const dataSet = withPaths(spec.dataSet, (path, key) => wanted.get(key) ?? path);
  const changed = checkStudy({ ...spec, dataSet }, `study ${study}`, workbench.storage.studies.sections);
  workbench.storage.studies.put(study, changed, workbench.now());
  changes.publish('studies');
}

const nothingThere: Record<Is, string> = { file: 'file', folder: 'folder', any: 'file or folder' };

const noFile = (path: string, is: Is): UserError =>
  new UserError(
    'data-set.no-file',
    `There is no ${nothingThere[is]} at one of the paths`,
    path,
    `Enter the full path of an existing ${nothingThere[is]} on this machine.`,
  );

const fixed = (study: string): UserError =>
  new UserError(
    'data-set.fixed',
    'MNIST comes with the product, so its paths cannot change',
    `study ${study}`,
    'To use other images, create a study from a file that names them.',
  );

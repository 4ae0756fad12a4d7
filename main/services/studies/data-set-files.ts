import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import type { DataSetSource } from '../../contract/study.ts';
import { checkStudy } from '../declaration/study-file.ts';
import { findStudy } from '../tools/find.ts';
import type { Tools } from '../tools/tools.ts';

const fileNames = ['trainImages', 'trainLabels', 'testImages', 'testLabels'] as const;

interface DataSetFile {
  file: (typeof fileNames)[number];
  path: string;
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

const filesOf = (source: DataSetSource): DataSetFile[] =>
  source.source === 'mnist' ? [] : fileNames.map((file) => ({ file, path: source[file] }));

/** The files that a study's images are read from; none for MNIST, which comes with the product. @throws UserError `study.not-found` */
export function dataSetFiles({ workbench }: Pick<Tools, 'workbench'>, study: string) {
  const { dataSet } = findStudy(workbench, study).spec;
  const files = filesOf(dataSet).map((each) => ({
    ...each,
    found: isFile(resolve(workbench.storage.folder, each.path)),
  }));
  return { name: dataSet.source === 'mnist' ? 'MNIST' : dataSet.name, files };
}

/** Changes where the images are read from. @throws UserError `study.not-found`, `data-set.no-file`, `data-set.fixed` */
export function changeDataSet(
  { workbench, changes }: Pick<Tools, 'workbench' | 'changes'>,
  study: string,
  files: readonly DataSetFile[],
): void {
  const { spec } = findStudy(workbench, study);
  if (spec.dataSet.source === 'mnist') throw fixed(study);
  const missing = files.find(({ path }) => !isAbsolute(path) || !isFile(path));
  if (missing) throw noFile(missing.path);
  const paths = Object.fromEntries(files.map(({ file, path }) => [file, path]));
  const changed = checkStudy({ ...spec, dataSet: { ...spec.dataSet, ...paths } }, `study ${study}`);
  workbench.storage.studies.put(study, changed, workbench.now());
  changes.publish('studies');
}

const noFile = (path: string): UserError =>
  new UserError({
    code: 'data-set.no-file',
    what: 'There is no file at one of the paths',
    where: path,
    remedy: 'Enter the full path of an existing file on this machine.',
  });

const fixed = (study: string): UserError =>
  new UserError({
    code: 'data-set.fixed',
    what: 'MNIST comes with the product, so its paths cannot change',
    where: `study ${study}`,
    remedy: 'To use other images, create a study from a file that names them.',
  });

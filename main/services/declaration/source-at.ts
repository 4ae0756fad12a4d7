import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import type { DataSetSource, Study } from '../../contract/study.ts';
import {
  isPrepared,
  sourceKinds,
  sourceName,
  type SourceOf,
  sourcePaths,
  withPaths,
} from '../../domain/data-sources.ts';
import { type FilesAt, filesAt } from '../../training/data/sources/files-at.ts';

/**
 * The study on files that lie elsewhere, e.g. a preset on a user's copy of its data set. An image folder and CIFAR's
 * binary files may stand for each other.
 * @param path absolute; a folder, or a file
 * @throws UserError as `filesAt`; `data-set.fixed`, `data-set.other-kind`
 */
export function withDataSetAt(study: Study, path: string): Study {
  const { dataSet } = study;
  if (dataSet.source === 'mnist') {
    throw new UserError(
      'data-set.fixed',
      `The study ${study.name} uses MNIST, which comes with the product`,
      path,
      'Leave out the data set, or make a study of these images: boundary study new --from PATH.',
    );
  }
  return { ...study, dataSet: at(dataSet, filesAt(path), path) };
}

function at(declared: Exclude<DataSetSource, { source: 'mnist' }>, found: FilesAt, path: string): DataSetSource {
  if (found.source === 'idx' && declared.source === 'idx') return { ...declared, ...found };
  if (found.source !== 'idx' && found.source === declared.source) return withPaths(declared, () => found.path);
  if (declared.source === 'cifar' && found.source === 'folder') {
    const { name, take, classes } = declared;
    // By name: folders may have another order than labels.
    return { ...cifarAsFolder, name, path: found.path, folders: take ?? classes, classes: null };
  }
  if (declared.source === 'folder' && found.source === 'cifar' && isCifarsSize(declared) && declared.classes === null) {
    const { name, folders } = declared;
    return {
      source: 'cifar',
      name,
      path: found.path,
      labels: 'fine',
      classes: null,
      ...(folders && { take: folders }),
    };
  }
  const [wanted, is] = [sourceKinds[declared.source].title, sourceKinds[found.source].title];
  throw new UserError(
    'data-set.other-kind',
    `This is of the kind “${is}”, and the study reads the kind “${wanted}”`,
    path,
    `Choose ${isPrepared(declared) ? 'the folder or file' : 'the folder'} of ${declared.name}, or make a study of these images: boundary study new --from PATH.`,
  );
}

const isCifarsSize = ({ width, height, channels }: SourceOf<'folder'>): boolean =>
  width === 32 && height === 32 && channels === 3;

const cifarAsFolder: Omit<SourceOf<'folder'>, 'name' | 'path' | 'folders' | 'classes'> = {
  source: 'folder',
  channels: 3,
  width: 32,
  height: 32,
  resize: 'pad',
  background: '#000000',
  split: { testShare: 0.2, seed: 1 },
};

/** Whether the images of a preset lie where it says: MNIST always does. Others have a usual place, or none. */
export const isDataSetThere = ({ dataSet }: Pick<Study, 'dataSet'>): boolean =>
  sourcePaths(dataSet).every(({ path }) => isAbsolute(path) && statSync(path, { throwIfNoEntry: false }) !== undefined);

/** The product comes without these images. @throws UserError `study.needs-data-set` */
export function requireDataSet({ study }: { study: Study }): void {
  if (isDataSetThere(study)) return;
  const name = sourceName(study.dataSet);
  const [first] = sourcePaths(study.dataSet);
  const isUsual = first !== undefined && isAbsolute(first.path);
  throw new UserError(
    'study.needs-data-set',
    `The preset ${study.name} needs the images of ${name}, which the product does not contain`,
    isUsual ? first.path : `preset ${study.name}`,
    `Name their folder: --data-set FOLDER on the command line, or “Images” in the form of a new study.${study.name === 'fashion' ? ' Debian and Ubuntu have them as the package dataset-fashion-mnist.' : ''}`,
  );
}

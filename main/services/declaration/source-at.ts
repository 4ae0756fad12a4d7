import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { UserError } from '../../contract/wire/errors.ts';
import type { Study } from '../../contract/studies/study.ts';
import { sourceName, sourcePaths } from '../../domain/data/data-sources.ts';
import { idxIn } from '../../training/data/sources/idx-folder.ts';
import { type DataSources, noReader } from '../workbench/data-sources.ts';

/**
 * The study on files that lie elsewhere, e.g. a preset on a user's copy of its data set.
 * @param path absolute; a folder, or a file
 * @throws UserError `data-set.*`, `file.*`
 */
export function withDataSetAt(
  { dataSources = null }: { readonly dataSources?: DataSources | null | undefined },
  study: Study,
  path: string,
): Study {
  const { dataSet } = study;
  if (dataSet.source === 'mnist') {
    throw new UserError(
      'data-set.fixed',
      `The study ${study.name} uses MNIST, which comes with the product`,
      path,
      'Leave out the data set, or make a study of these images: boundary study new --from PATH.',
    );
  }
  const idx = dataSet.source === 'idx' ? idxIn(path) : null;
  if (dataSet.source === 'idx' && idx) return { ...study, dataSet: { ...dataSet, ...idx } };
  if (!dataSources) throw noReader(dataSet);
  return { ...study, dataSet: dataSources.moved(dataSet, path) };
}

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

import type { DataSetSource } from '../../../contract/studies/study.ts';
import type { IdxSet } from './idx/idx.ts';
import { locateMnist } from './mnist.ts';

/**
 * The IDX files that every training reads a source from; null: it is prepared, and index.ts reads it. A module of its own, as
 * hosts use it and load no other reader.
 * @param source with absolute paths @throws UserError `mnist.missing`
 */
export function idxFiles(source: DataSetSource): IdxSet | null {
  if (source.source === 'mnist') return locateMnist();
  if (source.source !== 'idx') return null;
  const { name, classes, trainImages, trainLabels, testImages, testLabels } = source;
  return {
    name,
    classes,
    files: {
      trainImages: { path: trainImages },
      trainLabels: { path: trainLabels },
      testImages: { path: testImages },
      testLabels: { path: testLabels },
    },
  };
}

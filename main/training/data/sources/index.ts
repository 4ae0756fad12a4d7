import type { DataSetSource } from '../../../contract/study.ts';
import type { IdxSet } from './idx.ts';
import { locateMnist } from './mnist.ts';
import type { SourceReader, SourceReaders } from './source.ts';

/** How each kind of source is read; `sourceKinds` in main/domain/data-sources.ts describes them. */
export const sources: SourceReaders = {
  mnist: { locate: () => locateMnist() },
  idx: {
    locate: ({ name, classes, trainImages, trainLabels, testImages, testLabels }): IdxSet => ({
      ...{ name, classes },
      files: {
        trainImages: { path: trainImages },
        trainLabels: { path: trainLabels },
        testImages: { path: testImages },
        testLabels: { path: testLabels },
      },
    }),
  },
  folder: null,
  npz: null,
  cifar: null,
};

/** The IDX files that a source is read from; null: it is prepared as a blob. @param source with absolute paths */
export function idxFiles(source: DataSetSource): IdxSet | null {
  // Every entry takes sources of its own kind.
  const reader = sources[source.source] as SourceReader<DataSetSource> | null;
  return reader?.locate(source) ?? null;
}

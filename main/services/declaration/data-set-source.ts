import { resolve } from 'node:path';
import type { DataSetSource } from '../../contract/study.ts';

/** The same source with paths that hold wherever a worker process is started. */
export function absoluteDataSet(source: DataSetSource, folder: string): DataSetSource {
  if (source.source === 'mnist') return source;
  return {
    ...source,
    trainImages: resolve(folder, source.trainImages),
    trainLabels: resolve(folder, source.trainLabels),
    testImages: resolve(folder, source.testImages),
    testLabels: resolve(folder, source.testLabels),
  };
}

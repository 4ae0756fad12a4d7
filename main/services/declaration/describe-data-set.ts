import type { DataSetSource } from '../../contract/studies/study.ts';
import type { DataSetRecord } from '../../contract/api/data-sets.ts';
import { countClasses } from '../../domain/data/class-counts.ts';
import { loadDataSet } from '../../training/data/load/load-data-set.ts';

/** Reads a data set's files, without keeping the pixels. @throws UserError `idx.*`, `data-set.*`, `mnist.*`, `file.*` */
export function describeDataSet(source: DataSetSource, folder: string): DataSetRecord {
  const { train, test, classes, ...about } = loadDataSet(source, folder);
  const classCounts = countClasses({ train: train.labels, test: test.labels }, classes.length);
  return { ...about, classes: [...classes], trainCount: train.count, testCount: test.count, classCounts, source };
}

import type { DataSetSource } from '../../contract/studies/index.ts';
import { countLabels } from '../../domain/numbers/index.ts';
import { imageLength } from '../../domain/data/index.ts';
import type { BlobStore } from '../../files/index.ts';
import { loadTaskDataSet } from '../../training/data/load/index.ts';
import type { ClassPictures } from './contract/inspection.ts';
import { picturesOf, previewCounts } from './sources/pictures.ts';

const mostOfClass = 12;

/** Numbers of images of each class, by label, and some of the training images of each, evenly over the class. */
export function previewDataSet(
  source: DataSetSource,
  hash: string,
  blobs: BlobStore,
): { counts: { train: number; test: number }[]; preview: ClassPictures } {
  const data = loadTaskDataSet({ dataSet: source, dataSetHash: hash }, blobs);
  const { train, test, classes } = data;
  const length = imageLength(data);
  const ofClass = classes.map((): number[] => []);
  const inTrain = countLabels(train.labels, classes.length);
  // Images that others showed to people are test images alone.
  const from = train.count > 0 ? train : test;
  from.labels.forEach((label, index) => ofClass[label]?.push(index));
  const inTest = countLabels(test.labels, classes.length);
  const available = ofClass.map(({ length: count }) => count);
  const counts = previewCounts(available, length, mostOfClass);
  const shown = ofClass.map((indices, label) => {
    const count = counts[label] ?? 0;
    return Array.from({ length: count }, (_, k) => indices[Math.floor((k * indices.length) / count)] ?? 0);
  });
  return {
    counts: classes.map((_, label) => ({ train: inTrain[label] ?? 0, test: inTest[label] ?? 0 })),
    preview: picturesOf(from.images, shown, length),
  };
}

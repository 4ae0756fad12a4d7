import type { ReadyImages } from '../../contract/api/new-study.ts';
import type { DataSetSource } from '../../contract/study.ts';
import { imageLength } from '../../domain/images.ts';
import type { BlobStore } from '../../files/blobs.ts';
import { loadTaskDataSet } from './task-data.ts';

/** Most bytes of pixels in a preview, and most images of a class. */
const mostBytes = 2 ** 21;
const mostOfClass = 12;

/** Numbers of images of each class, by label, and some of the training images of each, evenly over the class. */
export function previewDataSet(
  source: DataSetSource,
  hash: string,
  blobs: BlobStore,
): { counts: { train: number; test: number }[] } & Pick<ReadyImages, 'preview'> {
  const data = loadTaskDataSet({ dataSet: source, dataSetHash: hash }, blobs);
  const { train, test, classes } = data;
  const length = imageLength(data);
  const ofClass = classes.map((): number[] => []);
  train.labels.forEach((label, index) => ofClass[label]?.push(index));
  const inTest = classes.map(() => 0);
  for (const label of test.labels) inTest[label] = (inTest[label] ?? 0) + 1;
  const most = Math.max(1, Math.min(mostOfClass, Math.floor(mostBytes / (length * classes.length))));
  const shown = ofClass.map((indices) => {
    const count = Math.min(most, indices.length);
    return Array.from({ length: count }, (_, k) => indices[Math.floor((k * indices.length) / count)] ?? 0);
  });
  const pixels = Buffer.concat(
    shown.flat().map((index) => train.images.subarray(index * length, (index + 1) * length)),
  ).toString('base64');
  return {
    counts: classes.map((_, label) => ({ train: ofClass[label]?.length ?? 0, test: inTest[label] ?? 0 })),
    preview: { pixels, labels: shown.flatMap((indices, label) => indices.map(() => label)) },
  };
}

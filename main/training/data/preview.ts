import type { ClassPictures } from '../../contract/api/data-sets.ts';
import type { DataSetSource } from '../../contract/study.ts';
import { countLabels } from '../../domain/arrays.ts';
import { imageLength, imagesAt } from '../../domain/images.ts';
import type { BlobStore } from '../../files/blobs.ts';
import { loadTaskDataSet } from './task-data.ts';

/** Most bytes of pixels in a preview: as many as one image of the largest size has, and some. */
const mostBytes = 2 ** 22;
const mostOfClass = 12;

/**
 * How many images of each class a preview has: of large images fewer, and of the last classes none.
 * @param available of each class @param length values of an image @param most of a class
 */
export function previewCounts(available: readonly number[], length: number, most: number): number[] {
  let room = Math.floor(mostBytes / length);
  const each = Math.min(most, Math.max(1, Math.floor(room / available.length)));
  return available.map((count) => {
    const shown = Math.min(each, count, room);
    room -= shown;
    return shown;
  });
}

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

/** The images at these places, class after class. @param shown places of each class @param length values of an image */
export const picturesOf = (
  images: Uint8Array,
  shown: readonly (readonly number[])[],
  length: number,
): ClassPictures => ({
  pixels: Buffer.from(imagesAt(images, length, shown.flat())).toString('base64'),
  labels: shown.flatMap((places, label) => places.map(() => label)),
});

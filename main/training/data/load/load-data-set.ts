import { resolve } from 'node:path';
import { formatNames } from '../../../domain/numbers/format.ts';
import type { DataSetSource } from '../../../contract/studies/study.ts';
import { sourceName, withPaths } from '../../../domain/data/data-sources.ts';
import { checkedStatistics, type DataSet, dataError, hashDataSet, type LabeledImages } from '../data-set.ts';
import { type IdxImages, type IdxSet, readFirstIdxImages, readIdxImages, readIdxLabels } from '../sources/idx/idx.ts';
import { idxFiles } from '../sources/located.ts';

/**
 * Loads a data set into memory and validates it. MNIST takes about a fifth of a second; half of that with `knownHash`,
 * as the published checksums then need no check.
 * @param baseFolder resolves the relative paths of an IDX source: the folder of the study file.
 * @param knownHash hash of this data set when its files were last compared with the published checksums.
 * @throws UserError `idx.*`, `data-set.*`, `mnist.*` or `file.*`, naming the file.
 */
export function loadDataSet(source: DataSetSource, baseFolder: string, knownHash?: string): DataSet {
  return loadIdxFiles(originals(withPaths(source, (path) => resolve(baseFolder, path))), knownHash);
}

function originals(source: DataSetSource): IdxSet {
  const files = idxFiles(source);
  if (files) return files;
  throw dataError(
    'not-prepared',
    'The images of this data set have not been read yet',
    sourceName(source),
    'Start the study again: it reads them first.',
  );
}

/** The first training images, for a preview. IDX paths are absolute. @throws UserError `idx.*`, `mnist.*`, `file.*` */
export function firstImages(source: DataSetSource, count: number): IdxImages {
  return readFirstIdxImages(originals(source).files.trainImages.path, count);
}

/** @param knownHash see `loadDataSet` */
function loadIdxFiles(set: IdxSet, knownHash: string | undefined): DataSet {
  if (knownHash === undefined) return loadIdxSet(set);
  const withoutChecksums = Object.entries(set.files).map(([role, { path }]) => [role, { path }]);
  const data = loadIdxSet({ ...set, files: Object.fromEntries(withoutChecksums) as IdxSet['files'] });
  // A different hash: checking the checksums names the file that differs.
  return data.hash === knownHash ? data : loadIdxSet(set);
}

function loadIdxSet({ name, classes, files }: IdxSet): DataSet {
  checkNames(classes);
  const trainImages = readIdxImages(files.trainImages.path, files.trainImages);
  const testImages = readIdxImages(files.testImages.path, files.testImages);
  checkSameSize(trainImages, testImages, files);
  const train = readLabels(trainImages, 'train', files);
  const test = readLabels(testImages, 'test', files);
  checkLabels(train.labels, classes, files.trainLabels.path);
  checkLabels(test.labels, classes, files.testLabels.path);
  checkEveryClassHasExamples(train.labels, classes, files.trainLabels.path);
  const size = { height: trainImages.height, width: trainImages.width, channels: 1 } as const;
  const statistics = checkedStatistics(train.images, size.channels, files.trainImages.path);
  const hash = hashDataSet({ classes, ...size, train, test });
  return { name, classes, ...size, train, test, ...statistics, hash };
}

function readLabels({ count, pixels }: IdxImages, part: 'train' | 'test', files: IdxSet['files']): LabeledImages {
  const labelFile = files[`${part}Labels`];
  const labels = readIdxLabels(labelFile.path, labelFile);
  if (labels.length !== count) {
    throw dataError(
      'count-mismatch',
      `There are ${count} images but ${labels.length} labels`,
      `${files[`${part}Images`].path} and ${labelFile.path}`,
      'Give the images and the labels of the same part (training or test).',
    );
  }
  return { count, images: pixels, labels };
}

function checkNames(classes: readonly string[]): void {
  const duplicate = classes.find((name, index) => classes.indexOf(name) !== index);
  if (duplicate === undefined) return;
  throw dataError('duplicate-class', `Two classes are called "${duplicate}"`, 'dataSet.classes', 'Rename one of them.');
}

function checkSameSize(train: IdxImages, test: IdxImages, files: IdxSet['files']): void {
  if (train.height === test.height && train.width === test.width) return;
  throw dataError(
    'size-mismatch',
    `Training images are ${train.width} x ${train.height} pixels, test images ${test.width} x ${test.height}`,
    `${files.trainImages.path} and ${files.testImages.path}`,
    'Resize all images to one size.',
  );
}

function checkLabels(labels: Uint8Array, classes: readonly string[], path: string): void {
  const index = labels.findIndex((label) => label >= classes.length);
  if (index < 0) return;
  throw dataError(
    'label-out-of-range',
    `Label ${labels[index]} is out of range: with ${classes.length} classes, labels are 0 to ${classes.length - 1}`,
    `${path}, label ${index + 1}`,
    'Name all classes in dataSet.classes, or correct the labels; they count from 0.',
  );
}

/** Neither classifiers nor generators can learn a class without examples. The test part may lack a class. */
function checkEveryClassHasExamples(labels: Uint8Array, classes: readonly string[], path: string): void {
  const present = new Set(labels);
  const missing = classes.flatMap((name, index) => (present.has(index) ? [] : [`${index} ("${name}")`]));
  if (missing.length === 0) return;
  throw dataError(
    'empty-class',
    `No training image has the label ${formatNames(missing, 5)}`,
    path,
    'Remove these classes from dataSet.classes (labels count from 0), or add examples of them.',
  );
}

import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { formatNames } from '../../domain/format.ts';
import type { Channels, ImageSize } from '../../domain/images.ts';
import type { DataSetSource } from '../../contract/study.ts';
import { sourceName, withPaths } from '../../domain/data-sources.ts';
import { type IdxImages, type IdxSet, readFirstIdxImages, readIdxImages, readIdxLabels } from './sources/idx.ts';
import { idxFiles } from './sources/located.ts';
import { dataError } from './sources/source.ts';

/** Images with their labels, in the order of the file. */
export interface LabelledImages {
  count: number;
  /** uint8 [count, height, width, channels]; 0 is black. */
  images: Uint8Array;
  /** Class indices, [count]. */
  labels: Uint8Array;
}

/** Size of a data set's images, and the means and deviations by which networks' inputs are normalised. */
export interface ImageForm extends ImageSize {
  /**
   * Mean and population standard deviation of all training pixels (of test pixels, if there are no others) scaled to [0, 1], for each channel. MNIST: 0.1307 and
   * 0.3081.
   */
  mean: readonly number[];
  std: readonly number[];
}

export interface DataSet extends ImageForm {
  name: string;
  /** Names of the K classes, by index. */
  classes: readonly string[];
  train: LabelledImages;
  test: LabelledImages;
  /**
   * SHA-256 of the line `boundary-workbench/data-set/1 <classes> <height> <width> <train count> <test count>\n`, then
   * training pixels, training labels, test pixels, test labels, one byte each. Names of classes are not included. With
   * three channels the line is `boundary-workbench/data-set/2 <classes> <height> <width> <channels> <train count> <test
   * count>\n`.
   */
  hash: string;
}

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

function readLabels({ count, pixels }: IdxImages, part: 'train' | 'test', files: IdxSet['files']): LabelledImages {
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

/**
 * What normalises a data set with these training pixels. A channel that never changes gets the deviation 1, as it has
 * nothing to scale. @param where names the images in the error @throws UserError `data-set.no-contrast`
 */
export function checkedStatistics(
  pixels: Uint8Array,
  channels: Channels,
  where: string,
): Pick<ImageForm, 'mean' | 'std'> {
  const { mean, std } = pixelStatistics(pixels, channels);
  if (std.some((deviation) => deviation > 0)) return { mean, std: std.map((deviation) => deviation || 1) };
  throw dataError('no-contrast', 'All training pixels have the same value', where, 'Check the file.');
}

/** Exact for each channel: from the count of each byte value. @param pixels uint8 [..., channels] */
export function pixelStatistics(pixels: Uint8Array, channels: Channels): Pick<ImageForm, 'mean' | 'std'> {
  const [mean, std]: [number[], number[]] = [[], []];
  for (let channel = 0; channel < channels; channel++) {
    const counts = countBytes(pixels, channel, channels);
    let [sum, squares] = [0, 0];
    counts.forEach((count, value) => {
      sum += count * value;
      squares += count * value * value;
    });
    const number = pixels.length / channels;
    const average = sum / number;
    mean.push(average / 255);
    std.push(Math.sqrt(Math.max(0, squares / number - average * average)) / 255);
  }
  return { mean, std };
}

/**
 * Counts the values of each `stride`th byte, in four tables in turn: incrementing one entry repeatedly (black pixels)
 * takes twice as long.
 */
function countBytes(bytes: Uint8Array, first: number, stride: number): Uint32Array {
  const tables = new Uint32Array(4 * 256);
  for (let k = first, table = 0; k < bytes.length; k += stride, table = (table + 1) & 3) {
    const at = (table << 8) | (bytes[k] as number);
    tables[at] = (tables[at] as number) + 1;
  }
  return tables.subarray(0, 256).map((count, value) => {
    const [second = 0, third = 0, fourth = 0] = [tables[256 + value], tables[512 + value], tables[768 + value]];
    return count + second + third + fourth;
  });
}

type HashedSet = Omit<DataSet, 'hash' | 'name' | 'mean' | 'std'>;

/** The line that a data set's hash begins with. */
export function dataSetHeader({ classes, height, width, channels, train, test }: HashedSet): string {
  const size = channels === 1 ? [height, width] : [height, width, channels];
  const version = channels === 1 ? 1 : 2;
  const numbers = [classes.length, ...size, train.count, test.count];
  return `boundary-workbench/data-set/${version} ${numbers.join(' ')}\n`;
}

/** See `DataSet.hash`. */
export function hashDataSet(set: HashedSet): string {
  const { train, test } = set;
  const hash = createHash('sha256').update(dataSetHeader(set), 'ascii');
  for (const bytes of [train.images, train.labels, test.images, test.labels]) hash.update(bytes);
  return hash.digest('hex');
}

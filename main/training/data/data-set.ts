import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import { formatNames } from '../../domain/format.ts';
import type { DataSetSource } from '../../contract/study.ts';
import { type IdxImages, readIdxImages, readIdxLabels } from './idx.ts';
import { locateMnist } from './mnist.ts';
import type { DataSet, IdxSet, LabelledImages } from './types.ts';

export type { DataSet, ImageForm, LabelledImages } from './types.ts';

/**
 * Loads a data set into memory, checked through and through. MNIST takes about a fifth of a second, and half of that
 * where `knownHash` says what it was when it was last compared with the published sums.
 * @param baseFolder where the relative paths of an IDX source start: the folder of the study file.
 * @throws UserError `idx.*`, `data-set.*`, `mnist.*` or `file.*`, naming the file.
 */
export function loadDataSet(source: DataSetSource, baseFolder: string, knownHash?: string): DataSet {
  if (source.source === 'mnist') return loadMnist(knownHash);
  const file = (path: string): { path: string } => ({ path: resolve(baseFolder, path) });
  return loadIdxSet({
    name: source.name,
    classes: source.classes,
    files: {
      trainImages: file(source.trainImages),
      trainLabels: file(source.trainLabels),
      testImages: file(source.testImages),
      testLabels: file(source.testLabels),
    },
  });
}

function loadMnist(knownHash: string | undefined): DataSet {
  const set = locateMnist();
  if (knownHash === undefined) return loadIdxSet(set);
  const unsummed = Object.entries(set.files).map(([role, { path }]) => [role, { path }]);
  const data = loadIdxSet({ ...set, files: Object.fromEntries(unsummed) as IdxSet['files'] });
  // Something else than what was planned with: the sums tell which file it is.
  return data.hash === knownHash ? data : loadIdxSet(set);
}

function loadIdxSet({ name, classes, files }: IdxSet): DataSet {
  checkNames(classes);
  const trainImages = readIdxImages(files.trainImages.path, files.trainImages);
  const testImages = readIdxImages(files.testImages.path, files.testImages);
  checkSameSize(trainImages, testImages, files);
  const train = labelled(trainImages, readIdxLabels(files.trainLabels.path, files.trainLabels), 'train', files);
  const test = labelled(testImages, readIdxLabels(files.testLabels.path, files.testLabels), 'test', files);
  checkLabels(train.labels, classes, files.trainLabels.path);
  checkLabels(test.labels, classes, files.testLabels.path);
  checkEveryClassTaught(train.labels, classes, files.trainLabels.path);
  const { height, width } = trainImages;
  const statistics = pixelStatistics(train.images);
  if (statistics.std === 0) {
    throw dataError('no-contrast', 'All training pixels have one value', files.trainImages.path, 'Check the file.');
  }
  const hash = dataSetHash({ classes, height, width, train, test });
  return { name, classes, height, width, train, test, ...statistics, hash };
}

function labelled(
  { count, pixels }: IdxImages,
  labels: Uint8Array,
  part: 'train' | 'test',
  files: IdxSet['files'],
): LabelledImages {
  if (labels.length !== count) {
    throw dataError(
      'count-mismatch',
      `There are ${count} images but ${labels.length} labels`,
      `${files[`${part}Images`].path} and ${files[`${part}Labels`].path}`,
      'Give the images and the labels of the same part (training or test).',
    );
  }
  return { count, images: pixels, labels };
}

function checkNames(classes: readonly string[]): void {
  const twice = classes.find((name, index) => classes.indexOf(name) !== index);
  if (twice === undefined) return;
  throw dataError('duplicate-class', `Two classes are called "${twice}"`, 'dataSet.classes', 'Rename one of them.');
}

function checkSameSize(train: IdxImages, test: IdxImages, files: IdxSet['files']): void {
  if (train.height === test.height && train.width === test.width) return;
  throw dataError(
    'size-mismatch',
    `Training images are ${train.width} x ${train.height} pixels, test images ${test.width} x ${test.height}`,
    `${files.trainImages.path} and ${files.testImages.path}`,
    'Bring all images to one size.',
  );
}

function checkLabels(labels: Uint8Array, classes: readonly string[], path: string): void {
  const index = labels.findIndex((label) => label >= classes.length);
  if (index < 0) return;
  throw dataError(
    'label-out-of-range',
    `Label ${labels[index]} is out of range: with ${classes.length} classes, labels are 0 to ${classes.length - 1}`,
    `${path}, label ${index + 1}`,
    'Name all classes in dataSet.classes, or mend the labels; they count from 0.',
  );
}

/** No network can learn, and no generator show, a class without examples. In the test part a class may be absent. */
function checkEveryClassTaught(labels: Uint8Array, classes: readonly string[], path: string): void {
  const seen = new Set(labels);
  const absent = classes.flatMap((name, index) => (seen.has(index) ? [] : [`${index} ("${name}")`]));
  if (absent.length === 0) return;
  throw dataError(
    'empty-class',
    `No training image has the label ${formatNames(absent, 5)}`,
    path,
    'Remove these classes from dataSet.classes (labels count from 0), or add examples of them.',
  );
}

/** Exact: from the count of each byte value. */
export function pixelStatistics(pixels: Uint8Array): { mean: number; std: number } {
  const counts = byteCounts(pixels);
  let [sum, squares] = [0, 0];
  counts.forEach((count, value) => {
    sum += count * value;
    squares += count * value * value;
  });
  const mean = sum / pixels.length;
  return { mean: mean / 255, std: Math.sqrt(Math.max(0, squares / pixels.length - mean * mean)) / 255 };
}

/**
 * How often each byte value occurs. Counted in four tables by turns: most pixels are black, and counting them all in one
 * place would wait for each count before the next, which takes twice as long.
 */
function byteCounts(bytes: Uint8Array): Uint32Array {
  const tables = new Uint32Array(4 * 256);
  for (let k = 0; k < bytes.length; k++) {
    const at = ((k & 3) << 8) | (bytes[k] as number);
    tables[at] = (tables[at] as number) + 1;
  }
  return tables.subarray(0, 256).map((count, value) => {
    const [second = 0, third = 0, fourth = 0] = [tables[256 + value], tables[512 + value], tables[768 + value]];
    return count + second + third + fourth;
  });
}

function dataSetHash({ classes, height, width, train, test }: Omit<DataSet, 'hash' | 'name' | 'mean' | 'std'>): string {
  const header = `boundary-workbench/data-set/1 ${classes.length} ${height} ${width} ${train.count} ${test.count}\n`;
  const hash = createHash('sha256').update(header, 'ascii');
  for (const bytes of [train.images, train.labels, test.images, test.labels]) hash.update(bytes);
  return hash.digest('hex');
}

function dataError(code: string, what: string, where: string, remedy: string): UserError {
  return new UserError({ code: `data-set.${code}`, what, where, remedy });
}

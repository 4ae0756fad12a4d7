import { closeSync, openSync, readSync } from 'node:fs';
import type { DataSetSource } from '../../contract/study.ts';
import { readIdxImages } from './idx.ts';
import type { IdxImages } from './idx.ts';
import { locateMnist } from './mnist.ts';

/** Magic number, count, height and width. */
const headBytes = 16;
const magic = 0x803;

/**
 * The first training images of a data set, to look at: reads no more than that of a plain file, and all of a compressed
 * one. Paths of an IDX source are absolute.
 * @throws UserError `idx.*`, `mnist.*`, `file.*`
 */
export function firstImages(source: DataSetSource, count: number): IdxImages {
  const path = source.source === 'mnist' ? locateMnist().files.trainImages.path : source.trainImages;
  return readStart(path, count) ?? start(readIdxImages(path), count);
}

/** Null for what is no plain IDX file of images: reading it as a whole says what is wrong with it. */
function readStart(path: string, wanted: number): IdxImages | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const head = Buffer.alloc(headBytes);
    if (readSync(file, head, 0, headBytes, 0) < headBytes || head.readUInt32BE(0) !== magic) return null;
    const [there, height, width] = [head.readUInt32BE(4), head.readUInt32BE(8), head.readUInt32BE(12)];
    if (height > 1024 || width > 1024) return null;
    const count = Math.min(wanted, there);
    const pixels = Buffer.alloc(count * height * width);
    if (readSync(file, pixels, 0, pixels.length, headBytes) < pixels.length) return null;
    return { count, height, width, pixels };
  } finally {
    closeSync(file);
  }
}

function start({ height, width, pixels, ...set }: IdxImages, wanted: number): IdxImages {
  const count = Math.min(wanted, set.count);
  return { count, height, width, pixels: pixels.subarray(0, count * height * width) };
}

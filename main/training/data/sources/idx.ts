import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { UserError } from '../../../contract/errors.ts';
import { fileError } from '../../../files/file-errors.ts';

/** Most bytes of an IDX file, unpacked too: 1.3 million MNIST images. More would not fit into a worker's memory. */
const maxBytes = 2 ** 30;
/** Enough compressed bytes to read the header, few enough to unpack safely (4 MiB at most). */
const headBytes = 4096;
const maxSide = 1024;

export interface IdxImages {
  count: number;
  height: number;
  width: number;
  /** uint8 [count, height, width] */
  pixels: Uint8Array;
}

/** `md5`: expected MD5 of the unpacked file, in hexadecimal. */
interface IdxOptions {
  md5?: string;
}

/** The four IDX files of a data set, and the names of its classes. */
export interface IdxSet {
  name: string;
  classes: readonly string[];
  files: Record<'trainImages' | 'trainLabels' | 'testImages' | 'testLabels', { path: string } & IdxOptions>;
}

/** Reads grayscale images (magic 00 00 08 03), plain or gzip-compressed. @throws UserError `idx.*`, `file.*` */
export function readIdxImages(path: string, options: IdxOptions = {}): IdxImages {
  const { sizes, data } = readIdx(path, 3, options);
  const [count = 0, height = 0, width = 0] = sizes;
  return { count, height, width, pixels: data };
}

/** Reads labels, one byte each, from an IDX file (magic 00 00 08 01). Otherwise as `readIdxImages`. */
export function readIdxLabels(path: string, options: IdxOptions = {}): Uint8Array {
  return readIdx(path, 1, options).data;
}

/** The first images, for a preview. Reads only the start of a plain file; validates any other file completely. */
export function readFirstIdxImages(path: string, count: number): IdxImages {
  const start = readPlainStart(path, count);
  if (start) return start;
  const { height, width, pixels, ...file } = readIdxImages(path);
  const kept = Math.min(count, file.count);
  return { count: kept, height, width, pixels: pixels.subarray(0, kept * height * width) };
}

/** Null unless the path is a plain IDX file of images with a valid size. */
function readPlainStart(path: string, count: number): IdxImages | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const header = Buffer.alloc(16);
    if (readSync(file, header, 0, 16, 0) < 16 || header.readUInt32BE(0) !== 0x803) return null;
    const [available, height, width] = [header.readUInt32BE(4), header.readUInt32BE(8), header.readUInt32BE(12)];
    if (height > maxSide || width > maxSide) return null;
    const kept = Math.min(count, available);
    const pixels = Buffer.alloc(kept * height * width);
    if (readSync(file, pixels, 0, pixels.length, 16) < pixels.length) return null;
    return { count: kept, height, width, pixels };
  } finally {
    closeSync(file);
  }
}

function readIdx(path: string, dimensions: 1 | 3, options: IdxOptions): { sizes: number[]; data: Uint8Array } {
  const fileBytes = fileSize(path);
  const file = open(path);
  try {
    const head = Buffer.alloc(Math.min(headBytes, fileBytes));
    readSync(file, head, 0, head.length, 0);
    const compressed = head[0] === 0x1f && head[1] === 0x8b;
    const start = compressed ? unpackStart(head, path) : head;
    const { sizes, offset } = parseHeader(start, dimensions, path);
    const expected = offset + checkedProduct(sizes, path);
    if (!compressed) checkLength(fileBytes, expected, path);
    const bytes = compressed ? unpack(readFileSync(file), expected, path) : readFileSync(file);
    checkMd5(bytes, options.md5, path);
    return { sizes, data: new Uint8Array(bytes.buffer, bytes.byteOffset + offset, expected - offset) };
  } catch (error) {
    throw fileError(error, path);
  } finally {
    closeSync(file);
  }
}

function fileSize(path: string): number {
  try {
    const status = statSync(path);
    // Reading a pipe or a device may never end.
    if (!status.isFile()) {
      throw idxError('idx.not-a-file', 'This is not a regular file', path, 'Give the path of an IDX file.');
    }
    if (status.size > maxBytes) throw tooLarge(path);
    return status.size;
  } catch (error) {
    throw fileError(error, path);
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw fileError(error, path);
  }
}

function parseHeader(start: Buffer, dimensions: 1 | 3, path: string): { sizes: number[]; offset: number } {
  const offset = 4 + 4 * dimensions;
  const expected = dimensions === 3 ? 'images (magic 00 00 08 03)' : 'labels (magic 00 00 08 01)';
  if (start.length < 4) throw truncated(path, `it has ${start.length} bytes`);
  if (start.readUInt32BE(0) !== 0x800 + dimensions) {
    const magic = start.toString('hex', 0, 4).replace(/..(?=.)/g, '$& ');
    throw idxError(
      'idx.wrong-magic',
      `This is not an IDX file of 8-bit ${expected}: it begins with ${magic}`,
      path,
      start.readUInt32BE(0) === 0x804 - dimensions
        ? 'The paths of images and labels seem to be swapped.'
        : 'Give an IDX file with one byte per pixel or label; images have one channel.',
    );
  }
  if (start.length < offset) throw truncated(path, 'it ends within its header');
  const sizes = Array.from({ length: dimensions }, (_, k) => start.readUInt32BE(4 + 4 * k));
  return { sizes, offset };
}

function checkedProduct(sizes: readonly number[], path: string): number {
  const [count, ...sides] = sizes;
  if (count === 0) throw idxError('idx.empty', 'The file is empty: its count is 0', path, 'Give a file with data.');
  if (sides.some((side) => side < 1 || side > maxSide)) {
    const what = `Its images are ${sides.join(' x ')} pixels; each side must be 1 to ${maxSide}`;
    throw idxError('idx.bad-size', what, path, 'Check how the file was written: big-endian count, height, width.');
  }
  const product = sizes.reduce((a, b) => a * b, 1);
  if (product > maxBytes) throw tooLarge(path);
  return product;
}

function checkLength(actual: number, expected: number, path: string): void {
  if (actual < expected) throw truncated(path, `its header says ${expected} bytes, it has ${actual}`);
  if (actual > expected) throw trailing(path, expected);
}

function unpackStart(head: Buffer, path: string): Buffer {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw gzipDamaged(path, error);
  }
}

function unpack(packed: Buffer, expected: number, path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = gunzipSync(packed, { maxOutputLength: expected });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw trailing(path, expected);
    if (code === 'Z_BUF_ERROR') throw truncated(path, 'the compressed data ends too early', error);
    throw gzipDamaged(path, error);
  }
  checkLength(bytes.length, expected, path);
  return bytes;
}

function checkMd5(bytes: Buffer, md5: string | undefined, path: string): void {
  if (md5 === undefined) return;
  const actual = createHash('md5').update(bytes).digest('hex');
  if (actual === md5) return;
  const what = `The file differs from the published one: its MD5 is ${actual}, not ${md5}`;
  throw idxError('idx.wrong-md5', what, path, 'Delete node_modules and start again: that downloads the file again.');
}

function idxError(code: string, what: string, where: string, remedy: string, cause?: unknown): UserError {
  return new UserError({ code, what, where, remedy, cause });
}

const truncated = (path: string, detail: string, cause?: unknown): UserError =>
  idxError('idx.truncated', `The file is truncated: ${detail}`, path, 'Copy or download it again.', cause);

const trailing = (path: string, expected: number): UserError =>
  idxError(
    'idx.trailing-bytes',
    `The file is longer than its header says (${expected} bytes)`,
    path,
    'Check that it is the right file, or download it again.',
  );

const tooLarge = (path: string): UserError =>
  idxError('idx.too-large', 'The file is larger than 1 GiB', path, 'Use fewer or smaller images.');

const gzipDamaged = (path: string, cause: unknown): UserError =>
  idxError('idx.gzip-damaged', 'The compressed data is damaged', path, 'Copy or download it again.', cause);

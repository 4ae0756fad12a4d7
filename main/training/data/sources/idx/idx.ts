import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { UserError } from '../../../../contract/wire/errors.ts';
import { fileError, onFile } from '../../../../files/file-errors.ts';

/** Most bytes of an IDX file, unpacked too: 1.3 million MNIST images. More would not fit into a worker's memory. */
const maxBytes = 2 ** 30;
/** Enough compressed bytes to read the header, few enough to unpack safely (4 MiB at most). */
const headBytes = 4096;
/** Bytes that the first images unpack to, with what happens to follow them in the same packed bytes. */
const mostOfStart = 2 ** 26;
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

/** The first images, for a preview: only the start of the file is read and unpacked. @throws UserError `idx.*`, `file.*` */
export function readFirstIdxImages(path: string, count: number): IdxImages {
  return withStart(path, 3, ({ file, fileBytes, sizes: [available = 0, height = 0, width = 0], offset, isPacked }) => {
    const kept = Math.min(count, available);
    const wanted = offset + kept * height * width;
    // Packing adds some bytes to what cannot be packed.
    const start = Buffer.alloc(Math.min(fileBytes, isPacked ? wanted + Math.ceil(wanted / 100) + headBytes : wanted));
    readSync(file, start, 0, start.length, 0);
    const bytes = isPacked ? unpackStart(start, path, mostOfStart) : start;
    if (bytes.length < wanted) throw truncated(path, `it has ${bytes.length} of ${wanted} bytes`);
    return { count: kept, height, width, pixels: bytes.subarray(offset, wanted) };
  });
}

interface Start {
  file: number;
  fileBytes: number;
  sizes: number[];
  /** Where the bytes after the header begin. */
  offset: number;
  isPacked: boolean;
}

/** Opens a file, and reads its header. @throws UserError `idx.*`, `file.*` */
function withStart<T>(path: string, dimensions: 1 | 3, use: (start: Start) => T): T {
  const fileBytes = fileSize(path);
  const file = onFile(path, () => openSync(path, 'r'));
  try {
    const head = Buffer.alloc(Math.min(headBytes, fileBytes));
    readSync(file, head, 0, head.length, 0);
    const isPacked = head[0] === 0x1f && head[1] === 0x8b;
    const header = parseHeader(isPacked ? unpackStart(head, path) : head, dimensions, path);
    checkedProduct(header.sizes, path);
    return use({ file, fileBytes, isPacked, ...header });
  } catch (error) {
    throw fileError(error, path);
  } finally {
    closeSync(file);
  }
}

function readIdx(path: string, dimensions: 1 | 3, options: IdxOptions): { sizes: number[]; data: Uint8Array } {
  return withStart(path, dimensions, ({ file, fileBytes, sizes, offset, isPacked }) => {
    const expected = offset + checkedProduct(sizes, path);
    if (!isPacked) checkLength(fileBytes, expected, path);
    const bytes = isPacked ? unpack(readFileSync(file), expected, path) : readFileSync(file);
    checkMd5(bytes, options.md5, path);
    return { sizes, data: new Uint8Array(bytes.buffer, bytes.byteOffset + offset, expected - offset) };
  });
}

function fileSize(path: string): number {
  const status = onFile(path, () => statSync(path));
  // Reading a pipe or a device may never end.
  if (!status.isFile()) {
    throw idxError('idx.not-a-file', 'This is not a regular file', path, 'Give the path of an IDX file.');
  }
  if (status.size > maxBytes) throw tooLarge(path);
  return status.size;
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

/** @param most bytes; a start that unpacks to more is damaged, or made to fill memory */
function unpackStart(start: Buffer, path: string, most = maxBytes): Buffer {
  try {
    return gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: most });
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
  return new UserError(code, what, where, remedy, { cause });
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

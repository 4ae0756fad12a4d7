import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readFirstIdxImages, readIdxImages } from '../../../../main/training/data/sources/idx/idx.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

/** Packed IDX files of `sizes`, whose bytes are their positions. */
function packed(name: string, ...sizes: number[]): string {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.writeUInt32BE(0x800 + sizes.length, 0);
  sizes.forEach((size, k) => header.writeUInt32BE(size, 4 + 4 * k));
  const path = join(temporaryFolder(), name);
  const bytes = Uint8Array.from({ length: sizes.reduce((a, b) => a * b) }, (_, k) => k % 251);
  writeFileSync(path, gzipSync(Buffer.concat([header, bytes])));
  return path;
}

test('a preview unpacks the start of a file alone', () => {
  const path = packed('images.gz', 20_000, 28, 28);
  const { pixels } = readIdxImages(path);
  truncateSync(path, 60_000);
  expect(() => readIdxImages(path)).toThrow('truncated');
  expect(readFirstIdxImages(path, 64)).toEqual({
    count: 64,
    height: 28,
    width: 28,
    pixels: Buffer.from(pixels.subarray(0, 64 * 784)),
  });
});

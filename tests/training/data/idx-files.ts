import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSetSource } from '../../../main/contract/studies/study.ts';

/** An IDX file in memory: images if given three sizes, labels if given one. */
export function idx(sizes: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.writeUInt32BE(0x800 + sizes.length, 0);
  sizes.forEach((size, k) => {
    header.writeUInt32BE(size, 4 + 4 * k);
  });
  return Buffer.concat([header, data]);
}

export interface SmallSet {
  trainImages: Buffer;
  trainLabels: Buffer;
  testImages: Buffer;
  testLabels: Buffer;
}

/** Four images of 2x3 pixels for training and two for testing, in two classes. */
export function smallSet(): SmallSet {
  return {
    trainImages: idx(
      [4, 3, 2],
      Uint8Array.from({ length: 24 }, (_, k) => k * 10),
    ),
    trainLabels: idx([4], Uint8Array.of(0, 1, 1, 0)),
    testImages: idx(
      [2, 3, 2],
      Uint8Array.from({ length: 12 }, (_, k) => 255 - k),
    ),
    testLabels: idx([2], Uint8Array.of(1, 1)),
  };
}

/** A folder of its own, removed with `remove`, and a source that points into it. */
export function writeSet(
  files: SmallSet,
  classes = ['cat', 'dog'],
): { folder: string; source: DataSetSource; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'idx-'));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  const source: DataSetSource = {
    source: 'idx',
    name: 'pets',
    classes,
    trainImages: 'trainImages',
    trainLabels: 'trainLabels',
    testImages: 'testImages',
    testLabels: 'testLabels',
  };
  return { folder, source, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

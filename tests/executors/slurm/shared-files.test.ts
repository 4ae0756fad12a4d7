import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AttemptLine } from '../../../main/contract/cluster.ts';
import { SharedFiles } from '../../../main/executors/slurm/shared-files.ts';
import { BlobStore } from '../../../main/files/blobs.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { writeSmallMnist } from '../../training/small-data.ts';
import { FakeSlurm, profile, queueOf, setUpCluster, training } from './cluster-setup.ts';

test('a checkpoint that a run deleted when it was done does not keep its end from being read', async () => {
  const folder = temporaryFolder();
  const own = new BlobStore(join(folder, 'blobs'));
  const files = new SharedFiles(profile(folder), 'host-1', own);
  const weights = new BlobStore(files.pack('pack').blobs(7)).put(Buffer.from('weights'));
  const lines: AttemptLine[] = [
    { at: 1, event: { type: 'checkpoint', step: 250, hash: 'f'.repeat(64) } },
    { at: 2, event: { type: 'done', result: { kind: 'generator', weights, steps: 250 } } },
  ];
  const never = (): Promise<boolean> => Promise.resolve(false);
  expect(await files.fetch('pack', 7, lines, never)).toEqual(lines.slice(1));
  expect(own.has(weights)).toBe(true);
  await expect(files.fetch('pack', 7, lines.slice(0, 1), never)).rejects.toMatchObject({
    code: 'cluster.file-unreadable',
  });
});

test('packs that another copy of the data folder made stay', async () => {
  const folder = temporaryFolder();
  const { storage, ensure } = setUpCluster(folder, new FakeSlurm());
  const [own, other] = [randomUUID(), randomUUID()];
  const id = ensure(training(writeSmallMnist(folder), 1));
  const queue = queueOf(storage);
  queue.take(own, 1, 1, 1);
  const files = new SharedFiles(profile(folder), 'host-1', storage.blobs);
  for (const pack of [own, other]) mkdirSync(files.pack(pack).path, { recursive: true });
  expect(await files.tidy(queue)).toBe(true);
  expect(existsSync(files.pack(own).path)).toBe(true);
  queue.giveBack(id, 'test', 2);
  expect(await files.tidy(queue)).toBe(true);
  expect(existsSync(files.pack(own).path)).toBe(false);
  expect(existsSync(files.pack(other).path)).toBe(true);
  expect(queue.overPacks()).toEqual([]);
});

import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { AttemptLine } from '../../../main/contributions/slurm/contract/placement.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { SharedFiles } from '../../../main/contributions/slurm/executor/shared-files.ts';
import { BlobStore } from '../../../main/files/blobs.ts';
import { environment } from '../../storage/records.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { folderSource } from '../../folder-source.ts';
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
  // It is not mounted for a while.
  const shared = dirname(dirname(dirname(files.pack(own).path)));
  renameSync(shared, `${shared}-elsewhere`);
  expect(await files.tidy(queue)).toBe(false);
  expect(queue.overPacks()).toEqual([own]);
  renameSync(`${shared}-elsewhere`, shared);
  expect(await files.tidy(queue)).toBe(true);
  expect(existsSync(files.pack(own).path)).toBe(false);
  expect(existsSync(files.pack(other).path)).toBe(true);
  expect(queue.overPacks()).toEqual([]);
});

test('all runs of a pack link to one copy of the images of a prepared data set', async () => {
  const folder = temporaryFolder();
  const own = new BlobStore(join(folder, 'blobs'));
  const files = new SharedFiles(profile(folder), 'host-1', own);
  const images = own.put(Buffer.from('images'));
  const task = { ...training(writeSmallMnist(folder), 1), dataSet: folderSource('/gone'), dataSetHash: images };
  const run = (id: number) => ({ run: id, task, checkpoint: null, step: 0 });
  await files.write('pack', [[run(7), run(8)]] as never, 1);
  const links = [7, 8].map((id) => new BlobStore(files.pack('pack').blobs(id)).path(images));
  expect(links.map((path) => statSync(path).nlink)).toEqual([3, 3]);
  own.remove(images);
  await expect(files.write('next', [[run(9)]] as never, 1)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('only a file of its own is copied, and one that is here already is kept from being deleted', async () => {
  const folder = temporaryFolder();
  const own = new BlobStore(join(folder, 'blobs'));
  const files = new SharedFiles(profile(folder), 'host-1', own);
  const theirs = new BlobStore(files.pack('pack').blobs(7));
  const never = (): Promise<boolean> => Promise.resolve(false);
  const fetch = (hash: string) =>
    files.fetch('pack', 7, [{ at: 1, event: { type: 'checkpoint', step: 250, hash } }], never);
  const makers: ((path: string) => void)[] = [
    (path) => symlinkSync('/dev/zero', path),
    (path) => symlinkSync(own.path(own.put(Buffer.from('private'))), path),
    (path) => execFileSync('mkfifo', [path]),
    (path) => mkdirSync(path),
  ];
  for (const [index, make] of makers.entries()) {
    const hash = String(index).repeat(64);
    mkdirSync(dirname(theirs.path(hash)), { recursive: true });
    make(theirs.path(hash));
    await expect(fetch(hash), hash).rejects.toMatchObject({ code: 'cluster.file-unreadable' });
    expect(own.has(hash)).toBe(false);
  }
  const known = own.put(Buffer.from('weights'));
  utimesSync(own.path(known), 1, 1);
  await fetch(known);
  expect(Date.now() - statSync(own.path(known)).mtimeMs).toBeLessThan(60_000);
});

test('a damaged checkpoint of this computer is set aside, and the run is given the one before', async () => {
  const folder = temporaryFolder();
  const { storage, ensure } = setUpCluster(folder, new FakeSlurm());
  const { runs, blobs } = storage;
  const id = ensure(training(writeSmallMnist(folder), 1));
  const queue = queueOf(storage);
  const [[first] = []] = queue.take(randomUUID(), 1, 1, 1);
  expect(first).toMatchObject({ run: id, checkpoint: null });
  const attempt = { environment, engine: 'wasm', job: '7', restart: 0, checkpoint: null } as const;
  const hashes = ['one', 'two'].map((text) => blobs.put(Buffer.from(text)));
  const saved = hashes.map((hash, step) => ({ at: 2, event: { type: 'checkpoint', step, hash } as const }));
  queue.replay(id, 1, [{ at: 1, attempt }, ...saved], 10, { since: 0, now: 3 });
  queue.giveBack(id, 'test', 4);
  writeFileSync(blobs.path(at(hashes, 1)), 'owt');
  const files = new SharedFiles(profile(folder), 'host-1', blobs);
  const pack = randomUUID();
  const tasks = queue.take(pack, 1, 1, 5);
  expect(tasks).toMatchObject([[{ checkpoint: hashes[1] }]]);
  await expect(files.write(pack, tasks, 1)).rejects.toMatchObject({ code: 'blob.damaged' });
  queue.giveBack(id, 'not submitted', 6);
  expect(queue.take(randomUUID(), 1, 1, 7)).toMatchObject([[{ checkpoint: hashes[0] }]]);
  expect(runs.state(id)).toBe('interrupted');
});

import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ClusterQueue } from '../../../main/contributions/slurm/executor/cluster-queue.ts';
import { SharedFiles } from '../../../main/contributions/slurm/executor/shared-files.ts';
import { BlobStore } from '../../../main/files/blobs.ts';
import { CheckFolder } from '../../../main/contributions/slurm/check/check-job.ts';
import { addName, lead, makeOutside, type Way, ways, whyNot } from '../../files/outside.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { writeSmallMnist } from '../../training/small-data.ts';
import { profile, training } from './cluster-setup.ts';

/** Somebody who may write into the shared folder has a folder of this computer appear in it. */
const hash = 'a'.repeat(64);

function setUp(more: Record<string, string> = {}) {
  const folder = temporaryFolder();
  const own = new BlobStore(join(folder, 'blobs'));
  const files = new SharedFiles(profile(folder), 'host-1', own);
  const host = join(folder, 'shared', 'host-1');
  const removed: string[] = [];
  const over = (packs: string[]): Pick<ClusterQueue, 'overPacks' | 'packRemoved'> => ({
    overPacks: () => packs,
    packRemoved: (pack) => removed.push(pack),
  });
  return { folder, files, own, host, removed, over, outside: makeOutside(folder, more) };
}

const named = { where: expect.stringContaining('host-1'), code: 'file.leads-elsewhere' };

for (const way of Object.keys(ways) as Way[]) {
  const why = whyNot(way);
  describe.skipIf(why !== null)(`${way}${why === null ? '' : ` (skipped: ${why})`}`, () => {
    const names = { x: 'data/x', hash: `data/${hash}`, inside: `data/${hash}/sub`, data: 'data' };
    test.each(Object.entries(names))('in place of %s of the data sets loses no file', async (_, name) => {
      const { files, host, over, outside } = setUp({ [`${hash}/notes.txt`]: 'mine', 'b/notes.txt': 'mine' });
      mkdirSync(join(host, 'packs'), { recursive: true });
      lead(way, outside.path, join(host, name));
      await files.tidy(over([]));
      outside.expectUntouched();
    });

    test('in place of the folder of a host, or of packs, is neither written nor removed', async () => {
      for (const at of ['', 'packs']) {
        const pack = randomUUID();
        const { files, host, over, removed, outside } = setUp({
          [`packs/${pack}/pack.jsonl`]: '{}',
          [`${pack}/blobs/7/notes.txt`]: 'mine',
          [`${pack}/stop/notes.txt`]: 'mine',
        });
        lead(way, outside.path, join(host, at));
        await files.tidy(over([pack]));
        expect(removed).toEqual([]);
        if (at === '') expect(await files.check([], 0)).toMatchObject(named);
        await expect(files.write(pack, [], 1)).rejects.toMatchObject(named);
        await expect(files.writeScript(pack, '#!/bin/bash')).rejects.toMatchObject(named);
        await expect(files.pack(pack).requestStop(7)).rejects.toMatchObject(named);
        await files.removeBlobs(pack, 7);
        outside.expectUntouched();
        const told = await files.writeScript(pack, '').catch((error: unknown) => files.error(error));
        expect(told).toMatchObject({ ...named, code: 'cluster.folder-leads-elsewhere' });
      }
    });

    test('in a pack loses no file when the pack is removed', async () => {
      const { files, host, over, removed, outside } = setUp();
      const pack = randomUUID();
      await files.write(pack, [], 1);
      lead(way, outside.path, join(host, 'packs', pack, 'blobs/7/ab'));
      lead(way, outside.path, join(host, 'packs', pack, 'blobs/8'));
      await files.removeBlobs(pack, 7);
      await files.removeBlobs(pack, 8);
      outside.expectUntouched();
      lead(way, outside.path, join(host, 'packs', pack, 'more'));
      await files.tidy(over([pack]));
      outside.expectUntouched();
      // A link is removed with its pack; a disk that is mounted there keeps it.
      expect(removed).toEqual(way === 'a symbolic link' ? [pack] : []);
    });

    test('in a pack, or in place of one, is not written to', async () => {
      const { files, host, own, folder, outside } = setUp();
      const checkpoint = own.put(Buffer.from('a checkpoint'));
      const task = training(writeSmallMnist(folder), 1);
      const run = { run: 7, label: 'run', task, engine: 'wasm', checkpoint } as const;
      const places = ['', 'blobs', 'blobs/7', `blobs/7/${checkpoint.slice(0, 2)}`, 'attempts'];
      for (const at of places) {
        const pack = randomUUID();
        lead(way, outside.path, join(host, 'packs', pack, at));
        await expect(files.write(pack, [[run]], 1), at).rejects.toMatchObject(named);
        outside.expectUntouched();
      }
      const pack = randomUUID();
      await files.write(pack, [], 1);
      lead(way, outside.path, join(host, 'packs', pack, 'blobs'));
      await expect(files.write(pack, [[run]], 1)).rejects.toMatchObject(named);
      outside.expectUntouched();
    });

    test('in place of the files of a data set is not written to', async () => {
      const { files, own, host, folder, outside } = setUp();
      const images = own.put(Buffer.from('images'));
      const source = { source: 'folder', folder: '/gone', size: 28, channels: 'gray', name: 'images' };
      const task = { ...training(writeSmallMnist(folder), 1), dataSet: source, dataSetHash: images };
      lead(way, outside.path, join(host, 'data', images));
      await expect(files.write(randomUUID(), [[{ run: 7, task, checkpoint: null }]] as never, 1)).rejects.toMatchObject(
        named,
      );
      outside.expectUntouched();
    });

    test('in a pack is not written to by the task on a node', async () => {
      const { files, host, outside } = setUp({ [`aa/${hash}`]: 'other bytes' });
      const pack = randomUUID();
      await files.write(pack, [], 1);
      const folder = files.pack(pack);
      lead(way, outside.path, join(host, 'packs', pack, 'blobs/7'));
      const store = new BlobStore(folder.blobs(7), folder.root);
      expect(() => store.put(Buffer.from('weights'))).toThrow(expect.objectContaining(named) as Error);
      store.remove(hash);
      expect(() => store.get(hash)).toThrow('damaged');
      store.touch(hash);
      outside.expectUntouched();
      const other = randomUUID();
      lead(way, outside.path, join(host, 'packs', other, 'attempts'));
      expect(() => files.pack(other).beginAttempt(7)).toThrow(expect.objectContaining(named) as Error);
      outside.expectUntouched();
    });

    test('in the folder of a check is neither written nor removed', async () => {
      const { folder, outside } = setUp();
      const place = join(folder, 'shared', 'check-1');
      lead(way, outside.path, place);
      const check = new CheckFolder(place, '/there');
      await expect(check.write({ engine: 'wasm', cores: 1 })).rejects.toMatchObject({ code: 'file.leads-elsewhere' });
      await check.remove().catch(() => undefined);
      outside.expectUntouched();
      const inside = new CheckFolder(join(folder, 'shared', 'check-2'), '/there');
      await inside.write({ engine: 'wasm', cores: 1 });
      lead(way, outside.path, join(inside.here, 'blobs'));
      await inside.remove().catch(() => undefined);
      outside.expectUntouched();
    });
  });
}

test('a link in place of a file is not written through', async () => {
  const { files, host, own, folder, outside } = setUp();
  const pack = randomUUID();
  await files.write(pack, [], 1);
  const thesis = join(outside.path, 'thesis.tex');
  const place = (name: string): string => join(host, 'packs', pack, name);
  for (const name of ['stop/7', 'job.sh', 'attempts/7-1.jsonl']) symlinkSync(thesis, place(name));
  await files.pack(pack).requestStop(7);
  await files.writeScript(pack, '#!/bin/bash');
  files.pack(pack).beginAttempt(7).close();
  symlinkSync(thesis, join(host, 'README.txt'));
  expect(await files.check([], 0)).toBe(null);
  const images = own.put(Buffer.from('images'));
  const source = { source: 'folder', folder: '/gone', size: 28, channels: 'gray', name: 'images' };
  const task = { ...training(writeSmallMnist(folder), 1), dataSet: source, dataSetHash: images };
  mkdirSync(join(host, 'data', images), { recursive: true });
  symlinkSync(thesis, join(host, 'data', images, 'images'));
  await files.write(pack, [[{ run: 7, task, checkpoint: null }]] as never, 1);
  expect(new BlobStore(files.pack(pack).blobs(7)).get(images).toString()).toBe('images');
  outside.expectUntouched();
});

test('a file with a second name elsewhere loses only the name in the shared folder', async () => {
  const { files, host, over, removed, outside } = setUp();
  const pack = randomUUID();
  await files.write(pack, [], 1);
  for (const at of [`packs/${pack}/pack.jsonl.more`, `packs/${pack}/stop/7`, `data/${hash}/images`])
    addName(join(outside.path, 'thesis.tex'), join(host, at));
  await files.pack(pack).requestStop(7);
  expect(await files.tidy(over([pack]))).toBe(true);
  expect(removed).toEqual([pack]);
  // It has two names still, so a pack may need it.
  expect(readdirSync(join(host, 'data', hash))).toEqual(['images']);
  outside.expectUntouched();
});

test('what is none of its own stays among the data sets; what no pack needs goes', async () => {
  const { files, host, over } = setUp();
  mkdirSync(join(host, 'packs'), { recursive: true });
  for (const name of ['x', hash.slice(1), `${hash}/sub`, hash]) {
    mkdirSync(join(host, 'data', name), { recursive: true });
    writeFileSync(join(host, 'data', name, 'file'), 'text');
  }
  const empty = 'b'.repeat(64);
  mkdirSync(join(host, 'data', empty));
  expect(await files.tidy(over([]))).toBe(true);
  expect(existsSync(join(host, 'data', empty))).toBe(false);
  const left = readdirSync(join(host, 'data'), { recursive: true, withFileTypes: true });
  expect(left.flatMap((entry) => (entry.isFile() ? [entry.parentPath.slice(host.length)] : [])).sort()).toEqual([
    `/data/${hash.slice(1)}`,
    `/data/${hash}/sub`,
    '/data/x',
  ]);
});

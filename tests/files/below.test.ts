import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { mountMemory, whyNoMounts } from './file-systems.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { addName, lead, makeOutside } from './outside.ts';

type Below = typeof import('../../main/files/below.ts');

const whyNoMount = whyNoMounts();
const elsewhere = { code: 'file.leads-elsewhere' };

async function importFor(platform: NodeJS.Platform): Promise<Below> {
  const own = Object.getOwnPropertyDescriptor(process, 'platform');
  vi.resetModules();
  try {
    Object.defineProperty(process, 'platform', { ...own, value: platform });
    return await import('../../main/files/below.ts');
  } finally {
    if (own) Object.defineProperty(process, 'platform', own);
  }
}

/** Removes every second file that is there, from the last one. */
const removeEach = `
  const { rmSync } = require('node:fs');
  const { paths, begun } = require('node:worker_threads').workerData;
  for (let at = paths.length - 1; at > 0; at -= 2) {
    rmSync(paths[at], { force: true });
    Atomics.store(begun, 0, 1);
    Atomics.notify(begun, 0);
  }
`;

/** Writes files and renames them, until it is told to end. */
const writeAll = `
  const { renameSync, writeFileSync } = require('node:fs');
  const { folder, state } = require('node:worker_threads').workerData;
  for (let n = 0; Atomics.load(state, 0) < 2; n++) {
    writeFileSync(folder + '/new', '');
    try { renameSync(folder + '/new', folder + '/' + (n % 20)); } catch {}
    Atomics.compareExchange(state, 0, 0, 1);
    Atomics.notify(state, 0);
  }
`;

describe.each(['linux', 'darwin'] as const)('as on %s', (platform) => {
  const runs = describe.skipIf(process.platform === 'win32' || (platform === 'linux' && process.platform !== 'linux'));
  runs('below a root', () => {
    let below: Below;
    beforeAll(async () => {
      below = await importFor(platform);
    });

    /** Each way of calling it: waiting and blocking. */
    const calls: Record<string, (root: string, path: string, make: boolean, name: string) => Promise<void>> = {
      waiting: (root, path, make, name) =>
        below.within(root, path, (folder) => Promise.resolve(writeFileSync(join(folder, name), 'text')), { make }),
      blocking: async (root, path, make, name) =>
        below.withinSync(root, path, (folder) => writeFileSync(join(folder, name), 'text'), { make }),
    };
    const removals: Record<string, (root: string, path: string) => Promise<void>> = {
      waiting: (root, path) => below.removeBelow(root, path),
      blocking: async (root, path) => below.removeBelowSync(root, path),
    };

    describe.each(Object.entries(calls))('%s', (_, write) => {
      test('folders are made as private as the one they are in, and errors name the real path', async () => {
        const folder = temporaryFolder();
        const root = join(folder, 'root');
        mkdirSync(root, { mode: 0o750 });
        await expect(write(root, join(root, 'a/b'), false, 'file')).rejects.toMatchObject({
          code: 'ENOENT',
          path: join(root, 'a'),
        });
        await write(root, join(root, 'a/b'), true, 'file');
        expect(existsSync(join(root, 'a/b/file'))).toBe(true);
        expect(statSync(join(root, 'a/b')).mode & 0o777).toBe(0o750);
        await expect(write(root, join(root, 'a/b'), false, 'c/file')).rejects.toMatchObject({
          code: 'ENOENT',
          path: join(root, 'a/b/c/file'),
          message: expect.not.stringContaining('/proc/'),
        });
        await expect(write(join(folder, 'gone'), join(folder, 'gone/a'), true, 'file')).rejects.toMatchObject({
          code: 'ENOENT',
        });
        expect(existsSync(join(folder, 'gone'))).toBe(false);
        await expect(write(root, folder, true, 'file')).rejects.toThrow('is not below');
      });

      test('a link or a file in place of a folder is refused with its path; the root may be a link', async () => {
        const folder = temporaryFolder();
        const outside = makeOutside(folder, { 'b/notes.txt': 'mine' });
        const root = join(folder, 'root');
        mkdirSync(join(root, 'real'), { recursive: true });
        symlinkSync(outside.path, join(root, 'link'));
        symlinkSync(join(outside.path, 'b'), join(root, 'real/link'));
        writeFileSync(join(root, 'file'), 'text');
        symlinkSync(join(folder, 'nowhere'), join(root, 'dangling'));
        for (const name of ['link', 'link/b', 'real/link', 'file', 'dangling', 'dangling/b'])
          await expect(write(root, join(root, name), true, 'new'), name).rejects.toMatchObject(elsewhere);
        await expect(write(root, join(root, 'real/link'), true, 'new')).rejects.toMatchObject({
          where: join(root, 'real/link'),
        });
        outside.expectUntouched();
        symlinkSync(root, join(folder, 'root-link'));
        await write(join(folder, 'root-link'), join(folder, 'root-link/real'), false, 'new');
        expect(existsSync(join(root, 'real/new'))).toBe(true);
      });

      test.skipIf(whyNoMount !== null)(`a mounted disk is refused (${whyNoMount ?? 'mounted here'})`, async () => {
        const folder = temporaryFolder();
        const root = join(folder, 'root');
        mountMemory(join(root, 'disk'), 2 ** 16);
        await expect(write(root, join(root, 'disk'), true, 'new')).rejects.toMatchObject(elsewhere);
        expect(readdirSync(join(root, 'disk'))).toEqual([]);
        // The root itself may be one.
        await write(join(root, 'disk'), join(root, 'disk'), true, 'new');
      });
    });

    test('a folder is emptied while another process writes into it, and stays', async () => {
      const root = temporaryFolder();
      const folder = join(root, 'folder');
      below.emptyBelowSync(root, folder);
      mkdirSync(join(folder, 'inner'), { recursive: true });
      const state = new Int32Array(new SharedArrayBuffer(4));
      const other = new Worker(writeAll, { eval: true, workerData: { folder, state } });
      const ended = new Promise<number>((resolve) => other.once('exit', resolve));
      Atomics.wait(state, 0, 0);
      for (let n = 0; n < 200; n++) below.emptyBelowSync(root, folder);
      Atomics.store(state, 0, 2);
      expect(await ended).toBe(0);
      below.emptyBelowSync(root, folder);
      expect(readdirSync(folder)).toEqual([]);
    });

    describe.each(Object.entries(removals))('%s', (_, remove) => {
      test('a folder goes with its links, not with what they lead to, nor other names of its files', async () => {
        const folder = temporaryFolder();
        const outside = makeOutside(folder);
        const root = join(folder, 'root');
        mkdirSync(join(root, 'old/a/b'), { recursive: true });
        writeFileSync(join(root, 'old/a/b/file'), 'text');
        symlinkSync(outside.path, join(root, 'old/a/link'));
        symlinkSync(join(outside.path, 'thesis.tex'), join(root, 'old/file-link'));
        addName(join(outside.path, 'thesis.tex'), join(root, 'old/a/b/name'));
        await remove(root, join(root, 'old'));
        expect(readdirSync(root)).toEqual([]);
        outside.expectUntouched();
        symlinkSync(outside.path, join(root, 'link'));
        await expect(remove(root, join(root, 'link/.ssh'))).rejects.toMatchObject(elsewhere);
        await remove(root, join(root, 'link'));
        expect(readdirSync(root)).toEqual([]);
        outside.expectUntouched();
        await remove(root, join(root, 'nothing/here'));
      });

      test('a folder goes also while another process removes files of it', async () => {
        const root = temporaryFolder();
        const folder = join(root, 'folder');
        mkdirSync(folder);
        const names = Array.from({ length: 500 }, (_, n) => `${n}`);
        for (const name of names) writeFileSync(join(folder, name), '');
        const begun = new Int32Array(new SharedArrayBuffer(4));
        const other = new Worker(removeEach, {
          eval: true,
          workerData: { paths: readdirSync(folder).map((name) => join(folder, name)), begun },
        });
        const ended = new Promise((resolve) => other.once('exit', resolve));
        Atomics.wait(begun, 0, 0);
        await remove(root, folder);
        await ended;
        expect(existsSync(folder)).toBe(false);
      });

      test('folders in each other without end are left', async () => {
        const folder = temporaryFolder();
        const deep = join(folder, ...Array.from({ length: 80 }, () => 'd'));
        mkdirSync(deep, { recursive: true });
        await expect(remove(folder, join(folder, 'd'))).rejects.toMatchObject({ code: 'file.too-deep' });
        expect(existsSync(deep)).toBe(true);
      });

      test.skipIf(whyNoMount !== null)(`a mounted disk stays (${whyNoMount ?? 'mounted here'})`, async () => {
        const folder = temporaryFolder();
        const disk = join(folder, 'root/old/disk');
        mountMemory(disk, 2 ** 16);
        writeFileSync(join(disk, 'file'), 'text');
        await expect(remove(join(folder, 'root'), join(folder, 'root/old'))).rejects.toMatchObject({
          ...elsewhere,
          where: disk,
        });
        expect(readdirSync(disk)).toEqual(['file']);
      });
    });
  });
});

describe.skipIf(process.platform !== 'linux')('on Linux', () => {
  test('a folder that is replaced by a link during the work is the one that is worked in', async () => {
    const { within } = await importFor('linux');
    const folder = temporaryFolder();
    const outside = makeOutside(folder);
    const root = join(folder, 'root');
    mkdirSync(join(root, 'a'), { recursive: true });
    await within(root, join(root, 'a'), (held) => {
      renameSync(join(root, 'a'), join(root, 'moved'));
      symlinkSync(outside.path, join(root, 'a'));
      writeFileSync(join(held, 'new'), 'text');
      rmSync(join(held, 'thesis.tex'), { force: true });
      return Promise.resolve();
    });
    expect(readdirSync(join(root, 'moved'))).toEqual(['new']);
    outside.expectUntouched();
  });

  test('files survive somebody who swaps a folder and a link all the time', async () => {
    const { removeBelow, within } = await importFor('linux');
    const folder = temporaryFolder();
    const outside = makeOutside(folder, { 'b/notes.txt': 'mine' });
    const root = join(folder, 'root');
    const [place, aside] = [join(root, 'a'), join(root, 'aside')];
    mkdirSync(join(root, 'a/b'), { recursive: true });
    let isOver = false;
    const swapping = (async () => {
      while (!isOver) {
        renameSync(place, aside);
        symlinkSync(outside.path, place);
        await new Promise(setImmediate);
        unlinkSync(place);
        renameSync(aside, place);
        await new Promise(setImmediate);
      }
    })();
    let [written, refused] = [0, 0];
    while (written < 20 || refused < 20) {
      const write = within(root, join(root, 'a/b'), (held) => Promise.resolve(writeFileSync(join(held, 'new'), '')));
      await write.then(
        () => (written += 1),
        () => (refused += 1),
      );
      await removeBelow(root, join(root, 'a/b/notes.txt')).catch(() => undefined);
    }
    isOver = true;
    await swapping;
    outside.expectUntouched();
  });

  test.skipIf(whyNoMount !== null)(
    `a folder of the same disk is noticed (${whyNoMount ?? 'mounted here'})`,
    async () => {
      const { within } = await importFor('linux');
      const folder = temporaryFolder();
      const outside = makeOutside(folder);
      onTestFinished(() => outside.expectUntouched());
      lead('a mount point', outside.path, join(folder, 'root/a'));
      expect(statSync(outside.path).dev).toBe(statSync(join(folder, 'root')).dev);
      const work = within(join(folder, 'root'), join(folder, 'root/a'), () => Promise.resolve());
      await expect(work).rejects.toMatchObject(elsewhere);
    },
  );
});

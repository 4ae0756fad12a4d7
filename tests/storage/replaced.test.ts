import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../main/contract/wire/errors.ts';
import { openStorage, type Storage } from '../../main/storage/open.ts';
import { callHost } from '../services/labeling/host-client.ts';
import { makeSessions } from '../contributions/desk/make-sessions.ts';
import { addStimuli, answer, screen } from '../services/labeling/labeling-helper.ts';
import { openLab } from '../services/lab/lab-helper.ts';
import { classifierTask, newRun } from '../executors/counting-tasks.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const refused = expect.objectContaining({ name: 'UserError', code: 'storage.replaced' });
const inUse = expect.objectContaining({ name: 'UserError', code: 'storage.in-use' });

const add = (storage: Storage, seed: number) => storage.runs.ensure(newRun(classifierTask(seed)), 1);

/** A data folder that a writer has open, with three runs. */
function openFolder(): { folder: string; storage: Storage } {
  const folder = join(temporaryFolder(), 'data');
  const storage = openStorage(folder);
  onTestFinished(() => storage.close());
  for (let seed = 0; seed < 3; seed++) add(storage, seed);
  return { folder, storage };
}

/** Deletes a file and puts a copy in its place, as a sync tool or a restore does. */
function replace(path: string): void {
  cpSync(path, `${path}.copy`);
  rmSync(path);
  renameSync(`${path}.copy`, path);
}

const losses: readonly (readonly [name: string, lose: (folder: string) => void])[] = [
  ['the folder is deleted', (folder) => rmSync(folder, { recursive: true })],
  ['the folder is moved', (folder) => renameSync(folder, `${folder}-moved`)],
  [
    'the folder is replaced by a copy',
    (folder) => {
      renameSync(folder, `${folder}-moved`);
      cpSync(`${folder}-moved`, folder, { recursive: true });
    },
  ],
  ['the database is deleted', (folder) => rmSync(join(folder, 'workbench.sqlite'))],
  ['the database is replaced', (folder) => replace(join(folder, 'workbench.sqlite'))],
  ['the log is deleted', (folder) => rmSync(join(folder, 'workbench.sqlite-wal'))],
  ['the log is replaced', (folder) => replace(join(folder, 'workbench.sqlite-wal'))],
  ['the index of the log is deleted', (folder) => rmSync(join(folder, 'workbench.sqlite-shm'))],
  ['the lock is deleted', (folder) => rmSync(join(folder, 'writer.lock'))],
  [
    'the lock is created again',
    (folder) => {
      rmSync(join(folder, 'writer.lock'));
      writeFileSync(join(folder, 'writer.lock'), '');
    },
  ],
];

describe.skipIf(process.platform === 'win32')('files that a writer has open', () => {
  test.each(losses)('%s: nothing is acknowledged, and no second writer gets in', (_, lose) => {
    const { folder, storage } = openFolder();
    lose(folder);
    expect(() => add(storage, 10)).toThrow(refused);
    expect(() => storage.settings.set('x', 1, 1)).toThrow(refused);
    expect(() => storage.transaction(() => add(storage, 11))).toThrow(refused);
    expect(storage.runs.counts().queued).toBe(3);
    mkdirSync(folder, { recursive: true });
    expect(() => openStorage(folder)).toThrow(inUse);
    expect(() => add(storage, 12)).toThrow(refused);
    storage.close();
    openStorage(folder).close();
  });

  test('lost during a transaction: it is not acknowledged, and nothing that waits for its commit is called', () => {
    const { folder, storage } = openFolder();
    const lossInside = () =>
      storage.transaction(() => {
        add(storage, 10);
        rmSync(folder, { recursive: true });
      });
    expect(lossInside).toThrow(refused);
  });

  test('where the disk does not tell: a clear error, and once it does, it is written again', () => {
    const { folder, storage } = openFolder();
    renameSync(folder, `${folder}-moved`);
    symlinkSync(folder, folder);
    expect(() => add(storage, 10)).toThrow(UserError);
    rmSync(folder);
    renameSync(`${folder}-moved`, folder);
    add(storage, 11);
    storage.close();
  });

  test('a folder that is moved back is written again', () => {
    const { folder, storage } = openFolder();
    renameSync(folder, `${folder}-moved`);
    expect(() => add(storage, 10)).toThrow(refused);
    renameSync(`${folder}-moved`, folder);
    add(storage, 10);
    storage.close();
    expect(reopened(folder)).toMatchObject({ runs: 4, notices: [] });
  });

  test.each(['workbench.sqlite-wal', 'workbench.sqlite', 'writer.lock'])(
    'all that was acknowledged before %s was deleted is there at the next start',
    (name) => {
      const { folder, storage } = openFolder();
      rmSync(join(folder, name));
      storage.close();
      expect(reopened(folder)).toMatchObject({ runs: 3 });
    },
  );

  test.each(['workbench.sqlite-wal', 'workbench.sqlite'])(
    'also if the writer is killed, once it has noticed that %s was deleted',
    async (name) => {
      const folder = join(temporaryFolder(), 'data');
      const module = (path: string): string => JSON.stringify(`file://${join(import.meta.dirname, path)}`);
      const script = `import { rmSync } from 'node:fs';
        import { openStorage } from ${module('../../main/storage/open.ts')};
        import { classifierTask, newRun } from ${module('../executors/counting-tasks.ts')};
        const storage = openStorage(${JSON.stringify(folder)});
        for (let seed = 0; seed < 3; seed++) storage.runs.ensure(newRun(classifierTask(seed)), 1);
        rmSync(${JSON.stringify(join(folder, name))});
        try { storage.runs.ensure(newRun(classifierTask(3)), 1); } catch { process.kill(process.pid, 'SIGKILL'); }`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
      expect(await new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))).toBe('SIGKILL');
      expect(reopened(folder)).toMatchObject({ runs: 3 });
    },
  );

  test('a folder that was deleted stays deleted', () => {
    const { folder, storage } = openFolder();
    rmSync(folder, { recursive: true });
    expect(() => add(storage, 10)).toThrow(refused);
    storage.close();
    expect(existsSync(folder)).toBe(false);
  });

  test('the lock outside of the folder is removed with the writer', () => {
    const locks = () => readdirSync(join(process.env.BOUNDARY_CACHE ?? '', 'locks'));
    const cache = process.env.BOUNDARY_CACHE;
    process.env.BOUNDARY_CACHE = temporaryFolder();
    onTestFinished(() => {
      if (cache === undefined) delete process.env.BOUNDARY_CACHE;
      else process.env.BOUNDARY_CACHE = cache;
    });
    const { storage } = openFolder();
    expect(locks()).not.toEqual([]);
    storage.close();
    expect(locks()).toEqual([]);
    // As a killed process leaves it.
    writeFileSync(join(process.env.BOUNDARY_CACHE, 'locks', `${'a'.repeat(64)}.lock`), '');
    openFolder().storage.close();
    expect(locks()).toHaveLength(1);
    const nextDay = Date.now() + 25 * 3600 * 1000;
    openStorage(join(temporaryFolder(), 'data'), { now: () => nextDay }).close();
    expect(locks()).toEqual([]);
  });

  test('where the cache cannot be written, the lock in the folder is enough', () => {
    const cache = process.env.BOUNDARY_CACHE;
    process.env.BOUNDARY_CACHE = '/proc/none';
    onTestFinished(() => {
      if (cache === undefined) delete process.env.BOUNDARY_CACHE;
      else process.env.BOUNDARY_CACHE = cache;
    });
    const { folder } = openFolder();
    expect(() => openStorage(folder)).toThrow(inUse);
  });

  test('a volunteer: the answer is refused with what to do, and stored once the folder is back', async () => {
    const it = openLab(join(temporaryFolder(), 'data'));
    addStimuli(it.lab.workbench.storage, 20);
    const [session] = await makeSessions(it);
    await it.lab.close();
    const host = await callHost(it.dataFolder);
    onTestFinished(() => void host.process.kill('SIGKILL'));
    const page = { token: session?.token ?? '', sitting: randomUUID() };
    await host.client.desk.volunteer.open({ ...page, screen });
    const tell = (trial: number) =>
      host.client.desk.volunteer.addEvents({ ...page, events: [answer(trial, trial, 1)] });
    await tell(0);
    renameSync(it.dataFolder, `${it.dataFolder}-moved`);
    await expect(tell(1)).rejects.toMatchObject({
      data: { code: 'storage.replaced', remedy: expect.stringContaining('put it back') },
    });
    renameSync(`${it.dataFolder}-moved`, it.dataFolder);
    await tell(1);
    const view = await host.client.desk.volunteer.open({ ...page, screen });
    expect(view.next).toBe(2);
  });
});

function reopened(folder: string) {
  const storage = openStorage(folder);
  const found = { runs: storage.runs.counts().queued, notices: storage.notices };
  storage.close();
  return found;
}

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { DailyBackup } from '../../../main/services/tasks/daily-backup.ts';
import { flushBackupsDuring, listBackups } from '../../../main/storage/backups.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { addSmallStudy, openLab } from '../lab/lab-helper.ts';

const hour = 3600_000;

test('backups reach the disk while another process writes them, not all at once at the end', async () => {
  const folder = temporaryFolder();
  const [done, unfinished] = ['.sqlite', '.sqlite.7.tmp'].map((end) => `workbench-20260101T000000000Z${end}`);
  mkdirSync(join(folder, 'backups'));
  for (const name of [done, unfinished]) writeFileSync(join(folder, 'backups', name ?? ''), 'bytes');
  const flushed: string[] = [];
  const flush = (path: string) => Promise.resolve(void flushed.push(path));
  const { promise, resolve } = Promise.withResolvers<string>();
  const work = flushBackupsDuring(folder, promise, flush);
  await vi.waitFor(() => expect(flushed.length).toBeGreaterThan(2), { timeout: 30_000 });
  expect([...new Set(flushed)]).toEqual([join(folder, 'backups', unfinished ?? '')]);
  resolve('copied');
  expect(await work).toBe('copied');
  const failing = flushBackupsDuring(folder, Promise.reject(new Error('full')), () =>
    Promise.reject(new Error('gone')),
  );
  await expect(failing).rejects.toThrow('full');
});

test('backups are made once a day while the program runs', async () => {
  const here = openLab();
  let now = Date.now();
  const complaints: string[] = [];
  const daily = new DailyBackup({
    workbench: { ...here.lab.workbench, now: () => now },
    launcher: new ForkLauncher(),
    onFailure: (message) => complaints.push(message),
  });
  expect(await daily.backUpIfDue()).toBe(true);
  expect(await daily.backUpIfDue()).toBe(false);
  now += 25 * hour;
  expect(await daily.backUpIfDue()).toBe(true);
  expect(readdirSync(join(here.dataFolder, 'backups')).length).toBe(2);
  daily.close();
  expect(await daily.backUpIfDue()).toBe(false);
  expect(complaints).toEqual([]);
});

test('a daily backup that cannot be made is told, whatever keeps it from being made', async () => {
  const here = openLab();
  const complaints: string[] = [];
  const daily = new DailyBackup({
    workbench: { ...here.lab.workbench, now: () => Date.now() + 25 * hour },
    launcher: new ForkLauncher(),
    onFailure: (message) => complaints.push(message),
  });
  onTestFinished(() => daily.close());
  const backups = join(here.dataFolder, 'backups');
  rmSync(backups, { recursive: true, force: true });
  writeFileSync(backups, 'a file in the place of the folder');
  expect(await daily.backUpIfDue()).toBe(false);
  expect(complaints).toEqual([expect.stringContaining('The daily backup could not be made')]);
});

test('a new folder has its first backup soon after its first study', async () => {
  const here = openLab();
  const parts = { workbench: here.lab.workbench, launcher: new ForkLauncher(), firstEvery: 20 };
  const daily = new DailyBackup({ ...parts, onFailure: (message) => expect.fail(message) });
  const asked = vi.spyOn(here.lab.workbench.storage.studies, 'list');
  const backups = () => listBackups(here.dataFolder, Date.now());
  await vi.waitFor(() => expect(asked.mock.calls.length).toBeGreaterThan(2), { timeout: 60_000 });
  expect(backups()).toEqual([]);
  addSmallStudy(here);
  await vi.waitFor(() => expect(backups()).toHaveLength(1), { timeout: 60_000 });
  daily.close();
  await here.lab.close();
  rmSync(join(here.dataFolder, 'workbench.sqlite'));
  const again = openLab(here.dataFolder);
  expect(again.lab.workbench.storage.notices).toMatchObject([{ code: 'storage.restored' }]);
  expect((await again.client.studies.list({})).studies).toHaveLength(1);
});

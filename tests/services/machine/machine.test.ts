import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { DailyBackup } from '../../../main/services/machine/machine.ts';
import { filesBelow } from '../../../main/services/machine/disk.ts';
import { runTask } from '../../../main/services/machine/tasks.ts';
import { flushBackupsDuring, listBackups } from '../../../main/storage/index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { addSmallStudy, jobEnded, openLab } from '../lab/lab-helper.ts';
import type { TestLab } from '../lab/lab-helper.ts';
import { wholeSmallStudy } from '../study/whole-study.ts';

const hour = 3600_000;

/** Puts a file into the data folder, last written `age` milliseconds ago. */
function plant({ dataFolder }: TestLab, path: string, age: number, content = 'x'.repeat(1000)): string {
  const file = join(dataFolder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
  const at = new Date(Date.now() - age);
  utimesSync(file, at, at);
  return file;
}

function ageAll(folder: string): void {
  const at = new Date(Date.now() - 48 * hour);
  for (const [path] of filesBelow(folder)) utimesSync(path, at, at);
}

const blobsOf = ({ dataFolder }: TestLab): string[] =>
  [...filesBelow(join(dataFolder, 'blobs'))].map(([path]) => path.slice(-64)).sort();

describe('the disk', () => {
  test('only unused files are removed: a finished study loses no file, and can continue', async () => {
    const { data } = await wholeSmallStudy();
    const [here, study] = [openLab(data), 'small'];
    ageAll(here.dataFolder);
    const needed = blobsOf(here);
    const hash = (digit: string): string => digit.repeat(64);
    const unused = plant(here, `blobs/aa/${hash('a')}`, 48 * hour);
    const damaged = plant(here, `blobs/bb/${hash('b')}.damaged`, 2 * hour);
    const fresh = plant(here, `blobs/cc/${hash('c')}`, 60_000);
    const left = plant(here, 'imports/old/images.zip', 48 * hour);
    // An archive of stimuli that a study declared once: it may use that set again.
    const declared = plant(here, `imports/${hash('d')}.zip`, 48 * hour);
    const { storage, now } = here.lab.workbench;
    const { spec } = storage.studies.byName(study) ?? {};
    if (!spec) throw new Error('no study');
    const stimuli = { source: 'imported' as const, path: `imports/${hash('d')}.zip` };
    for (const each of [{ ...spec, generator: null, reference: null, stimuli }, spec]) {
      storage.studies.put(study, each, now());
    }
    const handedOver = plant(here, 'exports/now.zip', 2 * hour);
    const mine = plant(here, 'notes.txt', 48 * hour);

    const before = await here.client.machine.disk({});
    const part = (name: string) => before.parts.find((each) => each.part === name);
    expect(part('unused')).toMatchObject({ files: 3, bytes: 3000, removable: { files: 2, bytes: 2000 } });
    expect(part('leftovers')).toMatchObject({ files: 3, removable: { files: 1, bytes: 1000 } });
    expect(part('results')?.files).toBeGreaterThan(20);
    expect(part('database')?.bytes).toBeGreaterThan(100_000);
    for (const name of ['results', 'checkpoints', 'database', 'reports', 'logs', 'other'] as const) {
      expect(part(name)?.removable).toEqual({ bytes: 0, files: 0 });
    }

    const job = await jobEnded(here, (await here.client.machine.cleanUp({})).job);
    expect(job).toMatchObject({ state: 'done', messages: ['Removed 3 files, 3.0\u00a0kB.'] });
    expect([unused, damaged, fresh, left, handedOver, mine, declared].map(existsSync)).toEqual([
      false,
      false,
      true,
      false,
      true,
      true,
      true,
    ]);
    expect(existsSync(join(here.dataFolder, 'imports', 'old'))).toBe(false);
    expect(blobsOf(here)).toEqual([...needed, hash('c')].sort());
    expect((await here.client.machine.disk({})).parts.find((each) => each.part === 'unused')?.files).toBe(1);
    expect(await jobEnded(here, here.lab.work.start(study, 'report'))).toMatchObject({ state: 'done', messages: [] });
    expect(here.defects).toEqual([]);
  });

  test('nothing is removed while a job runs, and a job that starts meanwhile stops the clean-up', async () => {
    const here = openLab();
    const job = here.lab.jobs.add({ kind: 'study', title: 'Run the study: x', study: 'x', link: null });
    await expect(here.client.machine.cleanUp({})).rejects.toMatchObject({ data: { code: 'machine.busy' } });
    job.end('done');
    const file = plant(here, `blobs/aa/${'a'.repeat(64)}`, 48 * hour);
    const cleaning = here.lab.machine.cleanUp();
    here.lab.jobs.add({ kind: 'study', title: 'Run the study: y', study: 'y', link: null });
    const ended = await jobEnded(here, cleaning);
    expect(ended.state).toBe('failed');
    expect(ended.messages.join()).toContain('Run the study: y');
    expect(existsSync(file)).toBe(true);
  });

  test('while a damaged database lies beside, no file is removed that it may name', async () => {
    const here = openLab();
    const unused = plant(here, `blobs/aa/${'a'.repeat(64)}`, 48 * hour);
    const damaged = plant(here, 'workbench.sqlite.damaged-20260101T000000000Z', 48 * hour);
    await jobEnded(here, (await here.client.machine.cleanUp({})).job);
    expect(existsSync(unused)).toBe(true);
    rmSync(damaged);
    await jobEnded(here, (await here.client.machine.cleanUp({})).job);
    expect(existsSync(unused)).toBe(false);
  });

  test('a hash in any table keeps its file', async () => {
    const here = openLab();
    const kept = 'd'.repeat(64);
    here.lab.workbench.storage.settings.set('something new', { picture: kept }, Date.now());
    const json = JSON.stringify({ pixels: 'e'.repeat(64) });
    plant(here, `blobs/dd/${kept}`, 48 * hour, json);
    plant(here, `blobs/ee/${'e'.repeat(64)}`, 48 * hour);
    await jobEnded(here, here.lab.machine.cleanUp());
    expect(blobsOf(here)).toEqual([kept, 'e'.repeat(64)]);
  });
});

describe('backups', () => {
  test('are made on request beside a database in use, and are complete', async () => {
    const here = openLab();
    const job = await jobEnded(here, (await here.client.machine.backUp({})).job);
    expect(job.state).toBe('done');
    const { health } = await import('../../../main/storage/index.ts').then(({ openStorage }) => {
      const storage = openStorage(here.dataFolder, { readOnly: true });
      const found = { health: storage.health() };
      storage.close();
      return found;
    });
    expect(health.backups.length).toBe(1);
    expect(Date.parse((await here.client.machine.disk({})).newestBackupAt ?? '')).toBeCloseTo(Date.now(), -5);
  });

  test('reach the disk while another process writes them, not all at once at the end', async () => {
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

  test('are made once a day while the program runs', async () => {
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

describe('engines', () => {
  test('are checked again as a job, and the screen shows the outcome', async () => {
    process.env.BOUNDARY_CACHE = join(temporaryFolder(), 'cache');
    const here = openLab();
    const before = await here.client.machine.state({});
    expect(before.triedAt).toBeNull();
    expect(before.engines.find(({ name }) => name === 'wasm')).toMatchObject({ state: 'untried', chosen: true });
    expect((await jobEnded(here, (await here.client.machine.check({})).job)).state).toBe('done');
    const after = await here.client.machine.state({});
    expect(after.triedAt).not.toBeNull();
    expect(after.engines.find(({ name }) => name === 'wasm')).toMatchObject({ state: 'passed', speedOverWasm: 1 });
    expect(after.engines.find(({ name }) => name === 'tensorflow')).toMatchObject({ state: 'absent', chosen: false });
    expect(after.cores).toBeGreaterThan(0);
    await expect(here.client.machine.configure({ engine: 'tensorflow' })).rejects.toMatchObject({
      data: { code: 'machine.engine' },
    });
    expect(here.lab.settings.get().engine).toBe('wasm');
  });

  test('if TensorFlow cannot be installed, the message says why and what would help', async () => {
    const tools = temporaryFolder();
    const launcher = new ForkLauncher({ ...process.env, PATH: tools, BOUNDARY_CACHE: join(tools, 'cache') });
    const installing = runTask(launcher, 'install', { variant: 'cpu' });
    await expect(installing).rejects.toMatchObject({
      code: 'machine.refused',
      message: expect.stringMatching(
        /python3 with pip and the C\+\+ compiler g\+\+ are missing\. To use TensorFlow, install them/,
      ),
    });
  });

  test('a task that is stopped ends its process', async () => {
    const abort = new AbortController();
    const folder = temporaryFolder();
    const folders = { dataFolder: folder, cacheFolder: folder };
    const reading = runTask(new ForkLauncher(), 'diskUse', folders, { signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
  });
});

describe('settings', () => {
  test('change one by one, survive a restart, and take effect', async () => {
    const here = openLab();
    await here.client.machine.configure({ seedsPerStep: 4 });
    await here.client.machine.configure({ overnight: { from: 20, to: 7 } });
    await here.client.machine.configure({ workers: 3 });
    const hourBefore = new Date().getHours();
    const { options, threads, openNow } = await here.client.machine.settings({});
    expect(options).toEqual({
      workers: 3,
      seedsPerStep: 4,
      overnight: { from: 20, to: 7 },
      engine: 'wasm',
      paused: false,
    });
    expect(threads).toBe(1);
    const isNight = (hour: number): boolean => hour >= 20 || hour < 7;
    expect([hourBefore, new Date().getHours()].map(isNight)).toContain(openNow);
    await here.lab.close();
    expect((await openLab(here.dataFolder).client.machine.settings({})).options.overnight).toEqual({ from: 20, to: 7 });
  });

  test.for([
    { workers: 0 },
    { workers: 1.5 },
    { seedsPerStep: 65 },
    { overnight: { from: 24, to: 1 } },
    { paused: true },
  ])('%j is refused', async (change) => {
    const here = openLab();
    await expect(here.client.machine.configure(change as object)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});

import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { filesBelow } from '../../../main/contributions/machine/disk.ts';
import { machineOf } from '../../../main/contributions/machine/opened.ts';
import { runMachineTask } from '../../../main/contributions/machine/tasks.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { jobEnded, openLab } from '../../services/lab/lab-helper.ts';
import type { TestLab } from '../../services/lab/lab-helper.ts';
import { wholeSmallStudy } from '../../services/study/whole-study.ts';

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
    const cleaning = (await machineOf(here.lab)).cleanUp();
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
    await jobEnded(here, (await machineOf(here.lab)).cleanUp());
    expect(blobsOf(here)).toEqual([kept, 'e'.repeat(64)]);
  });
});

describe('backups', () => {
  test('are made on request beside a database in use, and are complete', async () => {
    const here = openLab();
    const job = await jobEnded(here, (await here.client.machine.backUp({})).job);
    expect(job.state).toBe('done');
    const { health } = await import('../../../main/storage/open.ts').then(({ openStorage }) => {
      const storage = openStorage(here.dataFolder, { readOnly: true });
      const found = { health: storage.health() };
      storage.close();
      return found;
    });
    expect(health.backups.length).toBe(1);
    expect(Date.parse((await here.client.machine.disk({})).newestBackupAt ?? '')).toBeCloseTo(Date.now(), -5);
  });
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
    const installing = runMachineTask(launcher, 'install', { variant: 'cpu' });
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
    const reading = runMachineTask(new ForkLauncher(), 'diskUse', folders, { signal: abort.signal });
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

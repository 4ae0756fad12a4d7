import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { temporaryFolder, writeSmallMnist } from '../../training/small-data.ts';
import { FakeSlurm, longTraining, profile, setUpCluster, training, type WholeOptions } from './cluster-setup.ts';
import { mountMemory, mountSlow, whyNoMounts, whyNoSlowFolder } from '../../files/file-systems.ts';

const data = temporaryFolder();
let small: ReturnType<typeof writeSmallMnist>;
beforeAll(() => {
  small = writeSmallMnist(data);
});
afterAll(() => rmSync(data, { recursive: true }));

for (const [what, why] of [
  ['full, read-only and missing shared folders', whyNoMounts()],
  ['a slow shared folder', whyNoSlowFolder()],
])
  if (why) console.warn(`No test of ${what}: ${why}.`);

const patient = { timeout: 60_000, interval: 50 };

function folder(): string {
  const made = temporaryFolder();
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A cluster with a shared folder at `shared`, and what is wrong with it now, by its code. */
function setUp(own: string, shared: string, there: string | null = null, options: Partial<WholeOptions> = {}) {
  const slurm = new FakeSlurm(1);
  let wrong: string | null = null;
  const cluster = { ...profile(own), folder: { here: shared, there } };
  const { storage, executor, ensure } = setUpCluster(own, slurm, {
    cluster,
    ...options,
    onTrouble: (part, trouble) => {
      if (part === 'folder')
        wrong = trouble instanceof UserError ? trouble.code : trouble === null ? null : String(trouble);
    },
  });
  return { slurm, storage, executor: executor(), another: executor, ensure, wrong: () => wrong };
}

const packs = (shared: string): string[] => readdirSync(join(shared, 'host-1/packs'));

test('runs that end while this computer is without the folder are not done again', async () => {
  const own = folder();
  const [there, here] = [join(own, 'there'), join(own, 'here')];
  mkdirSync(there);
  symlinkSync(there, here);
  const { slurm, storage, executor, ensure, wrong } = setUp(own, here, there);
  const run = ensure(longTraining(small, 1, 10));
  executor.start();
  await vi.waitFor(() => expect(storage.runs.state(run)).toBe('running'), patient);
  rmSync(here);
  await vi.waitFor(() => expect(wrong()).toBe('cluster.folder-missing'), patient);
  await vi.waitFor(() => expect(slurm.running).toEqual([]), patient);
  const { length } = slurm.calls;
  // Longer than a task may be unknown to the scheduler.
  await vi.waitFor(() => expect(slurm.calls.length).toBeGreaterThan(length + 10), patient);
  expect(storage.runs.state(run)).toBe('running');
  symlinkSync(there, here);
  await executor.idle();
  expect(storage.runHistory.attempts(run).map(({ outcome }) => outcome)).toEqual(['done']);
  expect(slurm.calls.filter((call) => call === 'sbatch')).toHaveLength(1);
});

test.skipIf(whyNoMounts() !== null)(
  'a folder that is full, read-only, away or an empty place is named, and work goes on once it is well',
  async () => {
    const own = folder();
    const disk = mountMemory(join(own, 'disk'), 8 * 2 ** 20);
    const shared = join(own, 'disk/shared');
    mkdirSync(shared);
    const { slurm, storage, executor, ensure, wrong } = setUp(own, shared);
    const log = (): string =>
      packs(shared)
        .map((pack) => readFileSync(join(shared, 'host-1/packs', pack, 'log/0.txt'), 'utf8'))
        .join('');
    const first = ensure(longTraining(small, 1, 150));
    executor.start();
    await vi.waitFor(() => expect(storage.runs.get(first)?.progress?.done).toBeGreaterThan(0), patient);

    disk.fill();
    await vi.waitFor(() => expect(wrong()).toBe('cluster.folder-full'), patient);
    slurm.running[0]?.process?.kill('SIGTERM');
    await vi.waitFor(() => expect(log()).toContain('The shared folder refuses'), patient);
    disk.free();
    await vi.waitFor(() => expect(wrong()).toBeNull(), patient);
    await vi.waitFor(() => expect(storage.runHistory.attempts(first)).toHaveLength(2), patient);
    expect(storage.runHistory.attempts(first)[1]?.checkpoint).not.toBeNull();

    renameSync(shared, join(own, 'disk/away'));
    await vi.waitFor(() => expect(wrong()).toBe('cluster.folder-missing'), patient);
    // Its place, where it is not mounted.
    mkdirSync(shared);
    const second = ensure(training(small, 2));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(wrong()).toBe('cluster.folder-missing');
    expect(readdirSync(shared)).toEqual([]);
    rmdirSync(shared);
    renameSync(join(own, 'disk/away'), shared);
    await executor.idle();
    expect([first, second].map((id) => storage.runs.state(id))).toEqual(['done', 'done']);
    expect(wrong()).toBeNull();

    await vi.waitFor(() => expect(slurm.running).toEqual([]), patient);
    disk.remount('ro');
    const third = ensure(training(small, 3));
    executor.refill();
    await vi.waitFor(() => expect(wrong()).toBe('cluster.folder-read-only'), patient);
    disk.remount('rw');
    await executor.idle();
    expect(storage.runs.state(third)).toBe('done');
    expect(wrong()).toBeNull();
    await vi.waitFor(() => expect(packs(shared)).toEqual([]), patient);
    for (const id of [first, second, third])
      for (const { weights } of storage.runHistory.snapshots(id))
        expect(existsSync(storage.blobs.path(weights))).toBe(true);
  },
);

test.skipIf(whyNoSlowFolder() !== null)(
  'while the folder does not answer the host works on and says so, and a slow one only delays',
  async () => {
    const own = folder();
    const shared = join(own, 'shared');
    const server = mountSlow(join(own, 'server'), shared, 300_000);
    const { storage, executor, another, ensure, wrong } = setUp(own, shared, null, { silence: 1000 });
    const next = another();
    const run = ensure(longTraining(small, 1, 20));
    executor.start();
    await vi.waitFor(() => expect(storage.runs.get(run)?.progress?.done).toBeGreaterThan(0), patient);
    server.stop();
    // A host that waited for the folder would wait without end, and say nothing.
    await vi.waitFor(() => expect(wrong()).toBe('cluster.folder-silent'), patient);
    // Also a host that ends does not wait for it.
    await executor.stop();
    next.start();
    server.continue();
    await next.idle();
    expect(storage.runs.state(run)).toBe('done');
    expect(wrong()).toBeNull();
  },
);

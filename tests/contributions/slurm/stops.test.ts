import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { Executor } from '../../../main/executors/executor.ts';
import { SeveralExecutors } from '../../../main/executors/several.ts';
import { sharedExecutor } from '../../../main/contributions/slurm/executor/shared-executor.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { slurmPlacements } from '../../../main/contributions/slurm/storage/placements.ts';
import { temporaryFolder, writeSmallMnist } from '../../training/small-data.ts';
import { FakeSlurm, longTraining, setUpCluster, type WholeOptions } from './cluster-setup.ts';

const data = temporaryFolder();
let small: ReturnType<typeof writeSmallMnist>;
beforeAll(() => {
  small = writeSmallMnist(data);
});
afterAll(() => rmSync(data, { recursive: true }));

const patient = { timeout: 60_000, interval: 30 };

function folder(): string {
  const made = temporaryFolder();
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** One run that works on the only node, and two that wait behind it. */
async function three(options: Partial<WholeOptions> = {}) {
  const slurm = new FakeSlurm(1);
  const setUp = setUpCluster(folder(), slurm, options);
  const { storage, ensure, executor } = setUp;
  const ids = [1, 2, 3].map((seed) => ensure(longTraining(small, seed, 10_000)));
  const first = executor();
  first.start();
  const states = () => ids.map((id) => storage.runs.state(id));
  await vi.waitFor(() => expect(states()).toEqual(['running', 'queued', 'queued']), patient);
  const isEmpty = () => vi.waitFor(() => expect(slurmPlacements(storage).list('lab')).toEqual([]), patient);
  return { ...setUp, slurm, ids, states, first, isEmpty };
}

test('leaving stops nothing; a paused study saves and leaves the cluster, whichever host sees to it', async () => {
  // A task that does not hear within twice the time to settle is cancelled.
  const clocks = { settle: 2000, patience: 20_000 };
  const { storage, slurm, ids, states, first, executor, isEmpty } = await three(clocks);
  await vi.waitFor(() => expect(storage.runs.get(at(ids, 0))?.progress?.done).toBeGreaterThan(0), patient);
  await first.stop();
  expect([slurm.running.length, slurmPlacements(storage).count()]).toEqual([1, 3]);
  // The wish alone, as of a host that ended before it did anything.
  expect(storage.placements.stopAll()).toBe(3);
  executor().follow();
  await isEmpty();
  expect(states()).toEqual(['interrupted', 'queued', 'queued']);
  expect(storage.runHistory.checkpoints(at(ids, 0))).toHaveLength(1);
  expect(storage.runs.get(at(ids, 0))?.crashes).toBe(0);
  await vi.waitFor(() => expect(slurm.running).toEqual([]), patient);
  // Once for those that wait; again where the worker has not looked for long by the clock of this test.
  expect(slurm.calls.filter((call) => call === 'scancel').length).toBeLessThanOrEqual(2);
});

test('a run that is sent elsewhere, or cancelled while the login node is silent, comes back and begins nowhere there', async () => {
  const { storage, slurm, ids, states, first, isEmpty } = await three();
  const [working, sent, cancelled] = [at(ids, 0), at(ids, 1), at(ids, 2)];
  slurm.down = new Error('no route to host');
  storage.placements.placeRuns([sent], null);
  const other = { cancel: () => 'queued' } as unknown as Executor;
  const broken = Promise.withResolvers<never>().promise;
  const shared = sharedExecutor({
    cluster: first,
    take: () => [],
    isOwn: () => true,
    count: () => slurmPlacements(storage).count(),
    stopAll: () => storage.placements.stopAll(),
    release: () => first.stop(),
  });
  const several = new SeveralExecutors([shared, Object.assign(other, { broken })]);
  expect([several.cancel(cancelled), several.cancel(working)]).toEqual(['cancelled', 'running']);
  await vi.waitFor(() => expect(states()).toEqual(['cancelled', 'queued', 'cancelled']), patient);
  expect(slurmPlacements(storage).get(cancelled)).toMatchObject({ toStop: true, stopAskedAt: expect.any(Number) });
  slurm.down = null;
  await isEmpty();
  expect(states()).toEqual(['cancelled', 'queued', 'cancelled']);
  await vi.waitFor(() => expect(slurm.running).toEqual([]), patient);
  // Tried again, it goes to the cluster again.
  storage.runs.retry(cancelled, Date.now());
  await vi.waitFor(() => expect(storage.runs.state(cancelled)).toBe('running'), patient);
});

test('a task that a person cancels there is no crash of its run; a held one is told, with what releases it', async () => {
  const { storage, slurm, ids, states, troubles } = await three();
  const held = at(slurm.tasks, 2);
  held.reason = 'launch failed requeued held';
  await vi.waitFor(() => expect(slurmPlacements(storage).get(at(ids, 2))?.state).toBe('held'), patient);
  expect(troubles.at(-1)).toMatchObject({
    code: 'cluster.held',
    message: expect.stringContaining('Slurm holds 1 task'),
    remedy: expect.stringContaining('scontrol release 1_2'),
  });
  held.state = 'HELD';
  for (let time = 0; time < 4; time++) {
    const [running] = slurm.running;
    if (running) slurm.end(running, 'SIGKILL', 'CANCELLED');
    await vi.waitFor(() => expect(slurm.running.length).toBe(1), patient);
    await vi.waitFor(() => expect(states()).toContain('running'), patient);
  }
  expect(ids.map((id) => storage.runs.get(id)?.crashes)).toEqual([0, 0, 0]);
});

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { runKey } from '../../../main/domain/plans/identity.ts';
import { LocalExecutor } from '../../../main/executors/local-executor.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { openStorage, type Storage } from '../../../main/storage/open.ts';
import { slurmPlacements } from '../../../main/contributions/slurm/storage/placements.ts';
import { repository } from '../../architecture/tools.ts';
import { temporaryFolder, writeSmallMnist } from '../../training/small-data.ts';
import { environment } from '../../executors/counting-tasks.ts';
import { FakeSlurm, longTraining, queueOf, setUpCluster, training } from './cluster-setup.ts';

const data = temporaryFolder();
let small: ReturnType<typeof writeSmallMnist>;
beforeAll(() => {
  small = writeSmallMnist(data);
});
afterAll(() => rmSync(data, { recursive: true }));

const patient = { timeout: 60_000, interval: 50 };

function folder(): string {
  const made = temporaryFolder();
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** What counts of a run: hashes of its snapshots. */
const weights = (storage: Storage, id: number) =>
  storage.runHistory.snapshots(id).map(({ target, step, weights: hash }) => [target, step, hash]);

/** The same trainings by the executor of this machine. */
async function here(seeds: readonly number[]): Promise<Map<number, unknown>> {
  const own = folder();
  const storage = openStorage(join(own, 'data'));
  const executor = new LocalExecutor({
    queue: storage.runs,
    launcher: new ForkLauncher(),
    blobs: storage.blobs.folder,
    logs: join(own, 'logs'),
    workerEntry: join(repository, 'main/training/worker/worker.ts'),
    engines: ['wasm'],
    workers: 2,
    environment,
  });
  const ids = seeds.map((seed) => {
    const task = training(small, seed);
    const run = {
      key: runKey(task, 'wasm'),
      kind: 'classifier',
      label: 'MLP',
      task,
      seed,
      priority: 0,
      engine: 'wasm',
    } as const;
    return storage.runs.ensure(run, Date.now()).id;
  });
  executor.start();
  await executor.idle();
  await executor.stop();
  const found = new Map(ids.map((id, index) => [seeds[index] ?? 0, weights(storage, id)]));
  storage.close();
  return found;
}

test('runs end on the cluster as here, through kills, requeues, a second process for one task and a host that left', async () => {
  const slurm = new FakeSlurm();
  const { storage, executor, ensure, troubles } = setUpCluster(folder(), slurm);
  const seeds = [1, 2, 3, 4, 5, 6];
  const ids = new Map(seeds.map((seed) => [seed, ensure(training(small, seed))]));
  const first = executor();
  first.start();
  await vi.waitFor(() => expect(slurm.running).toHaveLength(2), patient);
  const [killed, doubled] = slurm.running;
  if (!killed || !doubled) throw new Error('two tasks were running');
  await vi.waitFor(() => expect(slurm.attempts(doubled, doubled.task + 1)).toEqual([1]), patient);
  slurm.startTwice(doubled);
  slurm.end(killed, 'SIGKILL');
  await first.stop();
  const second = executor();
  second.start();
  await vi.waitFor(() => expect(slurm.running.length).toBeGreaterThan(0), patient);
  const [preempted] = slurm.running;
  if (preempted) slurm.requeue(preempted, 'SIGTERM');
  await second.idle();
  expect([...ids.values()].map((id) => storage.runs.state(id))).toEqual(seeds.map(() => 'done'));
  expect(new Map([...ids].map(([seed, id]) => [seed, weights(storage, id)]))).toEqual(await here(seeds));
  expect(slurmPlacements(storage).list('lab')).toEqual([]);
  expect(troubles).toEqual([]);
});

test('while the login node does not answer nothing is lost, and runs go on afterwards', async () => {
  const slurm = new FakeSlurm();
  const { storage, executor, ensure, troubles } = setUpCluster(folder(), slurm);
  const id = ensure(training(small, 1));
  slurm.down = new Error('ssh: connect to host login port 22: Connection timed out');
  const running = executor();
  running.start();
  await vi.waitFor(() => expect(troubles).not.toEqual([]), patient);
  expect(storage.runs.state(id)).toBe('queued');
  slurm.down = null;
  await running.idle();
  expect(storage.runs.state(id)).toBe('done');
});

test('a run that is cancelled or held stops there with a checkpoint, and its folder goes with it', async () => {
  const slurm = new FakeSlurm(1);
  const own = folder();
  // A task that does not hear is cancelled after twice the time to settle, and would leave no checkpoint.
  const { storage, executor, ensure } = setUpCluster(own, slurm, { settle: 5000, patience: 20_000 });
  const [running, waiting] = [ensure(longTraining(small, 1, 10_000)), ensure(longTraining(small, 2, 10_000))];
  const all = executor();
  all.start();
  await vi.waitFor(() => expect(storage.runs.get(running)?.progress?.done).toBeGreaterThan(0), patient);
  expect(all.cancel(waiting)).toBe('cancelled');
  storage.runs.setHeld(running, true);
  all.wake();
  await vi.waitFor(() => expect(storage.runs.state(running)).toBe('interrupted'), patient);
  await vi.waitFor(() => expect(slurmPlacements(storage).list('lab')).toEqual([]), patient);
  expect(storage.runHistory.checkpoints(running)).toHaveLength(1);
  await vi.waitFor(() => expect(readdirSync(join(own, 'shared/host-1/packs'))).toEqual([]), patient);
  expect(existsSync(join(own, 'data/blobs'))).toBe(true);
});

test('a host that ends while it stores what a task wrote reads on, and begins no attempt twice', async () => {
  const slurm = new FakeSlurm(1);
  const { storage, executor, ensure } = setUpCluster(folder(), slurm);
  const run = ensure(training(small, 1));
  const first = executor();
  first.start();
  await vi.waitFor(() => expect(slurm.running).toHaveLength(1), patient);
  await first.stop();
  await vi.waitFor(() => expect(slurm.running).toEqual([]), patient);
  const file = join(slurm.tasks[0]?.pack ?? '', 'attempts', `${run}-1.jsonl`);
  const [begun = '', ...lines] = readFileSync(file, 'utf8').split('\n');
  const { at } = JSON.parse(begun) as { at: number };
  const heartbeat = JSON.stringify({ at, event: { type: 'heartbeat' } });
  writeFileSync(file, [begun, ...Array.from({ length: 3000 }, () => heartbeat), ...lines].join('\n'));
  const queue = queueOf(storage);
  let stored = 0;
  const dying = executor({
    queue: {
      ...queue,
      replay: (...all) => {
        if (stored++ === 1) throw new UserError('storage.full', '', '', '');
        return queue.replay(...all);
      },
    },
  });
  dying.start();
  await expect(dying.idle()).rejects.toMatchObject({ code: 'storage.full' });
  const last = executor();
  last.start();
  await last.idle();
  expect(storage.runHistory.attempts(run).map(({ outcome }) => outcome)).toEqual(['done']);
});

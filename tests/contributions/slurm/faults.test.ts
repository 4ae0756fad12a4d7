import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Cluster } from '../../../main/contributions/slurm/profile/cluster.ts';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import type { WorkerEvent } from '../../../main/contract/runs/run.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { lostWords } from '../../../main/contributions/slurm/profile/slurm-reasons.ts';
import type { Scheduler, TaskState } from '../../../main/contributions/slurm/executor/commands.ts';
import { PacedScheduler } from '../../../main/contributions/slurm/executor/pace.ts';
import { PackFolder } from '../../../main/contributions/slurm/tasks/pack-folder.ts';
import { slurmPlacements } from '../../../main/contributions/slurm/storage/placements.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { environment } from '../../executors/counting-tasks.ts';
import { profile, queueOf, setUpCluster, type WholeOptions } from './cluster-setup.ts';

const patient = { timeout: 60_000, interval: 20 };

const refused = (what: string): UserError => new UserError('cluster.no-answer', what, 'cluster lab', 'wait');

/** A Slurm that does no work: its tasks are what a test makes of them. */
class IdleSlurm implements Scheduler {
  readonly tasks: TaskState[] = [];
  /** Folders of the packs that were submitted, by job. */
  readonly packs = new Map<string, string>();
  readonly cancelled: string[] = [];
  lists = 0;
  tries = 0;
  /** Fails as `sbatch` may, before the job is made (`refuse`), or after (`lose`). */
  refuse: (script: string) => void = () => undefined;
  lose: () => void = () => undefined;
  readonly #names = new Map<string, string>();

  submit(script: string): Promise<string> {
    return Promise.resolve().then(() => {
      this.tries += 1;
      const text = readFileSync(script, 'utf8');
      this.refuse(text);
      const job = String(this.packs.size + 1);
      this.packs.set(job, dirname(script));
      this.#names.set(/job-name=(\S+)/.exec(text)?.[1] ?? '', job);
      for (let task = 0; task <= lastTask(text); task++)
        this.tasks.push({ job, task, state: 'PENDING', reason: 'Priority', node: null, secondsLeft: null });
      this.lose();
      return job;
    });
  }

  find(): Promise<ReadonlyMap<string, string>> {
    return Promise.resolve(this.#names);
  }

  list(jobs: readonly string[]): Promise<TaskState[]> {
    this.lists += 1;
    return Promise.resolve(this.tasks.filter(({ job }) => jobs.includes(job)));
  }

  cancel(tasks: ReadonlyMap<string, readonly number[] | null>): Promise<void> {
    this.cancelled.push(...tasks.keys());
    for (const task of this.tasks) if (tasks.get(task.job)?.includes(task.task)) task.state = 'CANCELLED';
    return Promise.resolve();
  }
}

const lastTask = (script: string): number => Number(/--array=0-(\d+)/.exec(script)?.[1]);

/** Runs on their way to a cluster that does no work; nothing is trained. */
function setUp(runs: number, changes: Partial<Cluster> = {}, options: Partial<WholeOptions> = {}) {
  const folder = temporaryFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const slurm = new IdleSlurm();
  const wrong = new Map<string, string>();
  const cluster = { ...profile(folder), ...changes };
  const { storage, executor, ensure } = setUpCluster(folder, slurm, {
    cluster,
    readEvery: 20,
    askEvery: 30,
    settle: 50,
    patience: 100,
    onTrouble: (part, trouble) => {
      if (trouble === null) wrong.delete(part);
      else wrong.set(part, trouble instanceof UserError ? trouble.code : String(trouble));
    },
    ...options,
  });
  const recipe = classifierRecipeSchema.parse({ architecture: { kind: 'mlp' }, targets: [98] });
  const task = { kind: 'classifier', dataSet: { source: 'mnist' }, dataSetHash: 'd'.repeat(64), recipe } as const;
  const ids = Array.from({ length: runs }, (_, seed) => ensure({ ...task, seed }));
  const placed = (id: number) => slurmPlacements(storage).get(id);
  const submitted = (count = 1) => vi.waitFor(() => expect(slurm.packs.size).toBe(count), patient);
  /** The scheduler was asked often enough for a task that it does not know to be given up. */
  const asked = () => {
    const { lists } = slurm;
    return vi.waitFor(() => expect(slurm.lists).toBeGreaterThan(lists + 6), patient);
  };
  return { folder, cluster, slurm, wrong, storage, executor, ids, task, ensure, placed, submitted, asked };
}

const begun = JSON.stringify({
  at: 1,
  attempt: { environment: { ...environment, threads: 1 }, engine: 'wasm', job: '1', restart: 0, checkpoint: null },
});

const line = (event: WorkerEvent): string => JSON.stringify({ at: 2, event });
const failed = (message: string): string => line({ type: 'failed', message, detail: '' });

/** What an attempt wrote into a pack. */
function writeAttempt(pack: string, name: string, lines: readonly string[]): void {
  writeFileSync(join(pack, 'attempts', `${name}.jsonl`), lines.map((each) => `${each}\n`).join(''));
}

const packOf = (slurm: IdleSlurm, job = '1'): string => slurm.packs.get(job) ?? '';

test('a folder that was used before the shared one was mounted over it does not pass for it', async () => {
  const { folder, slurm, wrong, storage, executor, ids, submitted, asked } = setUp(1);
  const id = at(ids, 0);
  executor().start();
  await submitted();
  const [shared, away] = [join(folder, 'shared'), join(folder, 'away')];
  renameSync(shared, away);
  mkdirSync(join(shared, 'host-1'), { recursive: true });
  writeFileSync(join(shared, 'host-1/README.txt'), '');
  slurm.tasks.length = 0;
  await vi.waitFor(() => expect(wrong.get('folder')).toBe('cluster.pack-missing'), patient);
  await asked();
  expect(slurmPlacements(storage).get(id)).toMatchObject({ job: '1' });
  expect(readdirSync(join(shared, 'host-1'))).toEqual(['README.txt']);
  rmSync(shared, { recursive: true });
  writeAttempt(packOf(slurm).replace(shared, away), `${id}-1`, [begun, failed('as the task wrote')]);
  renameSync(away, shared);
  await vi.waitFor(() => expect(storage.runs.get(id)?.failure?.message).toBe('as the task wrote'), patient);
  expect(slurm.tries).toBe(1);
});

test('a pack that is gone does not keep others from being read, and its runs stay where they are', async () => {
  const { slurm, wrong, storage, executor, ids, placed, submitted, asked } = setUp(2, { tasksPerJob: 1 });
  executor().start();
  await submitted(2);
  rmSync(packOf(slurm, '1'), { recursive: true });
  writeAttempt(packOf(slurm, '2'), `${at(ids, 1)}-1`, [begun, failed('read')]);
  slurm.tasks.length = 0;
  await vi.waitFor(() => expect(storage.runs.state(at(ids, 1))).toBe('failed'), patient);
  await asked();
  expect(wrong.get('folder')).toBe('cluster.pack-missing');
  expect(placed(at(ids, 0))).toMatchObject({ job: '1' });
});

test('a file that cannot be read keeps neither other runs from being read nor its own run from being waited for', async () => {
  const { slurm, wrong, storage, executor, ids, placed, submitted, asked } = setUp(2);
  executor().start();
  await submitted();
  const [broken, well] = [at(ids, 0), at(ids, 1)];
  const size = PackFolder.prototype.attemptSize;
  const spied = vi.spyOn(PackFolder.prototype, 'attemptSize').mockImplementation(function (
    this: PackFolder,
    run,
    attempt,
  ) {
    const error = Object.assign(new Error('EIO: i/o error'), { code: 'EIO', syscall: 'stat' });
    return run === broken ? Promise.reject(error) : size.call(this, run, attempt);
  });
  onTestFinished(() => spied.mockRestore());
  writeAttempt(packOf(slurm), `${broken}-1`, [begun]);
  writeAttempt(packOf(slurm), `${well}-1`, [begun, failed('read')]);
  slurm.tasks.length = 0;
  await vi.waitFor(() => expect(storage.runs.state(well)).toBe('failed'), patient);
  await asked();
  expect(wrong.get('folder')).toBe('cluster.folder-fails');
  expect(placed(broken)).toMatchObject({ job: '1' });
});

test('a task that fails before it begins a run is submitted again a few times; then its first run has failed, with the log', async () => {
  const { slurm, storage, executor, ids } = setUp(2, { runsPerTask: 2 }, { retries: 1 });
  const [first, second] = [at(ids, 0), at(ids, 1)];
  executor().start();
  for (const job of ['1', '2']) {
    await vi.waitFor(() => expect(slurm.packs.has(job)).toBe(true), patient);
    writeFileSync(join(packOf(slurm, job), 'log/0.txt'), 'module: command not found\n');
    for (const task of slurm.tasks) task.state = 'FAILED';
  }
  await vi.waitFor(() => expect(storage.runs.state(first)).toBe('failed'), patient);
  expect(storage.runs.get(first)?.failure).toMatchObject({
    message: 'Its task failed (2 times without progress)',
    detail: expect.stringContaining('command not found'),
  });
  // It waited behind the other one.
  expect(storage.runs.get(second)).toMatchObject({ state: 'queued', crashes: 0 });
});

test('a job that Slurm refuses keeps no other from being submitted, and is made anew as a changed profile says', async () => {
  const { cluster, slurm, wrong, storage, executor, ids, placed, submitted } = setUp(5, { tasksPerJob: 4 });
  slurm.refuse = (script) => {
    if (lastTask(script) > 1)
      throw refused('sbatch failed: Batch job submission failed: Job array specification invalid');
  };
  const running = executor();
  running.start();
  await submitted(1);
  expect([placed(at(ids, 0))?.job ?? null, placed(at(ids, 4))?.job]).toEqual([null, '1']);
  expect(wrong.has('login')).toBe(false);
  running.setCluster({ ...cluster, tasksPerJob: 2, cores: 4 });
  await submitted(3);
  await vi.waitFor(
    () =>
      expect(
        slurmPlacements(storage)
          .list('lab')
          .every(({ job }) => job !== null),
      ).toBe(true),
    patient,
  );
  await vi.waitFor(() => expect(wrong.size).toBe(0), patient);
  const head = readFileSync(join(packOf(slurm, '3'), 'pack.jsonl'), 'utf8').split('\n')[0] ?? '';
  expect(JSON.parse(head)).toMatchObject({ threads: 4, tasks: 2 });
});

test('a study that misses a file of its data keeps no other study from being submitted, and the file is named', async () => {
  const { wrong, storage, executor, ids, task, ensure, placed } = setUp(1);
  const missing = { trainImages: '/no/a', trainLabels: '/no/b', testImages: '/no/c', testLabels: '/no/d' };
  const classes = Array.from({ length: 10 }, (_, index) => String(index));
  storage.runs.setHeld(at(ids, 0), true);
  const without = ensure({ ...task, seed: 9, dataSet: { source: 'idx', name: 'own', ...missing, classes } });
  const queue = queueOf(storage);
  const running = executor();
  running.add({
    take: (...all) => {
      const tasks = queue.take(...all);
      storage.runs.setHeld(without, true);
      storage.runs.setHeld(at(ids, 0), false);
      return tasks;
    },
    isPaused: () => false,
  });
  running.add({ take: queue.take, isPaused: () => false });
  await vi.waitFor(() => expect(placed(at(ids, 0))?.job).toBe('1'), patient);
  await vi.waitFor(() => expect(wrong.get('folder')).toBe('cluster.own-file'), patient);
});

test('refused submissions stay a trouble while squeue works, and are tried ever less often', async () => {
  const minute = 60_000;
  let now = 0;
  let refuses = true;
  const answers: string[] = [];
  const scheduler = new PacedScheduler(
    {
      submit: () => (refuses ? Promise.reject(new Error('Invalid account')) : Promise.resolve('1')),
      find: () => Promise.resolve(new Map()),
      list: () => Promise.resolve([]),
      cancel: () => Promise.resolve(),
    },
    { every: minute, clock: () => now, onAnswer: (part, error) => answers.push(`${part} ${error === null}`) },
  );
  let submissions = 0;
  const round = async (): Promise<void> => {
    if (scheduler.maySubmit()) {
      submissions += 1;
      await scheduler.submit('job.sh').catch(() => undefined);
    }
    if (scheduler.mayCall()) await scheduler.list(['1']);
  };
  for (; now < 120 * minute; now += 1000) await round();
  expect(submissions).toBeLessThan(20);
  expect(new Set(answers)).toEqual(new Set(['submit false', 'login true']));
  refuses = false;
  for (; now < 135 * minute; now += 1000) await round();
  expect(answers).toContain('submit true');
});

test('a job whose number got lost is found and cancelled before its runs are taken back', async () => {
  // Where the scheduler is silent for ten times as long, they are taken back without its answer.
  const { slurm, storage, executor, ids } = setUp(1, {}, { settle: 500 });
  slurm.lose = () => {
    storage.placements.stopAll();
    throw refused('ssh: connection closed');
  };
  executor().start();
  await vi.waitFor(() => expect(slurm.tries).toBe(1), patient);
  await vi.waitFor(() => expect(slurmPlacements(storage).list('lab')).toEqual([]), patient);
  expect(slurm.cancelled).toContain('1');
  expect(storage.runs.state(at(ids, 0))).toBe('queued');
});

test('a clock that was a day ahead delays nothing by a day', async () => {
  let ahead = 86_400_000;
  const { storage, executor, ids, placed, submitted, slurm } = setUp(1, {}, { now: () => Date.now() + ahead });
  executor().start();
  await submitted();
  slurm.cancel = () => Promise.resolve();
  storage.runs.setHeld(at(ids, 0), true);
  await vi.waitFor(() => expect(placed(at(ids, 0))?.cancelledAt).toBeGreaterThan(Date.now()), patient);
  ahead = 0;
  await vi.waitFor(() => expect(slurmPlacements(storage).list('lab')).toEqual([]), patient);
});

test('tasks that can never begin are told, with what helps; how one ended is said', async () => {
  const { slurm, wrong, executor, submitted } = setUp(1);
  executor().start();
  await submitted();
  at(slurm.tasks, 0).reason = 'BadConstraints';
  await vi.waitFor(() => expect(wrong.get('tasks')).toBe('cluster.stuck'), patient);
  at(slurm.tasks, 0).reason = 'Priority';
  await vi.waitFor(() => expect(wrong.has('tasks')).toBe(false), patient);
  expect(lostWords('OUT_OF_MEMORY')).toContain('its task needed more memory');
  expect(lostWords(null)).toContain('Slurm does not know it any more');
});

test('the end of an attempt that shows later than the next attempt is stored too', async () => {
  const { slurm, storage, executor, ids, submitted } = setUp(1, {}, { settle: 2000 });
  const id = at(ids, 0);
  executor().start();
  await submitted();
  const pack = packOf(slurm);
  const point = (step: number): string => line({ type: 'metrics', points: [{ series: 'loss', step, value: 1 }] });
  writeAttempt(pack, `${id}-1`, [begun, point(1)]);
  writeAttempt(pack, `${id}-2`, [begun]);
  await vi.waitFor(() => expect(storage.runHistory.attempts(id)).toHaveLength(1), patient);
  writeAttempt(pack, `${id}-1`, [begun, point(1), point(2)]);
  await vi.waitFor(() => expect(storage.runHistory.attempts(id)).toHaveLength(2), patient);
  expect(storage.runHistory.metrics(id, 'loss').map(({ step }) => step)).toEqual([1, 2]);
  expect(new PackFolder(pack).attempts(id)).toEqual([1, 2]);
  expect(existsSync(pack)).toBe(true);
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { clusterSchema } from '../../../main/contributions/slurm/profile/cluster.ts';
import { classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import type { Task } from '../../../main/contract/runs/run.ts';
import { runKey } from '../../../main/domain/plans/identity.ts';
import type { Scheduler, TaskState } from '../../../main/contributions/slurm/executor/commands.ts';
import type { ClusterQueue } from '../../../main/contributions/slurm/executor/cluster-queue.ts';
import type { Claims } from '../../../main/contributions/slurm/executor/pack-submitter.ts';
import { SlurmExecutor, type SlurmOptions } from '../../../main/contributions/slurm/executor/slurm-executor.ts';
import { PackFolder } from '../../../main/contributions/slurm/tasks/pack-folder.ts';
import { openStorage, type Storage } from '../../../main/storage/open.ts';
import { slurmPlacements } from '../../../main/contributions/slurm/storage/placements.ts';
import { repository } from '../../architecture/tools.ts';
import { quickLooks } from './quick-looks.ts';
import type { writeSmallMnist } from '../../training/small-data.ts';

type SmallData = ReturnType<typeof writeSmallMnist>;

type Training = Extract<Task, { kind: 'classifier' }>;

const trained = (small: SmallData, seed: number, targets: number[], maxEpochs: number): Training => ({
  kind: 'classifier',
  ...small,
  seed,
  recipe: classifierRecipeSchema.parse({
    architecture: { kind: 'mlp', hidden: [32] },
    batch: 32,
    optimiser: { stepSize: 2e-3 },
    targets,
    maxEpochs,
  }),
});

/** A training of some seconds. */
export const training = (small: SmallData, seed: number): Training => trained(small, seed, [80, 84], 4);

/** Meets some targets on its way, and trains to its last epoch (about 50 ms each), as it never meets the highest. */
export const longTraining = (small: SmallData, seed: number, epochs: number): Training =>
  trained(small, seed, [70, 80, 84, 99.8], epochs);

/** A cluster with its shared folder in a folder. */
export function profile(folder: string) {
  const shared = join(folder, 'shared');
  mkdirSync(shared, { recursive: true });
  return clusterSchema.parse({
    schema: 'boundary-workbench/cluster/1',
    name: 'lab',
    folder: { here: shared },
    product: repository,
    node: process.execPath,
    engine: 'wasm',
    memory: 1000,
    minutes: 10,
  });
}

export type WholeOptions = SlurmOptions & { queue: ReturnType<typeof queueOf> };

/** Does all runs that go to its cluster, of whatever study. */
export class WholeCluster extends SlurmExecutor {
  readonly #queue: ReturnType<typeof queueOf>;

  constructor(options: WholeOptions) {
    super(options);
    this.#queue = options.queue;
  }

  start(): void {
    this.add({ take: (...all) => this.#queue.take(...all), isPaused: () => false });
  }

  idle(): Promise<void> {
    return this.idleFor(() => this.#queue.list().length === 0);
  }
}

export function queueOf(storage: Storage, place = 'lab'): ClusterQueue & Pick<Claims, 'take'> {
  const { runs } = storage;
  const placements = slurmPlacements(storage);
  return {
    take: (pack, limit, perTask, now, first) =>
      placements.take(pack, { engine: 'wasm', studyId: null, roles: null, place, limit }, perTask, now, first),
    submitted: (pack, job) => placements.submitted(pack, job),
    list: () => placements.list(place),
    overPacks: () => placements.overPacks(place),
    packRemoved: (pack) => placements.packRemoved(pack),
    observe: (...all) => placements.observe(...all),
    replay: (...all) => placements.replay(...all),
    giveBack: (...all) => placements.giveBack(...all),
    recordCrash: (...all) => runs.recordCrash(...all),
    recordFailedStart: (...all) => runs.recordFailedStart(...all),
    clampTimes: (now) => placements.clampTimes(now),
    cancel: (...all) => runs.cancel(...all),
    stopAsked: (...all) => placements.stopAsked(...all),
    tasksCancelled: (...all) => placements.tasksCancelled(...all),
    describe: (id) => runs.get(id),
    onClaimable: (listener) => runs.onClaimable(listener),
  };
}

/** A store whose trainings go to a cluster, and executors of it. */
export function setUpCluster(folder: string, scheduler: Scheduler, options: Partial<WholeOptions> = {}) {
  const storage = openStorage(join(folder, 'data'));
  const troubles: unknown[] = [];
  const open: WholeCluster[] = [];
  const executor = (more: Partial<WholeOptions> = {}): WholeCluster => {
    const created = new WholeCluster({
      cluster: profile(folder),
      queue: queueOf(storage),
      scheduler,
      blobs: storage.blobs,
      host: 'host-1',
      name: 'boundary',
      readEvery: 100,
      gather: 10,
      askEvery: 300,
      patience: 2000,
      settle: 300,
      onTrouble: (_, trouble) => {
        if (trouble !== null) troubles.push(trouble);
      },
      ...options,
      ...more,
    });
    open.push(created);
    return created;
  };
  onTestFinished(async () => {
    await Promise.all(open.map((each) => each.stop()));
    storage.close();
    if (scheduler instanceof FakeSlurm) await scheduler.endAll();
  });
  const ensure = (task: Training): number => {
    const { id } = storage.runs.ensure(
      {
        key: runKey(task, 'wasm'),
        kind: task.kind,
        label: `MLP, seed ${task.seed}`,
        task,
        seed: task.seed,
        priority: 0,
        engine: 'wasm',
      },
      Date.now(),
    );
    storage.placements.placeRuns([id], 'lab');
    return id;
  };
  return { storage, executor, ensure, troubles };
}

interface FakeTask extends TaskState {
  pack: string;
  process: ChildProcess | null;
  restarts: number;
}

/** What Slurm does to tasks, done by hand: real worker processes, started and ended as `sbatch` and others would. */
export class FakeSlurm implements Scheduler {
  /** Commands in the order in which they came. */
  readonly calls: string[] = [];
  /** What tasks have in their environment beside this process's own. */
  environment: Record<string, string> = { ...quickLooks };
  /** The error that every command fails with, while it is set. */
  down: Error | null = null;
  readonly #nodes: number;
  readonly tasks: FakeTask[] = [];
  readonly #living = new Set<ChildProcess>();
  #jobs = 0;

  constructor(nodes = 2) {
    this.#nodes = nodes;
  }

  get running(): FakeTask[] {
    return this.tasks.filter(({ state }) => state === 'RUNNING');
  }

  submit(script: string): Promise<string> {
    this.#called('sbatch');
    const last = /--array=0-(\d+)/.exec(readFileSync(script, 'utf8'))?.[1];
    const job = String(++this.#jobs);
    for (let task = 0; task <= Number(last); task++)
      this.tasks.push({
        job,
        task,
        state: 'PENDING',
        reason: 'Resources',
        node: null,
        secondsLeft: null,
        pack: dirname(script),
        process: null,
        restarts: 0,
      });
    this.#startSome();
    return Promise.resolve(job);
  }

  find(): Promise<ReadonlyMap<string, string>> {
    this.#called('squeue');
    return Promise.resolve(new Map());
  }

  list(jobs: readonly string[]): Promise<TaskState[]> {
    this.#called('squeue');
    return Promise.resolve(this.tasks.filter(({ job }) => jobs.includes(job)));
  }

  cancel(tasks: ReadonlyMap<string, readonly number[] | null>): Promise<void> {
    this.#called('scancel');
    for (const task of this.tasks) {
      const of = tasks.get(task.job);
      if (of === null || of?.includes(task.task)) this.end(task, 'SIGTERM', 'CANCELLED');
    }
    return Promise.resolve();
  }

  /** Ends a task and does not start it again. */
  end(task: FakeTask, signal: NodeJS.Signals, state = 'FAILED'): void {
    task.process?.kill(signal);
    task.state = state;
    this.#startSome();
  }

  /** As preemption or a node that went down does: ends a task, and queues it again. */
  requeue(task: FakeTask, signal: NodeJS.Signals): void {
    const { process } = task;
    task.process = null;
    task.restarts += 1;
    process?.once('exit', () => {
      task.state = 'PENDING';
      this.#startSome();
    });
    process?.kill(signal);
  }

  /** Kills all processes, so that nobody writes any more into folders that are removed then. */
  async endAll(): Promise<void> {
    // One that is queued again begins as its process ends.
    while (this.#living.size > 0) {
      for (const task of this.tasks) task.state = 'CANCELLED';
      for (const child of this.#living) child.kill('SIGKILL');
      await Promise.all([...this.#living].map((child) => once(child, 'exit')));
    }
  }

  /** Starts a task a second time while its first process lives: its node was taken for dead. */
  startTwice(task: FakeTask): void {
    task.restarts += 1;
    this.#start(task);
  }

  attempts(task: FakeTask, run: number): number[] {
    return new PackFolder(task.pack).attempts(run);
  }

  #startSome(): void {
    for (const task of this.tasks) if (task.state === 'PENDING' && this.running.length < this.#nodes) this.#start(task);
  }

  #start(task: FakeTask): void {
    const entry = join(repository, 'main/contributions/slurm/tasks/pack-child.ts');
    const environment = { ...this.environment, SLURM_RESTART_COUNT: String(task.restarts) };
    const log = openSync(join(task.pack, 'log', `${task.task}.txt`), 'a');
    const child = spawn(process.execPath, [entry, task.pack, String(task.task)], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#living.add(child);
    child.once('exit', () => this.#living.delete(child));
    Object.assign(task, { process: child, state: 'RUNNING', reason: null, node: `n${this.running.length + 1}` });
    child.once('exit', (code) => {
      if (task.process !== child) return;
      if (task.state === 'RUNNING') task.state = code === 0 ? 'COMPLETED' : 'FAILED';
      this.#startSome();
    });
  }

  #called(command: string): void {
    this.calls.push(command);
    if (this.down) throw this.down;
  }
}

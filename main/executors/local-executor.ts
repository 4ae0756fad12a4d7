import {
  type ClaimedRun,
  type EngineName,
  type Failure,
  type RunEnvironment,
  type RunState,
  shortKinds,
  type Task,
  type WorkerEvent,
} from '../contract/runs/run.ts';
import { inBackground } from '../processes/background.ts';
import type { Launcher } from '../processes/launcher.ts';
import type { Executor, RunChange, RunQueue } from './executor.ts';
import { WorkerHandle, type WorkerLimits } from './worker-handle.ts';

export interface LocalExecutorOptions {
  queue: RunQueue;
  launcher: Launcher;
  workerEntry: string;
  blobs: string;
  /** Folder for what workers write on stdout and stderr, a file a run. */
  logs: string;
  /** Engines that work on this machine, the preferred one first. */
  engines: readonly EngineName[];
  /** How many runs work at the same time, at most. While all do, one short run may, too; with 0 nothing else. */
  workers: number;
  /** Classifiers that differ only in their seed and share the steps of one worker, for GPUs. Default 1: none. */
  seedsPerStep?: number;
  environment: RunEnvironment;
  /** Which runs besides those of `shortKinds` take seconds, so that a person waits for them. Default: none. */
  isShort?: (task: Task) => boolean;
  /** How often a run's worker may die without progress before the run has failed. Default 3. */
  retries?: number;
  /** Milliseconds without a message after which a worker is killed. Default 120,000. */
  silence?: number;
  /** Milliseconds that a worker has to checkpoint and leave. Default 4,500, so that a host leaves within 5 s. */
  stopWithin?: number;
  /** Milliseconds that a worker waits for another run before it is ended. Default 10,000. */
  idleFor?: number;
  /** Bytes of memory that a worker may use; null, the default: no limit. */
  memoryLimit?: number | null;
  now?: () => number;
}

/**
 * Executes runs in worker processes on this machine. Driven by events; nothing polls.
 *
 * Short runs never wait behind long ones: they have workers of their own, and trainings leave them the
 * processor.
 */
export class LocalExecutor implements Executor {
  readonly #options: LocalExecutorOptions;
  readonly #limits: WorkerLimits;
  readonly #now: () => number;
  readonly #workers = new Set<WorkerHandle>();
  readonly #listeners = new Set<(change: RunChange) => void>();
  readonly #waiting: PromiseWithResolvers<void>[] = [];
  #limit: number;
  #unlisten: (() => void) | undefined;
  #running = false;
  #paused = false;
  #fillScheduled = false;
  readonly #broken = Promise.withResolvers<never>();
  #failure: { error: unknown } | undefined;
  #stopped: PromiseWithResolvers<void> | undefined;

  constructor(options: LocalExecutorOptions) {
    this.#options = options;
    this.#limit = options.workers;
    this.#limits = {
      silence: options.silence ?? 120_000,
      stopWithin: options.stopWithin ?? 4_500,
      memory: options.memoryLimit ?? null,
    };
    this.#now = options.now ?? Date.now;
    // `idle` also rejects; a host that awaits neither must not crash.
    this.#broken.promise.catch(() => undefined);
  }

  get broken(): Promise<never> {
    return this.#broken.promise;
  }

  start(): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    this.#unlisten = this.#options.queue.onClaimable(() => this.#scheduleFill());
    this.#scheduleFill();
  }

  setWorkers(workers: number): void {
    if (workers === this.#limit) return;
    this.#limit = workers;
    this.#scheduleFill();
  }

  refill(): void {
    this.#scheduleFill();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#scheduleFill();
  }

  suspend(): void {
    this.pause();
    for (const worker of this.#workers) worker.stop();
  }

  stopTrainings(): void {
    for (const worker of this.#workers) if (worker.background) worker.stop();
  }

  stopRun(runId: number): void {
    [...this.#workers].find((worker) => worker.has(runId))?.stopRun(runId);
  }

  cancel(runId: number): RunState {
    const state = this.#options.queue.cancel(runId, this.#now());
    if (state === 'running') this.stopRun(runId);
    this.#scheduleFill();
    return state;
  }

  idle(): Promise<void> {
    const waiting = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    this.#scheduleFill();
    return waiting.promise;
  }

  stop(): Promise<void> {
    if (this.#stopped) return this.#stopped.promise;
    this.#stopped = Promise.withResolvers<void>();
    this.#unlisten?.();
    for (const worker of this.#workers) worker.stop();
    this.#settle();
    return this.#stopped.promise;
  }

  onChange(listener: (change: RunChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Fills soon, and once for several reasons; never inside the transaction of a caller that queues a run. */
  #scheduleFill(): void {
    if (this.#fillScheduled) return;
    this.#fillScheduled = true;
    setImmediate(() => {
      this.#fillScheduled = false;
      this.#guarded(() => this.#fill());
      this.#settle();
    });
  }

  #fill(): void {
    for (const worker of this.#workers) this.#addRuns(worker);
    while (this.#acceptsRuns()) {
      const { queue, engines, environment } = this.#options;
      const busy = this.#busy();
      const isFull = busy.length >= this.#limit;
      if (isFull && busy.some((worker) => !worker.background)) return;
      const run = queue[isFull ? 'claimShort' : 'claimNext'](engines, environment, this.#now());
      if (!run) return;
      const worker = this.#workerFor(run);
      this.#startRun(worker, run);
      this.#addRuns(worker);
    }
  }

  /** Gives a worker whose run shares its steps more such runs, as long as it has room. */
  #addRuns(worker: WorkerHandle): void {
    const { queue, environment, seedsPerStep = 1 } = this.#options;
    while (this.#acceptsRuns() && !worker.leaving && !worker.failing && worker.runs.length < seedsPerStep) {
      const [like] = worker.runs;
      const run = like?.task.kind === 'classifier' ? queue.claimSimilar(like, environment, this.#now()) : null;
      if (!run) return;
      this.#startRun(worker, run);
    }
  }

  #startRun(worker: WorkerHandle, run: ClaimedRun): void {
    const { environment, blobs, seedsPerStep = 1 } = this.#options;
    worker.start(run, {
      type: 'run',
      run: run.id,
      task: run.task,
      engine: run.engine,
      threads: environment.threads,
      blobs,
      checkpoint: run.checkpoint,
      ...(run.task.kind === 'classifier' && seedsPerStep > 1 && { seedsPerStep }),
    });
    this.#publish({ run, state: 'running', event: null, note: null });
  }

  #acceptsRuns(): boolean {
    return this.#running && !this.#paused && !this.#stopped && !this.#failure;
  }

  #busy(): WorkerHandle[] {
    return [...this.#workers].filter((worker) => worker.runs.length > 0);
  }

  /**
   * An idle worker that has the engine loaded and fits the run, otherwise a new one in place of an idle one. A worker
   * for trainings has a low priority, which it cannot raise again for a short run.
   */
  #workerFor({ engine, task }: ClaimedRun): WorkerHandle {
    const background = !shortKinds.includes(task.kind) && !this.#options.isShort?.(task);
    const idle = [...this.#workers].filter((worker) => worker.runs.length === 0 && !worker.leaving);
    const ready = idle.find((worker) => worker.engine === engine && worker.background === background);
    if (ready) return ready;
    if (idle.length + this.#busy().length > this.#limit) idle[0]?.kill('makes room');
    const { launcher, workerEntry, logs } = this.#options;
    const args = background ? [inBackground] : [];
    const launch = { entry: workerEntry, heapLimit: this.#limits.memory, args };
    const worker = new WorkerHandle({ engine, background }, launcher, launch, logs, this.#limits, {
      event: (from, run, event) => this.#guarded(() => this.#event(from, run, event)),
      ended: (from, death) => this.#ended(from, death),
    });
    this.#workers.add(worker);
    return worker;
  }

  #event(worker: WorkerHandle, run: ClaimedRun, event: WorkerEvent): void {
    if (this.#failure) return;
    const state = this.#options.queue.applyEvent(run.id, event, this.#now());
    if (state !== 'running') this.#runEnded(worker, run, event);
    this.#publish({ run, state, event, note: null });
  }

  #runEnded(worker: WorkerHandle, run: ClaimedRun, event: WorkerEvent): void {
    // The run was ended elsewhere, and the worker does not know yet.
    if (!['done', 'stopped', 'failed'].includes(event.type)) worker.stopRun(run.id);
    worker.forget(run.id);
    // After `failed` the worker's memory is in an unknown state.
    if (event.type === 'failed') worker.failing = true;
    this.#scheduleFill();
    if (worker.runs.length > 0) return;
    if (worker.failing) worker.kill('its run failed');
    // After `stopped` it exits by itself.
    else if (worker.leaving) worker.killUnlessExited('did not exit');
    else worker.becomeIdle(this.#options.idleFor ?? 10_000);
  }

  #ended(worker: WorkerHandle, death: Failure): void {
    this.#workers.delete(worker);
    this.#guarded(() => {
      for (const run of worker.runs) if (!this.#failure) this.#workerLost(run, death, worker.wasStopped(run.id));
    });
    this.#scheduleFill();
    this.#settle();
  }

  #workerLost(run: ClaimedRun, death: Failure, wasStopped: boolean): void {
    const { queue, retries = 3 } = this.#options;
    const state = wasStopped
      ? queue.interrupt(run.id, death.message, this.#now())
      : queue.recordCrash(run.id, death, retries, this.#now());
    this.#publish({ run, state, event: null, note: death.message });
  }

  #publish(change: RunChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /**
   * A queue that cannot be written (a full disk) ends all work. The runs stay `running` in the database and resume from
   * their checkpoints at the next start.
   */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#failure ??= { error };
      this.#broken.reject(error);
      for (const worker of this.#workers) worker.kill('the queue could not be written');
    }
  }

  /** Resolves `idle` and `stop` once what they wait for is the case. */
  #settle(): void {
    if (this.#workers.size === 0) this.#stopped?.resolve();
    const ended = this.#failure || this.#stopped;
    if (ended ? this.#workers.size > 0 : !this.#isIdle()) return;
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (this.#failure) reject(this.#failure.error);
      else resolve();
    }
  }

  #isIdle(): boolean {
    return this.#acceptsRuns() && !this.#fillScheduled && this.#busy().length === 0;
  }
}

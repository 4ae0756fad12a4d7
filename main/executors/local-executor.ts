import type { EngineName, RunEnvironment, RunState, WorkerEvent } from '../contract/run.ts';
import type { Launcher } from '../processes/launcher.ts';
import type { ClaimedRun, Executor, RunChange, RunQueue } from './executor.ts';
import { WorkerHandle } from './worker-handle.ts';
import type { Death, WorkerLimits } from './worker-handle.ts';

export interface LocalExecutorOptions {
  queue: RunQueue;
  launcher: Launcher;
  /** Path of the worker's entry module. */
  workerEntry: string;
  /** Folder of the blob store. */
  blobs: string;
  /** Folder for what workers write on stdout and stderr, a file a run. */
  logs: string;
  /** Engines that work here, the preferred one first. */
  engines: readonly EngineName[];
  /** Number of worker processes at a time. */
  workers: number;
  /**
   * Classifiers that differ in their seed alone are trained up to so many in one step, by one worker; for GPUs. 1, the
   * default: each by itself.
   */
  seedsPerStep?: number;
  environment: RunEnvironment;
  /** Deaths of a run's worker without getting on that are forgiven. Default 3. */
  retries?: number;
  /** Milliseconds without a word after which a worker is killed. Default 120,000. */
  silence?: number;
  /** Milliseconds that a worker has to checkpoint and leave. Default 4,500, so that a host leaves within 5 s. */
  stopWithin?: number;
  /** Milliseconds that a worker waits for another run before it is ended. Default 10,000. */
  idleFor?: number;
  /** Bytes of memory that a worker may use; null, the default: no limit. */
  memoryLimit?: number | null;
  /** The clock, milliseconds since 1970. */
  now?: () => number;
}

/** Runs runs in worker processes on this machine. Everything is driven by events; nothing polls. */
export class LocalExecutor implements Executor {
  readonly #options: LocalExecutorOptions;
  readonly #limits: WorkerLimits;
  readonly #now: () => number;
  readonly #workers = new Set<WorkerHandle>();
  readonly #listeners = new Set<(change: RunChange) => void>();
  #waiting: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  #unlisten: (() => void) | undefined;
  #running = false;
  #paused = false;
  #fillPlanned = false;
  readonly #broken = Promise.withResolvers<never>();
  #failure: { error: unknown } | undefined;
  #stopped: { promise: Promise<void>; resolve: () => void } | undefined;

  constructor(options: LocalExecutorOptions) {
    this.#options = options;
    this.#limits = {
      silence: options.silence ?? 120_000,
      stopWithin: options.stopWithin ?? 4_500,
      memory: options.memoryLimit ?? null,
    };
    this.#now = options.now ?? Date.now;
    // Who does not ask has heard of it by `idle`, or not at all.
    this.#broken.promise.catch(() => undefined);
  }

  get broken(): Promise<never> {
    return this.#broken.promise;
  }

  start(): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    this.#unlisten = this.#options.queue.onClaimable(() => this.#planFill());
    this.#planFill();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#planFill();
  }

  suspend(): void {
    this.pause();
    for (const worker of this.#workers) worker.stop();
  }

  stopRun(runId: number): void {
    [...this.#workers].find((worker) => worker.has(runId))?.stopRun(runId);
  }

  cancel(runId: number): RunState {
    const state = this.#options.queue.cancel(runId, this.#now());
    if (state === 'running') this.stopRun(runId);
    this.#planFill();
    return state;
  }

  idle(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ resolve, reject });
    this.#planFill();
    return promise;
  }

  stop(): Promise<void> {
    if (this.#stopped) return this.#stopped.promise;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#stopped = { promise, resolve };
    this.#unlisten?.();
    for (const worker of this.#workers) worker.stop();
    this.#settle();
    return promise;
  }

  onChange(listener: (change: RunChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Soon, and once for many reasons; never inside a transaction of the one who queues. */
  #planFill(): void {
    if (this.#fillPlanned) return;
    this.#fillPlanned = true;
    setImmediate(() => {
      this.#fillPlanned = false;
      this.#guarded(() => this.#fill());
      this.#settle();
    });
  }

  #fill(): void {
    for (const worker of this.#workers) this.#fillUp(worker);
    while (this.#takesRuns() && this.#busy() < this.#options.workers) {
      const { queue, engines, environment } = this.#options;
      const run = queue.claimNext(engines, environment, this.#now());
      if (!run) return;
      const worker = this.#workerFor(run.engine);
      this.#give(worker, run);
      this.#fillUp(worker);
    }
  }

  /** More runs for a worker whose run shares its steps, as long as it has room. */
  #fillUp(worker: WorkerHandle): void {
    const { queue, environment, seedsPerStep = 1 } = this.#options;
    while (this.#takesRuns() && !worker.leaving && !worker.failing && worker.runs.length < seedsPerStep) {
      const [like] = worker.runs;
      const run = like?.task.kind === 'classifier' ? queue.claimSimilar(like, environment, this.#now()) : null;
      if (!run) return;
      this.#give(worker, run);
    }
  }

  #give(worker: WorkerHandle, run: ClaimedRun): void {
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
    this.#tell({ run, state: 'running', event: null, note: null });
  }

  #takesRuns(): boolean {
    return this.#running && !this.#paused && !this.#stopped && !this.#failure;
  }

  #busy(): number {
    return [...this.#workers].filter((worker) => worker.runs.length > 0).length;
  }

  /** One that rests and has the engine loaded, else a new one in the place of one that rests with another engine. */
  #workerFor(engine: EngineName): WorkerHandle {
    const resting = [...this.#workers].filter((worker) => worker.runs.length === 0 && !worker.leaving);
    const ready = resting.find((worker) => worker.engine === engine);
    if (ready) return ready;
    if (resting.length + this.#busy() >= this.#options.workers) resting[0]?.kill('makes room');
    const { launcher, workerEntry, logs } = this.#options;
    const launch = { entry: workerEntry, heapLimit: this.#limits.memory };
    const worker = new WorkerHandle(engine, launcher, launch, logs, this.#limits, {
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
    this.#tell({ run, state, event, note: null });
  }

  #runEnded(worker: WorkerHandle, run: ClaimedRun, event: WorkerEvent): void {
    // It was ended from elsewhere, and the worker does not know yet.
    if (!['done', 'stopped', 'failed'].includes(event.type)) worker.stopRun(run.id);
    worker.forget(run.id);
    // After `failed` nobody knows what it left behind in the worker's memory.
    if (event.type === 'failed') worker.failing = true;
    this.#planFill();
    if (worker.runs.length > 0) return;
    if (worker.failing) worker.kill('its run failed');
    // After `stopped` it leaves by itself.
    else if (worker.leaving) worker.killUnlessGone('did not leave');
    else worker.rest(this.#options.idleFor ?? 10_000);
  }

  #ended(worker: WorkerHandle, death: Death): void {
    this.#workers.delete(worker);
    this.#guarded(() => {
      for (const run of worker.runs) if (!this.#failure) this.#runLost(run, death, worker.wasStopped(run.id));
    });
    this.#planFill();
    this.#settle();
  }

  #runLost(run: ClaimedRun, death: Death, asked: boolean): void {
    const { queue, retries } = this.#options;
    const state = asked
      ? queue.interrupt(run.id, death.message, this.#now())
      : queue.recordCrash(run.id, death, retries ?? 3, this.#now());
    this.#tell({ run, state, event: null, note: death.message });
  }

  #tell(change: RunChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /**
   * A queue that cannot be written (a full disk) is the end of it: what workers report would be lost. Their runs stay
   * `running` in the database and go on from their checkpoints at the next start.
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

  /** Tells those who wait, if what they wait for has come. */
  #settle(): void {
    if (this.#stopped && this.#workers.size === 0) {
      this.#stopped.resolve();
    }
    const ended = this.#failure || this.#stopped;
    if (ended ? this.#workers.size > 0 : !this.#nothingLeft()) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve, reject } of waiting) {
      if (this.#failure) reject(this.#failure.error);
      else resolve();
    }
  }

  #nothingLeft(): boolean {
    return this.#takesRuns() && !this.#fillPlanned && this.#busy() === 0;
  }
}

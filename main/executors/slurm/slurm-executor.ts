import { randomUUID } from 'node:crypto';
import type { AttemptLine, Cluster, ClusterPart, PackedRun } from '../../contract/cluster.ts';
import { UserError } from '../../contract/errors.ts';
import type { EngineName, RunState, Task, WorkerEvent } from '../../contract/run.ts';
import type { BlobStore } from '../../files/blobs.ts';
import type { ClaimedRun, Executor, RunChange } from '../executor.ts';
import type { Scheduler, TaskState } from './commands.ts';
import { jobScript } from './job-script.ts';
import { SharedFiles } from './shared-files.ts';

/** A run that was given to a pack. */
export interface Placed {
  runId: number;
  pack: string;
  task: number;
  job: string | null;
  state: 'packed' | 'pending' | 'running' | 'lost';
  attempt: number;
  readTo: number;
  missedSince: number | null;
}

export interface Observed {
  job: string;
  task: number;
  state: 'pending' | 'running';
  reason: string | null;
  node: string | null;
  endsAt: number | null;
}

/** What the executor stores of runs on its cluster; every call is durable when it returns. */
export interface ClusterQueue {
  /** Gives claimable runs to a pack, by task. */
  take(pack: string, limit: number, runsPerTask: number, now: number): PackedRun[][];
  submitted(pack: string, job: string): void;
  list(): Placed[];
  /** The packs of all runs that are on any cluster, those of other studies included. */
  packs(): string[];
  observe(jobs: readonly string[], tasks: readonly Observed[], now: number): void;
  /** `since`: when there were no such lines yet, by this computer's clock. */
  replay(
    runId: number,
    attempt: number,
    lines: readonly AttemptLine[],
    readTo: number,
    times: { since: number; now: number },
  ): RunState;
  giveBack(runId: number, note: string, now: number): RunState;
  recordCrash(runId: number, death: { message: string; detail: string }, retries: number, now: number): RunState;
  cancel(runId: number, now: number): RunState;
  /** A run that the user put on hold is not started again. */
  isHeld(runId: number): boolean;
  describe(runId: number): { task: Task; label: string; engine: EngineName | null } | undefined;
  onClaimable(listener: () => void): () => void;
}

export interface SlurmOptions {
  cluster: Cluster;
  queue: ClusterQueue;
  scheduler: Scheduler;
  /** The host's own store. */
  blobs: BlobStore;
  /** Name of this host's own folder in the shared one. */
  host: string;
  /** Name of jobs in `squeue`. */
  name: string;
  retries?: number;
  now?: () => number;
  /** Milliseconds between two readings of the shared folder; between two questions to the scheduler; see `patience`. */
  readEvery?: number;
  askEvery?: number;
  /** Milliseconds without a word of the scheduler or of the shared folder after which a task is lost. */
  patience?: number;
  /** Milliseconds without an answer of the shared folder after which the user is told. */
  silence?: number;
  /** Milliseconds in which runs are gathered before they are submitted. */
  gather?: number;
  /** What is wrong with a part of the cluster, or null: it is well. Called again while it is so. */
  onTrouble?: (part: ClusterPart, trouble: unknown) => void;
}

/** Lines that are stored in one transaction: some milliseconds. */
const linesAtOnce = 200;

/**
 * Has a Slurm cluster do runs. What counts is what workers wrote into the shared folder; the scheduler's own words are a
 * hint, asked for once a minute. Leaving stops nothing: jobs go on, and the next executor of the same cluster reads on
 * where this one ended.
 */
export class SlurmExecutor implements Executor {
  readonly #options: SlurmOptions;
  readonly #now: () => number;
  readonly #files: SharedFiles;
  readonly #scheduler: Scheduler;
  readonly #listeners = new Set<(change: RunChange) => void>();
  readonly #waiting: PromiseWithResolvers<void>[] = [];
  readonly #broken = Promise.withResolvers<never>();
  readonly #stopping = new Set<number>();
  #failure: { error: unknown } | undefined;
  #unlisten: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #running = false;
  #paused = false;
  #ended = false;
  #claimableSince: number | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** Until when what the attempts at a run wrote is stored, by its number, milliseconds since 1970. */
  readonly #readAt = new Map<number, number>();
  /** There may be packs that nothing needs any more. */
  #isUntidy = true;
  /** The shared folder has not answered for long; and whom to tell. */
  #isSilent = false;
  #onSilent: () => void = () => undefined;

  constructor(options: SlurmOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#files = new SharedFiles(options.cluster, options.host, options.blobs);
    this.#scheduler = watched(options.scheduler, (trouble) => options.onTrouble?.('login', trouble));
    this.#broken.promise.catch(() => undefined);
  }

  get broken(): Promise<never> {
    return this.#broken.promise;
  }

  start(): void {
    if (this.#running || this.#ended) return;
    this.#running = true;
    this.#unlisten = this.#options.queue.onClaimable(() => this.refill());
    this.refill();
    this.#schedule(0);
  }

  /** The cluster decides how many runs work at a time. */
  setWorkers(): void {}

  refill(): void {
    this.#claimableSince ??= performance.now();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.refill();
  }

  suspend(): void {
    this.pause();
    for (const { runId } of this.#options.queue.list()) this.#requestStop(runId);
    this.#schedule(0);
  }

  /** The hours in which trainings work are those of this computer. */
  stopTrainings(): void {}

  stopRun(runId: number): void {
    if (!this.#options.queue.list().some((placed) => placed.runId === runId)) return;
    this.#requestStop(runId);
    this.#schedule(0);
  }

  cancel(runId: number): RunState {
    const { queue } = this.#options;
    const state = queue.cancel(runId, this.#now());
    this.stopRun(runId);
    return state;
  }

  idle(): Promise<void> {
    const waiting = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    this.#schedule(0);
    return waiting.promise;
  }

  async stop(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#unlisten?.();
    // Nothing can end a look at a network folder that does not answer; it changes nothing any more.
    const silent = new Promise<void>((resolve) => (this.#onSilent = resolve));
    if (!this.#isSilent) await Promise.race([this.#work, silent]);
    this.#settle();
  }

  onChange(listener: (change: RunChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #requestStop(runId: number): void {
    this.#stopping.add(runId);
  }

  #schedule(delay: number): void {
    if (!this.#running || this.#ended || this.#failure) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#work = this.#work.then(() => this.#round()).then(() => this.#schedule(this.#options.readEvery ?? 3000));
    }, delay);
  }

  /** One round: what workers wrote, what the scheduler says, what is new to submit. */
  async #round(): Promise<void> {
    if (this.#ended) return;
    try {
      const { queue, askEvery = 60_000 } = this.#options;
      const isKnown = queue.list().some(({ job }) => job !== null);
      const refusal = await this.#watch(this.#files.check(isKnown, askEvery));
      if (refusal === null) await this.#askStops();
      const unreadable = await this.#readAll();
      const wrong = refusal ?? unreadable;
      this.#options.onTrouble?.('folder', wrong === null ? null : this.#files.error(wrong));
      await this.#ask();
      if (refusal === null) await this.#fill();
      if (this.#isUntidy) await this.#tidy();
    } catch (error) {
      if (isStorageError(error)) return this.#fail(error);
      // The shared folder or the login node may come back: all of it is tried again.
      if (!isLoginError(error)) this.#options.onTrouble?.('folder', this.#files.error(error));
    }
    this.#settle();
  }

  /** Reads what all runs wrote; gives what cannot be read of one of them, or null. @throws where none can be read */
  async #readAll(): Promise<unknown> {
    let unreadable: unknown = null;
    const attempts = new Map<string, Map<number, number[]>>();
    for (const placed of this.#options.queue.list()) {
      const known = attempts.get(placed.pack) ?? (await this.#watch(this.#files.pack(placed.pack).listAttempts()));
      attempts.set(placed.pack, known);
      try {
        await this.#watch(this.#read(placed, known.get(placed.runId) ?? []));
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        unreadable ??= error;
      }
      if (this.#ended) break;
    }
    return unreadable;
  }

  /** Tells the user where the shared folder does not answer for long. */
  async #watch<T>(work: Promise<T>): Promise<T> {
    const { silence = 30_000, onTrouble } = this.#options;
    const timer = setTimeout(() => {
      this.#isSilent = true;
      this.#onSilent();
      onTrouble?.('folder', this.#files.silent());
    }, silence);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
      this.#isSilent = false;
    }
  }

  async #tidy(): Promise<void> {
    this.#isUntidy = !(await this.#files.tidy(() => this.#options.queue.packs()));
  }

  /** Runs that are to stop: those that work are told so, those that wait are taken back. */
  async #askStops(): Promise<void> {
    const { queue } = this.#options;
    const jobs = new Map<string, number[]>();
    for (const placed of queue.list().filter(({ runId }) => this.#stopping.has(runId))) {
      await this.#files.pack(placed.pack).requestStop(placed.runId);
      if (placed.state === 'running') continue;
      this.#stopping.delete(placed.runId);
      this.#changed(placed, this.#giveBack(placed.runId, 'taken back before it began'), null, null);
      if (placed.job !== null && !queue.list().some((each) => each.pack === placed.pack && each.task === placed.task))
        jobs.set(placed.job, [...(jobs.get(placed.job) ?? []), placed.task]);
    }
    for (const [job, tasks] of jobs) await this.#scheduler.cancel(job, tasks);
  }

  /** Stores what a run's attempts wrote since the last time. @throws UserError `cluster.file-unreadable` */
  async #read(placed: Placed, known: readonly number[]): Promise<void> {
    const { runId } = placed;
    const pack = this.#files.pack(placed.pack);
    const began = this.#now();
    for (const attempt of known.filter((number) => number >= placed.attempt)) {
      const hasLater = attempt !== known.at(-1);
      for (let from = attempt === placed.attempt ? placed.readTo : 0; !this.#ended; ) {
        const { lines, next, isDamaged } = await pack.readLines(runId, attempt, from);
        if (lines.length === 0) {
          // A later attempt took over from this one, whose last line is damaged.
          if (isDamaged && !hasLater) throw this.#files.damaged(placed.pack, runId, attempt);
          break;
        }
        const isSuperseded = (): Promise<boolean> => pack.hasCheckpointAfter(runId, known, { attempt, next });
        const fetched = await this.#files.fetch(placed.pack, runId, lines, isSuperseded);
        if (await this.#store(placed, attempt, fetched, { from, next })) {
          this.#readAt.delete(runId);
          this.#isUntidy = true;
          return this.#files.removeBlobs(placed.pack, runId);
        }
        from = next;
      }
    }
    this.#readAt.set(runId, began);
  }

  /** Stores lines of an attempt, some at a time; whether nothing more is to be read of the run. */
  async #store(
    placed: Placed,
    attempt: number,
    lines: readonly AttemptLine[],
    { from, next }: { from: number; next: number },
  ): Promise<boolean> {
    const times = { since: this.#readAt.get(placed.runId) ?? 0, now: this.#now() };
    for (let at = 0; at === 0 || at < lines.length; at += linesAtOnce) {
      const some = lines.slice(at, at + linesAtOnce);
      const isLast = at + linesAtOnce >= lines.length;
      const state = this.#options.queue.replay(placed.runId, attempt, some, isLast ? next : from, times);
      for (const line of some)
        if ('event' in line) this.#changed(placed, line === some.at(-1) ? state : 'running', line.event, null);
      if (this.#isOver(placed, state, some)) return true;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return false;
  }

  /** Whether nothing more is to be read of this placement. */
  #isOver(placed: Placed, state: RunState, lines: readonly AttemptLine[]): boolean {
    const { queue } = this.#options;
    if (state === 'done' || state === 'failed' || state === 'cancelled') {
      this.#stopping.delete(placed.runId);
      return true;
    }
    const last = lines.at(-1);
    const stopped = last !== undefined && 'event' in last && last.event.type === 'stopped';
    if (!stopped || !(this.#stopping.has(placed.runId) || queue.isHeld(placed.runId))) return false;
    this.#stopping.delete(placed.runId);
    this.#changed(placed, this.#giveBack(placed.runId, 'stopped on request'), null, null);
    return true;
  }

  /** Asks the scheduler, seldom, and takes back what it has not known for a while. */
  async #ask(): Promise<void> {
    const { queue, askEvery = 60_000, patience = 150_000, retries = 3 } = this.#options;
    if (performance.now() - this.#askedAt < askEvery) return;
    const jobs = [...new Set(queue.list().flatMap(({ job }) => job ?? []))];
    if (jobs.length === 0) return;
    this.#askedAt = performance.now();
    const tasks = await this.#scheduler.list(jobs);
    const now = this.#now();
    queue.observe(
      jobs,
      tasks.filter(isAlive).map((task) => observed(task, now)),
      now,
    );
    for (const placed of queue.list()) {
      if (placed.missedSince === null || now - placed.missedSince < patience) continue;
      await this.#files.pack(placed.pack).requestStop(placed.runId);
      const message =
        placed.attempt === 0 ? 'The cluster ended its task before it began' : 'The cluster ended its task';
      const detail = await this.#files.log(placed.pack, placed.task);
      const state = queue.recordCrash(placed.runId, { message, detail }, retries, now);
      this.#changed(placed, state === 'failed' ? state : this.#giveBack(placed.runId, message), null, message);
    }
  }

  /** Gives what can be claimed to a pack, and submits it. */
  async #fill(): Promise<void> {
    const { queue, cluster, gather = 2000 } = this.#options;
    await this.#submitLeft();
    if (this.#claimableSince === null || this.#paused || performance.now() - this.#claimableSince < gather) return;
    this.#claimableSince = null;
    const pack = randomUUID();
    const { tasksPerJob, runsPerTask } = cluster;
    const tasks = queue.take(pack, tasksPerJob * runsPerTask, runsPerTask, this.#now());
    if (tasks.length === 0) return;
    // There may be more.
    this.refill();
    await this.#files.write(pack, tasks);
    await this.#submit(pack, tasks.length);
  }

  async #submit(pack: string, tasks: number): Promise<void> {
    const { cluster, name, queue } = this.#options;
    const script = jobScript({
      ...{ cluster, name: `${name}-${pack.slice(0, 8)}`, tasks },
      pack: this.#files.there(pack),
    });
    queue.submitted(pack, await this.#scheduler.submit(await this.#files.writeScript(pack, script)));
  }

  /** Packs that were not submitted when a host ended or the login node did not answer. */
  async #submitLeft(): Promise<void> {
    const { queue, name } = this.#options;
    const left = new Map<string, number>();
    for (const { pack, task, job } of queue.list())
      if (job === null) left.set(pack, Math.max(left.get(pack) ?? 0, task + 1));
    for (const [pack, tasks] of left) {
      const job = await this.#scheduler.find(`${name}-${pack.slice(0, 8)}`);
      if (job !== null) queue.submitted(pack, job);
      else if (await this.#files.pack(pack).isWritten()) await this.#submit(pack, tasks);
      else for (const { runId, pack: of } of queue.list()) if (of === pack) this.#giveBack(runId, 'not submitted');
    }
  }

  #giveBack(runId: number, note: string): RunState {
    this.#isUntidy = true;
    this.#readAt.delete(runId);
    return this.#options.queue.giveBack(runId, note, this.#now());
  }

  #changed(placed: Placed, state: RunState, event: WorkerEvent | null, note: string | null): void {
    const about = this.#options.queue.describe(placed.runId);
    if (!about) return;
    const { engine } = this.#options.cluster;
    const run: ClaimedRun = { id: placed.runId, ...about, engine: about.engine ?? engine, checkpoint: null };
    for (const listener of this.#listeners) listener({ run, state, event, note });
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#broken.reject(error);
    this.#settle();
  }

  #settle(): void {
    const isIdle = this.#claimableSince === null && this.#options.queue.list().length === 0;
    if (!this.#failure && !this.#ended && !isIdle) return;
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (this.#failure) reject(this.#failure.error);
      else resolve();
    }
  }
}

/** Slurm's words for a task that is over. */
const overStates: ReadonlySet<string> = new Set([
  ...['COMPLETED', 'FAILED', 'CANCELLED', 'TIMEOUT', 'OUT_OF_MEMORY', 'NODE_FAIL', 'BOOT_FAIL', 'DEADLINE'],
  ...['PREEMPTED', 'REVOKED', 'SPECIAL_EXIT'],
]);

const isAlive = ({ state }: TaskState): boolean => !overStates.has(state);

const waitingStates: ReadonlySet<string> = new Set([
  'PENDING',
  'REQUEUED',
  'REQUEUE_HOLD',
  'REQUEUE_FED',
  'CONFIGURING',
]);

function observed({ job, task, state, reason, node, secondsLeft }: TaskState, now: number): Observed {
  const isWaiting = waitingStates.has(state);
  return {
    ...{ job, task, reason, node, state: isWaiting ? 'pending' : 'running' },
    endsAt: secondsLeft === null || isWaiting ? null : now + secondsLeft * 1000,
  };
}

/** A scheduler that tells after each command whether it answered. */
function watched(scheduler: Scheduler, tell: (trouble: unknown) => void): Scheduler {
  const told = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      const value = await answer;
      tell(null);
      return value;
    } catch (error) {
      tell(error);
      throw error;
    }
  };
  return {
    submit: (script) => told(scheduler.submit(script)),
    find: (name) => told(scheduler.find(name)),
    list: (jobs) => told(scheduler.list(jobs)),
    cancel: (job, tasks) => told(scheduler.cancel(job, tasks)),
  };
}

const isLoginError = (error: unknown): boolean => error instanceof UserError && error.code === 'cluster.no-answer';

const isUnreadable = (error: unknown): boolean =>
  error instanceof UserError && error.code === 'cluster.file-unreadable';

const isStorageError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('storage.');

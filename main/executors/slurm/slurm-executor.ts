import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Cluster, ClusterPart, PackedRun } from '../../contract/cluster.ts';
import { UserError } from '../../contract/errors.ts';
import type { RunState, WorkerEvent } from '../../contract/run.ts';
import type { BlobStore } from '../../files/blobs.ts';
import type { ClaimedRun, Executor, RunChange } from '../executor.ts';
import type { ClusterQueue, Placed } from './cluster-queue.ts';
import type { Scheduler } from './commands.ts';
import { FolderWatch } from './folder-watch.ts';
import { jobScript } from './job-script.ts';
import { type CreditStore, PacedScheduler } from './pace.ts';
import { PackReader } from './pack-reader.ts';
import { SharedFiles } from './shared-files.ts';
import { endWords, heldError, observed } from './task-states.ts';

/** Runs that the cluster may be given, e.g. those of one study. */
export interface Claims {
  take: ClusterQueue['take'];
  isPaused(): boolean;
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
  /** Milliseconds between two readings of the shared folder. */
  readEvery?: number;
  /** Milliseconds a call of the scheduler, on average, whatever it is for. */
  askEvery?: number;
  /** Where it is kept how many calls may follow, for the next executor of the cluster. */
  credit?: CreditStore;
  /** Milliseconds without a word of the scheduler or of the shared folder after which a task is lost. */
  patience?: number;
  /** Milliseconds without an answer of the shared folder after which the user is told. */
  silence?: number;
  /** Milliseconds until nodes see for sure what this computer wrote into the shared folder, and the other way round. */
  settle?: number;
  /** Milliseconds in which runs are gathered before they are submitted. */
  gather?: number;
  /** What is wrong with a part of the cluster, or null: it is well. Called again while it is so. */
  onTrouble?: (part: ClusterPart, trouble: unknown) => void;
  /** The cluster said anew which tasks wait and run. */
  onObserved?: () => void;
}

/** Runs that are claimed, or asked to stop, in one go: some milliseconds. */
const runsAtOnce = 40;

/** Milliseconds until a pack is tried again that the shared folder refused. */
const refusedPause = 30_000;

/** Files that are written at a time; a network folder that hangs must leave threads for other work. */
const filesAtOnce = 2;

/**
 * Has a Slurm cluster do runs. What counts is what workers wrote into the shared folder; the scheduler's own words are a
 * hint. Leaving stops nothing: jobs go on, and the next executor of the same cluster reads on where this one ended. What
 * is to stop is read from the queue, so that it is done sooner or later, whoever asked for it and whenever.
 */
export class SlurmExecutor implements Executor {
  readonly #options: SlurmOptions;
  readonly #now: () => number;
  readonly #files: SharedFiles;
  readonly #scheduler: PacedScheduler;
  readonly #watch: FolderWatch;
  readonly #reader: PackReader;
  readonly #claims = new Set<Claims>();
  readonly #listeners = new Set<(change: RunChange) => void>();
  #waiting: (PromiseWithResolvers<void> & { isIdle: () => boolean })[] = [];
  readonly #broken = Promise.withResolvers<never>();
  /** Packs of this process that nobody tried to submit. Of all others the cluster may know a job. */
  readonly #fresh = new Set<string>();
  #cluster: Cluster;
  #failure: { error: unknown } | undefined;
  #unlisten: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #running = false;
  #paused = false;
  #ended = false;
  #claimableSince: number | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** There may be packs that nothing needs any more. */
  #isUntidy = true;

  constructor(options: SlurmOptions) {
    const { cluster, host, blobs, queue, scheduler, askEvery = 60_000, silence = 30_000, onTrouble } = options;
    this.#options = options;
    this.#cluster = cluster;
    this.#now = options.now ?? Date.now;
    this.#files = new SharedFiles(cluster, host, blobs);
    this.#scheduler = new PacedScheduler(scheduler, {
      every: askEvery,
      now: this.#now,
      ...(options.credit && { store: options.credit }),
      onAnswer: (error) => onTrouble?.('login', error),
    });
    this.#watch = new FolderWatch(silence, () => onTrouble?.('folder', this.#files.silent()));
    this.#reader = new PackReader({
      ...{ files: this.#files, queue, watch: this.#watch, now: this.#now },
      onOver: () => (this.#isUntidy = true),
      isEnded: () => this.#ended,
      onChange: (placed, state, event, note) => this.#changed(placed, state, event, note),
    });
    this.#broken.promise.catch(() => undefined);
  }

  get broken(): Promise<never> {
    return this.#broken.promise;
  }

  /** Calls of the scheduler since the start. */
  get calls(): number {
    return this.#scheduler.calls;
  }

  /** Gives all runs of its queue to the cluster, and reads what becomes of them. */
  start(): void {
    this.add({ take: (...all) => this.#options.queue.take(...all), isPaused: () => this.#paused });
  }

  /** Reads what becomes of the runs that are there. */
  follow(): void {
    if (this.#running || this.#ended) return;
    this.#running = true;
    this.#unlisten = this.#options.queue.onClaimable(() => this.refill());
    this.#schedule(0);
  }

  /** Also gives it these runs. @returns a function that ends that; what is there goes on */
  add(claims: Claims): () => void {
    this.#claims.add(claims);
    this.follow();
    this.refill();
    this.wake();
    return () => this.#claims.delete(claims);
  }

  /** The profile was changed: the next job is made from it. Shared folder and engine stay. */
  setCluster(cluster: Cluster): void {
    this.#cluster = cluster;
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
    this.#options.queue.stopAll();
    this.wake();
  }

  /** The hours in which trainings work are those of this computer. */
  stopTrainings(): void {}

  /** That the run is on hold says the queue. */
  stopRun(): void {
    this.wake();
  }

  cancel(runId: number): RunState {
    const state = this.#options.queue.cancel(runId, this.#now());
    this.wake();
    return state;
  }

  idle(): Promise<void> {
    return this.idleFor(() => this.#options.queue.list().length === 0);
  }

  /** Resolves once nothing can be given to the cluster and `isIdle` holds. */
  idleFor(isIdle: () => boolean): Promise<void> {
    const waiting = { ...Promise.withResolvers<void>(), isIdle };
    this.#waiting.push(waiting);
    this.#schedule(0);
    return waiting.promise;
  }

  async stop(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#unlisten?.();
    await this.#watch.endOf(this.#work);
    this.#settle();
  }

  onChange(listener: (change: RunChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks at once, e.g. as a run is to stop. */
  wake(): void {
    this.#isUntidy = true;
    this.#schedule(0);
  }

  #schedule(delay: number): void {
    if (!this.#running || this.#ended || this.#failure) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#work = this.#work.then(() => this.#round()).then(() => this.#schedule(this.#options.readEvery ?? 3000));
    }, delay);
  }

  /** One round: what workers wrote, what has to stop, what the scheduler says, what is new to submit. */
  async #round(): Promise<void> {
    if (this.#ended) return;
    const { onTrouble } = this.#options;
    let canWrite = false;
    let isRead = false;
    await this.#guarded(async () => {
      const { queue, askEvery = 60_000 } = this.#options;
      const isKnown = queue.list().some(({ job }) => job !== null);
      const refusal = await this.#watch.during(this.#files.check(isKnown, askEvery));
      canWrite = refusal === null;
      if (canWrite) await this.#watch.during(this.#askStops());
      const unreadable = await this.#reader.read();
      isRead = true;
      const wrong = refusal ?? unreadable;
      onTrouble?.('folder', wrong === null ? null : this.#files.error(wrong));
      this.#takeBack();
    });
    await this.#guarded(() => this.#cancelTasks());
    if (canWrite) await this.#guarded(() => this.#fill());
    await this.#guarded(() => this.#ask(isRead));
    if (this.#isUntidy) await this.#guarded(() => this.#tidy());
    this.#settle();
  }

  async #tidy(): Promise<void> {
    this.#isUntidy = !(await this.#watch.during(this.#files.tidy(this.#options.queue)));
  }

  /** The shared folder or the login node may come back: everything is tried again. */
  async #guarded(action: () => Promise<void>): Promise<void> {
    // Each step reads the queue: other work is done in between.
    await setImmediate();
    if (this.#ended || this.#failure) return;
    try {
      await action();
    } catch (error) {
      if (isStorageError(error)) return this.#fail(error);
      // The pace told about the login node.
      if (!isLoginError(error)) this.#options.onTrouble?.('folder', this.#files.error(error));
    }
  }

  /** Asks workers to stop runs, in the shared folder. */
  async #askStops(): Promise<void> {
    const { queue } = this.#options;
    const all = queue.list().filter(({ toStop, stopAskedAt }) => toStop && stopAskedAt === null);
    for (let at = 0; at < all.length && !this.#ended; at += runsAtOnce) {
      const some = all.slice(at, at + runsAtOnce);
      for (let next = 0; next < some.length; next += filesAtOnce)
        await Promise.all(some.slice(next, next + filesAtOnce).map((placed) => this.#requestStop(placed)));
      queue.stopAsked(
        some.map(({ runId }) => runId),
        this.#now(),
      );
    }
  }

  async #requestStop({ pack, runId }: Placed): Promise<void> {
    const folder = this.#files.pack(pack);
    try {
      await folder.requestStop(runId);
    } catch (error) {
      // No task can begin a run of a pack that is not written.
      if (await folder.isWritten()) throw error;
    }
  }

  /** Takes back runs that do not work and will not begin: see `settle`. */
  #takeBack(): void {
    const { queue, settle = 60_000 } = this.#options;
    const all = queue.list();
    const busy = new Set(all.flatMap((placed) => (placed.toStop ? [] : [taskOf(placed)])));
    const now = this.#now();
    const isPast = (at: number | null): boolean => at !== null && now - at >= settle;
    for (const placed of all) {
      if (!placed.toStop || placed.runState === 'running' || !isPast(placed.stopAskedAt)) continue;
      const isSafe = placed.job === null || busy.has(taskOf(placed)) || isPast(placed.cancelledAt);
      if (isSafe || isPast(placed.missedSince)) this.#giveBack(placed, 'taken back before it began');
    }
  }

  /** Cancels tasks that have no run left to do, all in one call. */
  async #cancelTasks(): Promise<void> {
    const { queue, settle = 60_000 } = this.#options;
    const now = this.#now();
    const all = queue.list();
    const busy = new Set<string>();
    for (const placed of all) {
      const { toStop, stopAskedAt, runState } = placed;
      // One that works saves a checkpoint first, unless it does not hear.
      const stops = toStop && stopAskedAt !== null && (runState !== 'running' || now - stopAskedAt > 2 * settle);
      if (!stops) busy.add(taskOf(placed));
    }
    const idle = all.filter((placed) => placed.job !== null && !busy.has(taskOf(placed)));
    const left = idle.filter(({ cancelledAt, state }) => cancelledAt === null && state !== 'lost');
    if (left.length === 0 || !this.#scheduler.mayCall()) return;
    const tasks = new Map<string, number[]>();
    for (const { job, task } of left) if (job !== null) tasks.set(job, [...(tasks.get(job) ?? []), task]);
    await this.#scheduler.cancel(tasks);
    queue.tasksCancelled(
      left.map(({ runId }) => runId),
      now,
    );
  }

  /**
   * Asks the scheduler, seldom, and takes back what it has not known for a while.
   * @param isRead all that tasks wrote so far is stored: without that, one may have done its runs
   */
  async #ask(isRead: boolean): Promise<void> {
    const { queue, askEvery = 60_000, onTrouble, onObserved } = this.#options;
    const jobs = [...new Set(queue.list().flatMap(({ job }) => job ?? []))];
    if (jobs.length === 0) return onTrouble?.('tasks', null);
    const silence = performance.now() - this.#askedAt;
    // Less often than it may, so that submissions and cancellations find some calls left.
    const isDue = silence >= 1.25 * askEvery && this.#scheduler.mayCall(silence < 4 * askEvery ? 1 : 0);
    if (!isDue) return;
    this.#askedAt = performance.now();
    const tasks = await this.#scheduler.list(jobs);
    const now = this.#now();
    const ofJob = Map.groupBy(tasks, ({ job }) => job);
    for (const job of jobs) {
      // A thousand tasks take some 20 ms.
      await setImmediate();
      if (this.#ended) return;
      queue.observe(
        [job],
        (ofJob.get(job) ?? []).map((task) => observed(task, now)),
        now,
      );
    }
    onObserved?.();
    const placed = queue.list();
    const held = placed.filter(({ state, toStop }) => state === 'held' && !toStop);
    onTrouble?.('tasks', held.length === 0 ? null : heldError(this.#cluster, held));
    if (isRead) for (const each of placed) await this.#endIfLost(each, now);
  }

  async #endIfLost(placed: Placed, now: number): Promise<void> {
    const { queue, patience = 150_000, retries = 3 } = this.#options;
    const { runId, missedSince, toStop, attempt, reason } = placed;
    if (missedSince === null || now - missedSince < patience) return;
    await this.#watch.during(this.#requestStop(placed));
    const { words, isOwnFault } = endWords(placed.state === 'lost' ? reason : null, attempt > 0);
    if (toStop || !isOwnFault) return this.#giveBack(placed, words);
    const detail = await this.#watch.during(this.#files.log(placed.pack, placed.task));
    const state = queue.recordCrash(runId, { message: words, detail }, retries, now);
    if (state !== 'failed') return this.#giveBack(placed, words);
    queue.giveBack(runId, words, now);
    this.#changed(placed, state, null, words);
  }

  /** Gives what can be claimed to a pack, and submits it. */
  async #fill(): Promise<void> {
    const { gather = 2000 } = this.#options;
    await this.#submitLeft();
    if (this.#claimableSince === null || performance.now() - this.#claimableSince < gather) return;
    this.#claimableSince = null;
    for (const claims of this.#claims) {
      const pack = randomUUID();
      const tasks = claims.isPaused() ? [] : await this.#take(pack, claims);
      if (tasks.length === 0) continue;
      // There may be more.
      this.refill();
      await this.#write(pack, tasks);
    }
    await this.#submitLeft();
  }

  async #write(pack: string, tasks: PackedRun[][]): Promise<void> {
    try {
      await this.#files.write(pack, tasks);
      this.#fresh.add(pack);
    } catch (error) {
      for (const placed of this.#options.queue.list())
        if (placed.pack === pack) this.#giveBack(placed, 'the shared folder refused it');
      this.#claimableSince = performance.now() + refusedPause;
      throw error;
    }
  }

  /** Runs for a pack, claimed some at a time. */
  async #take(pack: string, claims: Claims): Promise<PackedRun[][]> {
    const { tasksPerJob, runsPerTask } = this.#cluster;
    const tasks: PackedRun[][] = [];
    const atOnce = Math.max(1, Math.floor(runsAtOnce / runsPerTask));
    while (tasks.length < tasksPerJob && !this.#ended) {
      const wanted = Math.min(atOnce, tasksPerJob - tasks.length);
      const some = claims.take(pack, wanted * runsPerTask, runsPerTask, this.#now(), tasks.length);
      tasks.push(...some);
      if (some.flat().length < wanted * runsPerTask) break;
      await setImmediate();
    }
    return tasks;
  }

  /** Submits packs, as many as may be now. Those of an earlier host, or without an answer, may be known to the cluster. */
  async #submitLeft(): Promise<void> {
    const { queue, name } = this.#options;
    const left = new Map<string, Placed[]>();
    for (const placed of queue.list())
      if (placed.job === null) left.set(placed.pack, [...(left.get(placed.pack) ?? []), placed]);
    for (const [pack, placed] of left) if (placed.every(({ toStop }) => toStop)) left.delete(pack);
    const nameOf = (pack: string): string => `${name}-${pack.slice(0, 8)}`;
    const unknown = [...left.keys()].filter((pack) => !this.#fresh.has(pack));
    if (unknown.length > 0) {
      if (!this.#scheduler.mayCall()) return;
      const found = await this.#scheduler.find(unknown.map(nameOf));
      for (const pack of unknown) {
        const job = found.get(nameOf(pack));
        if (job !== undefined) queue.submitted(pack, job);
        else if (await this.#files.pack(pack).isWritten()) this.#fresh.add(pack);
        else for (const placed of left.get(pack) ?? []) this.#giveBack(placed, 'not submitted');
      }
    }
    for (const [pack, placed] of left) {
      if (!this.#fresh.has(pack)) continue;
      if (!this.#scheduler.mayCall()) return;
      const tasks = Math.max(...placed.map(({ task }) => task)) + 1;
      const script = jobScript({
        ...{ cluster: this.#cluster, name: nameOf(pack), tasks },
        pack: this.#files.there(pack),
      });
      const path = await this.#files.writeScript(pack, script);
      this.#fresh.delete(pack);
      queue.submitted(pack, await this.#scheduler.submit(path));
    }
  }

  #giveBack(placed: Placed, note: string): void {
    this.#isUntidy = true;
    this.#reader.forget(placed.runId);
    this.#changed(placed, this.#options.queue.giveBack(placed.runId, note, this.#now()), null, note);
  }

  #changed({ runId }: Placed, state: RunState, event: WorkerEvent | null, note: string | null): void {
    if (this.#listeners.size === 0) return;
    const about = this.#options.queue.describe(runId);
    if (!about) return;
    const run: ClaimedRun = { id: runId, ...about, engine: about.engine ?? this.#cluster.engine, checkpoint: null };
    for (const listener of this.#listeners) listener({ run, state, event, note });
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#broken.reject(error);
    this.#settle();
  }

  #settle(): void {
    const ends = this.#failure !== undefined || this.#ended;
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ resolve, reject, isIdle }) => {
      if (!ends && (this.#claimableSince !== null || !isIdle())) return true;
      if (this.#failure) reject(this.#failure.error);
      else resolve();
      return false;
    });
  }
}

const taskOf = ({ pack, task }: Placed): string => `${pack}/${task}`;

const isLoginError = (error: unknown): boolean => error instanceof UserError && error.code === 'cluster.no-answer';

const isStorageError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('storage.');

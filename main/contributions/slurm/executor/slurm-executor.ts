import { setImmediate } from 'node:timers/promises';
import type { Cluster, ClusterPart } from '../profile/cluster.ts';
import { UserError } from '../../../contract/wire/index.ts';
import type { ClaimedRun, RunState, WorkerEvent } from '../../../contract/runs/index.ts';
import { endWords } from '../profile/slurm-reasons.ts';
import type { BlobStore } from '../../../files/index.ts';
import type { RunChange } from '../../../executors/index.ts';
import type { ClusterQueue, Placed } from './cluster-queue.ts';
import type { Scheduler } from './commands.ts';
import { isStorageError } from './folder-error.ts';
import { FolderWatch } from './folder-watch.ts';
import { type CreditStore, PacedScheduler } from './pace.ts';
import { PackReader } from './pack-reader.ts';
import { type Claims, PackSubmitter } from './pack-submitter.ts';
import { SharedFiles } from './shared-files.ts';
import { observed, waitingTrouble } from './task-states.ts';

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
  /** Milliseconds without an answer of the shared folder after which that is a trouble of the cluster. */
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

/** Runs that are asked to stop in one go: some milliseconds. */
const runsAtOnce = 40;

/** Files that are written at a time; a network folder that hangs must leave threads for other work. */
const filesAtOnce = 2;

/**
 * Has a Slurm cluster do runs. What counts is what workers wrote into the shared folder; the scheduler's own words are a
 * hint. Leaving stops nothing: jobs go on, and the next executor of the same cluster reads on where this one ended. What
 * is to stop is read from the queue, so that it is done sooner or later, whoever asked for it and whenever.
 */
export class SlurmExecutor {
  readonly #options: SlurmOptions;
  readonly #now: () => number;
  readonly #files: SharedFiles;
  readonly #scheduler: PacedScheduler;
  readonly #watch: FolderWatch;
  readonly #reader: PackReader;
  readonly #submitter: PackSubmitter;
  readonly #listeners = new Set<(change: RunChange) => void>();
  #waiting: (PromiseWithResolvers<void> & { isIdle: () => boolean })[] = [];
  readonly #broken = Promise.withResolvers<never>();
  #cluster: Cluster;
  #failure: { error: unknown } | undefined;
  #unlisten: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #running = false;
  #ended = false;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** There may be packs that nothing needs any more. */
  #isUntidy = true;

  constructor(options: SlurmOptions) {
    const { cluster, host, blobs, queue, scheduler, name, onTrouble } = options;
    const { askEvery = 60_000, silence = 30_000, settle = 60_000, gather = 2000 } = options;
    this.#options = options;
    this.#cluster = cluster;
    this.#now = options.now ?? Date.now;
    this.#files = new SharedFiles(cluster, host, blobs);
    this.#scheduler = new PacedScheduler(scheduler, {
      every: askEvery,
      now: this.#now,
      ...(options.credit && { store: options.credit }),
      onAnswer: (part, error) => onTrouble?.(part, error),
    });
    this.#watch = new FolderWatch(silence, () => onTrouble?.('folder', this.#files.silent()));
    this.#reader = new PackReader({
      files: this.#files,
      queue,
      watch: this.#watch,
      now: this.#now,
      settle,
      onOver: () => (this.#isUntidy = true),
      isEnded: () => this.#ended,
      onChange: (placed, state, event, note) => this.#changed(placed, state, event, note),
    });
    this.#submitter = new PackSubmitter({
      cluster,
      files: this.#files,
      queue,
      scheduler: this.#scheduler,
      name,
      gather,
      now: this.#now,
      isEnded: () => this.#ended,
      giveBack: (placed, note) => this.#giveBack(placed, note),
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

  /** Reads what becomes of the runs that are there. */
  follow(): void {
    if (this.#running || this.#ended) return;
    this.#running = true;
    this.#unlisten = this.#options.queue.onClaimable(() => this.refill());
    this.#schedule(0);
  }

  /** Gives it these runs. @returns a function that ends that; what is there goes on */
  add(claims: Claims): () => void {
    const remove = this.#submitter.add(claims);
    this.follow();
    this.wake();
    return remove;
  }

  /** The profile was changed: the next job is made from it. Shared folder and engine stay. */
  setCluster(cluster: Cluster): void {
    this.#cluster = cluster;
    this.#submitter.setCluster(cluster);
  }

  refill(): void {
    this.#submitter.refill();
  }

  cancel(runId: number): RunState {
    const state = this.#options.queue.cancel(runId, this.#now());
    this.wake();
    return state;
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
      queue.clampTimes(this.#now());
      const submitted = new Set(queue.list().flatMap(({ job, pack }) => (job === null ? [] : pack)));
      const refusal = await this.#watch.during(this.#files.check([...submitted], askEvery));
      canWrite = refusal === null;
      const unasked = canWrite ? await this.#watch.during(this.#askStops()) : null;
      const unreadable = await this.#reader.read();
      isRead = true;
      const wrong = refusal ?? unreadable ?? unasked ?? this.#submitter.refused;
      onTrouble?.('folder', wrong === null ? null : this.#files.error(wrong));
      this.#takeBack();
    });
    await this.#guarded(() => this.#cancelTasks());
    if (canWrite) await this.#guarded(() => this.#submitter.fill());
    await this.#guarded(() => this.#ask(isRead));
    if (canWrite && this.#isUntidy) await this.#guarded(() => this.#tidy());
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

  /** Asks workers to stop runs, in the shared folder. Gives the first error, or null: the others are asked. */
  async #askStops(): Promise<unknown> {
    const { queue } = this.#options;
    let first: unknown = null;
    const all = queue.list().filter(({ toStop, stopAskedAt }) => toStop && stopAskedAt === null);
    for (let at = 0; at < all.length && !this.#ended; at += runsAtOnce) {
      const some = all.slice(at, at + runsAtOnce);
      const asked: number[] = [];
      const ask = async (placed: Placed): Promise<void> => {
        try {
          await this.#requestStop(placed);
          asked.push(placed.runId);
        } catch (error) {
          first ??= error;
        }
      };
      for (let next = 0; next < some.length; next += filesAtOnce)
        await Promise.all(some.slice(next, next + filesAtOnce).map(ask));
      queue.stopAsked(asked, this.#now());
    }
    return first;
  }

  async #requestStop({ pack, runId, job }: Placed): Promise<void> {
    const folder = this.#files.pack(pack);
    try {
      await folder.requestStop(runId);
    } catch (error) {
      // No task can begin a run of a pack that was never written; one that was submitted is only out of sight.
      if (job !== null || (await folder.isWritten())) throw error;
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
      // A submission without an answer may have made a job: the scheduler is asked first, unless it is silent for long.
      const isUnsubmitted =
        placed.job === null &&
        (this.#submitter.isUnsubmitted(placed.pack) || now - (placed.stopAskedAt ?? now) >= 10 * settle);
      const isSafe = isUnsubmitted || busy.has(taskOf(placed)) || isPast(placed.cancelledAt);
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
    onTrouble?.(
      'tasks',
      waitingTrouble(
        this.#cluster,
        placed.filter(({ toStop }) => !toStop),
      ),
    );
    if (!isRead) return;
    // A task does its runs one after the other: only the first can have kept it from beginning one.
    const firsts = new Map([...placed].reverse().map((each) => [taskOf(each), each.runId]));
    for (const each of placed)
      if (!this.#reader.isUnread(each.runId))
        await this.#endIfLost(each, { now, isFirst: firsts.get(taskOf(each)) === each.runId });
  }

  async #endIfLost(placed: Placed, { now, isFirst }: { now: number; isFirst: boolean }): Promise<void> {
    const { queue, patience = 150_000, retries = 3 } = this.#options;
    const { runId, missedSince, toStop, attempt, reason } = placed;
    if (missedSince === null || now - missedSince < patience) return;
    await this.#watch.during(this.#requestStop(placed));
    const { words, isOwnFault } = endWords(placed.state === 'lost' ? reason : null, attempt > 0);
    const isBlamed = isOwnFault && (attempt > 0 || isFirst);
    if (toStop || !isBlamed) return this.#giveBack(placed, words);
    const detail = await this.#watch.during(this.#files.log(placed.pack, placed.task));
    const death = { message: words, detail };
    const state =
      attempt > 0 ? queue.recordCrash(runId, death, retries, now) : queue.recordFailedStart(runId, death, retries, now);
    if (state !== 'failed') return this.#giveBack(placed, words);
    queue.giveBack(runId, words, now);
    this.#changed(placed, state, null, words);
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
      if (!ends && (this.#submitter.isClaiming || !isIdle())) return true;
      if (this.#failure) reject(this.#failure.error);
      else resolve();
      return false;
    });
  }
}

const taskOf = ({ pack, task }: Placed): string => `${pack}/${task}`;

const isLoginError = (error: unknown): boolean => error instanceof UserError && error.code === 'cluster.no-answer';

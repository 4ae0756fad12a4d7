import type { ClaimedRun, EngineName, RunEnvironment, RunState, WorkerEvent, Failure } from '../contract/runs/run.ts';

/**
 * Source of runs and record of what happens to them; `storage.runs` is one. Every call is durable when it returns.
 * `now`: milliseconds since 1970.
 */
export interface RunQueue {
  claimNext(engines: readonly EngineName[], environment: RunEnvironment, now: number): ClaimedRun | null;
  /** The next run of `shortKinds`. */
  claimShort(engines: readonly EngineName[], environment: RunEnvironment, now: number): ClaimedRun | null;
  /** A classifier's run that differs from `like` in its seed alone, for the same engine. */
  claimSimilar(like: ClaimedRun, environment: RunEnvironment, now: number): ClaimedRun | null;
  applyEvent(runId: number, event: WorkerEvent, now: number): RunState;
  /** The worker was ended on purpose. */
  interrupt(runId: number, note: string, now: number): RunState;
  /** The worker died; after `retries` more deaths without progress, the run has failed. */
  recordCrash(runId: number, death: Failure, retries: number, now: number): RunState;
  cancel(runId: number, now: number): RunState;
  /** @returns a function that removes the listener */
  onClaimable(listener: () => void): () => void;
}

/** Something happened to a run: it was claimed, its worker sent an event, or its worker ended. */
export interface RunChange {
  run: ClaimedRun;
  state: RunState;
  event: WorkerEvent | null;
  /** Anything else to report, e.g. why the worker ended, or null. */
  note: string | null;
}

export interface Executor {
  /** Begins to claim runs, and continues whenever one becomes claimable. */
  start(): void;
  /** From now on, so many runs work at the same time; those that run continue. */
  setWorkers(workers: number): void;
  /** Looks for claimable runs: another process may have queued some. */
  refill(): void;
  /** Claims no more runs; those that run continue. */
  pause(): void;
  resume(): void;
  /** As `pause`, and those that run checkpoint and leave; they wait for `resume`. */
  suspend(): void;
  /** Runs that are not short checkpoint and leave; they wait until there are workers for them. */
  stopTrainings(): void;
  /** Has the run's worker checkpoint and leave it; it is claimed again unless it is on hold. */
  stopRun(runId: number): void;
  /** Cancels a run that waits, or has its worker stop. Returns its state; `running` until the worker has stopped. */
  cancel(runId: number): RunState;
  /** Resolves when nothing runs and nothing that this executor could run waits. Rejects if the queue cannot be written. */
  idle(): Promise<void>;
  /** Rejects when the queue cannot be written (a full disk), which ends all work; never resolves. */
  readonly broken: Promise<never>;
  /** Has every worker checkpoint and leave, kills those that do not, and resolves when none remains. */
  stop(): Promise<void>;
  /** @returns a function that removes the listener */
  onChange(listener: (change: RunChange) => void): () => void;
}

import type { RunState, WorkerEvent } from '../contract/run.ts';
import type { ClaimedRun } from './run-queue.ts';

/** Something happened to a run: it was taken, its worker said something, or its worker ended. */
export interface RunChange {
  run: ClaimedRun;
  /** The run's state now. */
  state: RunState;
  /** What the worker said, or null. */
  event: WorkerEvent | null;
  /** What else there is to say, e.g. why the worker ended, or null. */
  note: string | null;
}

/** Where runs run. */
export interface Executor {
  /** Begins to take runs, and goes on to whenever one becomes claimable. */
  start(): void;
  /** Takes no more runs; those that run go on. */
  pause(): void;
  resume(): void;
  /** As `pause`, and those that run checkpoint and leave; they wait for `resume`. */
  suspend(): void;
  /** Has the run's worker checkpoint and leave it; it is taken again unless it is on hold. */
  stopRun(runId: number): void;
  /** Cancels a run that waits, or has its worker stop. Gives its state; `running` until the worker has stopped. */
  cancel(runId: number): RunState;
  /** Resolves when nothing runs and nothing that this executor could run waits. Rejects if the queue cannot be written. */
  idle(): Promise<void>;
  /** Rejects when the queue cannot be written (a full disk), which ends all work; never resolves. */
  readonly broken: Promise<never>;
  /** Has every worker checkpoint and leave, kills those that do not, and resolves when none is left. */
  stop(): Promise<void>;
  /** Gives the function that ends the listening. */
  onChange(listener: (change: RunChange) => void): () => void;
}

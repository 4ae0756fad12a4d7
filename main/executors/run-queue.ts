import type { EngineName, RunEnvironment, RunState, Task, WorkerEvent } from '../contract/run.ts';

/** A run that is to be done now, on `engine`, from `checkpoint` or from its start. */
export interface ClaimedRun {
  id: number;
  task: Task;
  label: string;
  engine: EngineName;
  checkpoint: string | null;
}

/**
 * Where an executor gets runs and leaves what becomes of them; `storage.runs` is one. Every call is durable when it
 * returns. `now`: milliseconds since 1970.
 */
export interface RunQueue {
  claimNext(engines: readonly EngineName[], environment: RunEnvironment, now: number): ClaimedRun | null;
  /** A classifier's run that differs from `like` in its seed alone, for the same engine. */
  claimLike(like: ClaimedRun, environment: RunEnvironment, now: number): ClaimedRun | null;
  applyEvent(runId: number, event: WorkerEvent, now: number): RunState;
  /** The worker was ended on purpose. */
  interrupt(runId: number, note: string, now: number): RunState;
  /** The worker died; after `retries` more deaths without getting on, the run has failed. */
  crashed(runId: number, death: { message: string; detail: string }, retries: number, now: number): RunState;
  cancel(runId: number, now: number): RunState;
  /** Gives the function that ends the listening. */
  onClaimable(listener: () => void): () => void;
}

import type { AttemptLine } from '../../contract/cluster.ts';
import type { EngineName, RunState, Task } from '../../contract/run.ts';
import type { Observed } from './task-states.ts';

/** A run that was given to a pack. */
export interface Placed {
  runId: number;
  pack: string;
  task: number;
  job: string | null;
  state: 'packed' | 'pending' | 'held' | 'running' | 'lost';
  reason: string | null;
  attempt: number;
  readTo: number;
  missedSince: number | null;
  runState: RunState;
  /** It is to save a checkpoint and to come back. */
  toStop: boolean;
  stopAskedAt: number | null;
  cancelledAt: number | null;
}

/** What the executor stores of runs on its cluster; every call is durable when it returns. */
export interface ClusterQueue {
  submitted(pack: string, job: string): void;
  list(): Placed[];
  /** Packs that this queue gave to the cluster and that no run needs any more. */
  overPacks(): string[];
  packRemoved(pack: string): void;
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
  /** `recordCrash` for a run that no worker had begun. */
  recordFailedStart(runId: number, death: { message: string; detail: string }, retries: number, now: number): RunState;
  cancel(runId: number, now: number): RunState;
  /** Stored times of stops and of missed tasks are not later than now: the clock may have been set back. */
  clampTimes(now: number): void;
  stopAsked(runIds: readonly number[], now: number): void;
  tasksCancelled(runIds: readonly number[], now: number): void;
  describe(runId: number): { task: Task; label: string; engine: EngineName | null } | undefined;
  onClaimable(listener: () => void): () => void;
}

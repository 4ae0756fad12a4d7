import type { AttemptLine, Observed, Placement } from '../contract/placement.ts';
import type { EngineName, Failure, RunState, Task } from '../../../contract/runs/index.ts';

/** A run that was given to a pack of the cluster. */
export type Placed = Omit<Placement, 'cluster' | 'node' | 'endsAt' | 'restarts'>;

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
  recordCrash(runId: number, death: Failure, retries: number, now: number): RunState;
  /** `recordCrash` for a run that no worker had begun. */
  recordFailedStart(runId: number, death: Failure, retries: number, now: number): RunState;
  cancel(runId: number, now: number): RunState;
  /** Stored times of stops and of missed tasks are not later than now: the clock may have been set back. */
  clampTimes(now: number): void;
  stopAsked(runIds: readonly number[], now: number): void;
  tasksCancelled(runIds: readonly number[], now: number): void;
  describe(runId: number): { task: Task; label: string; engine: EngineName | null } | undefined;
  onClaimable(listener: () => void): () => void;
}

import { z } from 'zod';
import {
  engineNames,
  type PlacedState,
  runEnvironmentSchema,
  type RunState,
  taskSchema,
  workerEventSchema,
} from '../../../contract/runs/index.ts';

export const packedRunSchema = z.strictObject({
  run: z.int().min(1),
  label: z.string(),
  task: taskSchema,
  engine: z.enum(engineNames),
  /** Where it continues if no attempt of this pack left a later checkpoint. */
  checkpoint: z.string().nullable(),
});
/** A run that a task of a job on a cluster does. */
export type PackedRun = z.infer<typeof packedRunSchema>;

/** Where an attempt at a run works: the first line of its file. `restart`: how often Slurm had started its task before. */
const attemptSchema = z.strictObject({
  environment: runEnvironmentSchema,
  engine: z.enum(engineNames),
  job: z.string().nullable(),
  restart: z.int().min(0),
  checkpoint: z.string().nullable(),
});

/** A line of an attempt's file. `at`: milliseconds since 1970 by the node's clock, which may be wrong. */
export const attemptLineSchema = z.union([
  z.strictObject({ at: z.number(), attempt: attemptSchema }),
  z.strictObject({ at: z.number(), event: workerEventSchema }),
]);
export type AttemptLine = z.infer<typeof attemptLineSchema>;

/** A run that was given to a job on a cluster. */
export interface Placement {
  runId: number;
  cluster: string;
  /** Name of the pack's folder. */
  pack: string;
  /** Its task of the job. */
  task: number;
  /** The job's number; null: it is not submitted yet. */
  job: string | null;
  state: PlacedState;
  /** Why it is pending or held, or how its task ended, in the cluster's word. */
  reason: string | null;
  node: string | null;
  /** When the cluster ends its task, milliseconds since 1970. */
  endsAt: number | null;
  /** What of its attempts is stored: all before this one, and this one up to byte `readTo` of its file. */
  attempt: number;
  readTo: number;
  /** Since when the cluster has not known its task, milliseconds since 1970. */
  missedSince: number | null;
  /** How often the cluster started its task again. */
  restarts: number;
  /** State of the run. */
  runState: RunState;
  /**
   * The run is to come back: the user stopped or paused its study, put it on hold, cancelled it or sent it elsewhere.
   * Once asked, it comes back even if the user thinks otherwise, and then goes where it should.
   */
  toStop: boolean;
  /** When its worker was asked to stop, and when its task was cancelled there; milliseconds since 1970. */
  stopAskedAt: number | null;
  cancelledAt: number | null;
}

/** What the scheduler says of a task. `lost`: it is over, and `reason` says how. */
export type Observed = Pick<Placement, 'task' | 'reason' | 'node' | 'endsAt'> & {
  job: string;
  state: Exclude<PlacedState, 'packed'>;
};

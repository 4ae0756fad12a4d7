import {
  type EngineName,
  resultSchema,
  type RunResult,
  type RunState,
  type Task,
  type TaskKind,
  taskSchema,
  type Failure,
} from '../../contract/runs/run.ts';

/** A run as tables show it. Times in milliseconds since 1970, durations in milliseconds. */
export interface RunSummary {
  id: number;
  key: string;
  kind: TaskKind;
  label: string;
  seed: number | null;
  /** The required engine, or null: any. */
  engine: EngineName | null;
  /** The engine that it last ran on. */
  ranOn: EngineName | null;
  /** Larger comes first. */
  priority: number;
  state: RunState;
  cancelRequested: boolean;
  /** On hold: no worker claims it until it is released. */
  held: boolean;
  attempts: number;
  /** Crashes of its worker since its last new checkpoint. */
  crashes: number;
  queuedAt: number;
  startedAt: number | null;
  attemptStartedAt: number | null;
  heartbeatAt: number | null;
  endedAt: number | null;
  progress: RunProgress | null;
  failure: Failure | null;
}

/** `from`: the step at which the current attempt began. `workedMs`: how long it has worked since; null: not known. */
export interface RunProgress {
  done: number;
  total: number;
  note: string;
  from: number;
  workedMs: number | null;
}

/** A run with its task and its result. */
export interface RunRecord extends RunSummary {
  task: Task;
  result: RunResult | null;
}

export interface SummaryRow extends Omit<RunSummary, 'cancelRequested' | 'held' | 'progress' | 'failure'> {
  cancelRequested: number;
  held: number;
  done: number | null;
  total: number | null;
  note: string | null;
  from: number | null;
  workedMs: number | null;
  message: string | null;
  detail: string | null;
}

export interface RecordRow extends SummaryRow {
  task: string;
  result: string | null;
}

export const summaryColumns = `
  run.id, run.key, run.kind, run.label, run.seed, run.engine, run.ran_on AS ranOn, run.priority, run.state,
  run.cancel_requested AS cancelRequested, run.held, run.attempts, run.crashes, run.queued_at AS queuedAt,
  run.started_at AS startedAt, run.attempt_started_at AS attemptStartedAt, run.heartbeat_at AS heartbeatAt,
  run.ended_at AS endedAt, run.progress_done AS done, run.progress_total AS total, run.progress_note AS note,
  run.resumed_at AS "from", run.worked_ms AS workedMs, run.failure_message AS message, run.failure_detail AS detail`;

export const recordColumns = `${summaryColumns}, run.task, run.result`;

export function toSummary(row: SummaryRow): RunSummary {
  const { cancelRequested, held, done, total, note, from, workedMs, message, detail, ...rest } = row;
  const progress =
    done === null || total === null ? null : { done, total, note: note ?? '', from: from ?? 0, workedMs };
  const failure = message === null || detail === null ? null : { message, detail };
  return { ...rest, cancelRequested: cancelRequested === 1, held: held === 1, progress, failure };
}

export function toRecord({ task, result, ...summary }: RecordRow): RunRecord {
  return {
    ...toSummary(summary),
    task: taskSchema.parse(JSON.parse(task)),
    result: result === null ? null : resultSchema.parse(JSON.parse(result)),
  };
}

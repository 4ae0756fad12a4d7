import type { RunArchive } from '../format.ts';
import type { RunState } from '../../../contract/runs/index.ts';
import { canonicalJson } from '../../../domain/plans/index.ts';
import type { Database } from '../../../storage/index.ts';
import type { ArchivePiece, RunRows } from './pieces.ts';

/** A new run of which rows are still to come. */
export type OpenRun = { id: number } & Pick<RunArchive, 'endedAt' | 'queuedAt'>;

export function runId(db: Database, key: string): number {
  const run = findRun(db, key);
  if (!run) throw new Error(`there is no run ${key}`);
  return run.id;
}

/** The run with this key, in any state, or undefined. */
export function findRun(db: Database, key: string): { id: number; state: RunState } | undefined {
  return db.get('SELECT id, state FROM run WHERE key = ?', key);
}

type RunHead = Extract<ArchivePiece, { kind: 'run' }>['run'];

/** Adds a new run without its lists, and returns its id. */
export function importRun(db: Database, run: RunHead, attempts: number): number {
  const { key, task, label, seed, engine, ranOn, priority, queuedAt, held, note, archived = false } = run;
  const about = { key, label, seed, engine, ranOn, priority, queuedAt, held, note, archived };
  const { id } = db.insert('run', { ...about, kind: task.kind, task: canonicalJson(task), state: 'queued' });
  restoreState(db, id, run, attempts);
  for (const tag of run.tags) db.insert('run_tag', { runId: id, tag });
  return id;
}

/** Takes the new run through the allowed states to the state that it had. */
function restoreState(db: Database, id: number, run: RunHead, attempts: number): void {
  const { startedAt, attemptStartedAt, resumedAt, crashes, progress } = run;
  db.run(
    `UPDATE run SET started_at = $startedAt, attempt_started_at = $attemptStartedAt, resumed_at = $resumedAt,
       attempts = $attempts, crashes = $crashes, progress_done = $done, progress_total = $total, progress_note = $note
     WHERE id = $id`,
    {
      id,
      startedAt,
      attemptStartedAt,
      resumedAt,
      attempts,
      crashes,
      done: progress?.done ?? null,
      total: progress?.total ?? null,
      note: progress?.note ?? null,
    },
  );
  const states = statePaths[run.state];
  for (const state of states.slice(0, -1)) db.run('UPDATE run SET state = ? WHERE id = ?', state, id);
  const last = states.at(-1);
  if (last === undefined) return;
  db.run(
    `UPDATE run SET state = $last, ended_at = $endedAt, result = $result, failure_message = $message,
       failure_detail = $detail WHERE id = $id`,
    {
      id,
      last,
      endedAt: run.endedAt,
      result: run.result === null ? null : canonicalJson(run.result),
      message: run.failure?.message ?? null,
      detail: run.failure?.detail ?? null,
    },
  );
}

const statePaths: Record<RunState, readonly RunState[]> = {
  queued: [],
  running: ['running', 'interrupted'],
  interrupted: ['running', 'interrupted'],
  done: ['running', 'done'],
  failed: ['running', 'failed'],
  cancelled: ['cancelled'],
};

/** Adds rows of a run's lists, one at a step. */
export function* addRunRows(
  db: Database,
  { id: runId, endedAt, queuedAt }: OpenRun,
  rows: RunRows,
): Generator<void, void> {
  const { attempts = [], checkpoints = [], snapshots = [], grids = [], log = [], metrics = [] } = rows;
  for (const { environment, description, ...attempt } of attempts) {
    // One that was open at the export ended with it, as far as this copy is concerned.
    const open = attempt.endedAt === null;
    db.insert('run_attempt', {
      ...attempt,
      runId,
      environment: canonicalJson(environment),
      description: description === null ? null : canonicalJson(description),
      endedAt: attempt.endedAt ?? endedAt ?? attempt.startedAt ?? queuedAt,
      outcome: open ? 'lost' : attempt.outcome,
    });
    yield;
  }
  const lists = { checkpoint: checkpoints, snapshot: snapshots, sample_grid: grids, run_log: log };
  for (const [table, list] of Object.entries(lists)) {
    for (const row of list) {
      db.insert(table, { ...row, runId });
      yield;
    }
  }
  for (const { series, steps, values } of metrics) {
    for (const [index, step] of steps.entries()) {
      db.insert('metric', { runId, series, step, value: values[index] ?? 0 });
      yield;
    }
  }
}

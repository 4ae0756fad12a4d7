import type { RunArchive } from '../../contract/archive.ts';
import type { RunState } from '../../contract/run.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import type { Database } from '../database.ts';

/** Stored in one transaction at a time, so that whoever else works in this process is not kept waiting. */
const pointsAtATime = 2000;

/** The run of this key, in whatever state it is, or undefined. */
export function knownRun(db: Database, key: string): { id: number; state: RunState } | undefined {
  return db.get('SELECT id, state FROM run WHERE key = ?', key);
}

/** Adds a run that is not there yet, but for its metrics. Inside a transaction of the caller. Gives its number. */
export function importRun(db: Database, run: RunArchive): number {
  const { key, task, label, seed, engine, ranOn, priority, queuedAt, held } = run;
  const { id } = db.run(
    `INSERT INTO run (key, kind, label, task, seed, engine, ran_on, priority, state, queued_at, held, note)
     VALUES ($key, $kind, $label, $task, $seed, $engine, $ranOn, $priority, 'queued', $queuedAt, $held, $note)`,
    {
      ...{ key, label, seed, engine, ranOn, priority, queuedAt, kind: task.kind, note: run.note },
      ...{ task: canonicalJson(task), held: held ? 1 : 0 },
    },
  );
  takeOver(db, id, run);
  for (const tag of run.tags) db.run('INSERT INTO run_tag (run_id, tag) VALUES (?, ?)', id, tag);
  addAttempts(db, id, run);
  addYield(db, id, run);
  return id;
}

/** Leads the new run through the states that it may take to the one that it had. */
function takeOver(db: Database, id: number, run: RunArchive): void {
  const { startedAt, attemptStartedAt, resumedAt, crashes, progress } = run;
  const attempts = run.attempts.length;
  db.run(
    `UPDATE run SET started_at = $startedAt, attempt_started_at = $attemptStartedAt, resumed_at = $resumedAt,
       attempts = $attempts, crashes = $crashes, progress_done = $done, progress_total = $total, progress_note = $note
     WHERE id = $id`,
    {
      ...{ id, startedAt, attemptStartedAt, resumedAt, attempts, crashes },
      ...{ done: progress?.done ?? null, total: progress?.total ?? null, note: progress?.note ?? null },
    },
  );
  const states = waysTo[run.state];
  for (const state of states.slice(0, -1)) db.run('UPDATE run SET state = ? WHERE id = ?', state, id);
  const last = states.at(-1);
  if (last === undefined) return;
  db.run(
    `UPDATE run SET state = $last, ended_at = $endedAt, result = $result, failure_message = $message,
       failure_detail = $detail WHERE id = $id`,
    {
      ...{ id, last, endedAt: run.endedAt, result: run.result === null ? null : canonicalJson(run.result) },
      ...{ message: run.failure?.message ?? null, detail: run.failure?.detail ?? null },
    },
  );
}

const waysTo: Record<RunState, readonly RunState[]> = {
  queued: [],
  running: ['running', 'interrupted'],
  interrupted: ['running', 'interrupted'],
  done: ['running', 'done'],
  failed: ['running', 'failed'],
  cancelled: ['cancelled'],
};

function addAttempts(db: Database, runId: number, { attempts, endedAt, queuedAt }: RunArchive): void {
  for (const { environment, description, ...attempt } of attempts) {
    // One that was open at the export ended with it, as far as this copy is concerned.
    const open = attempt.endedAt === null;
    db.run(
      `INSERT INTO run_attempt (run_id, attempt, engine, environment, checkpoint, claimed_at, pid, description,
         started_at, resumed_at, ended_at, outcome, note)
       VALUES ($runId, $attempt, $engine, $environment, $checkpoint, $claimedAt, $pid, $description, $startedAt,
         $resumedAt, $endedAt, $outcome, $note)`,
      {
        ...attempt,
        runId,
        environment: canonicalJson(environment),
        description: description === null ? null : canonicalJson(description),
        endedAt: attempt.endedAt ?? endedAt ?? attempt.startedAt ?? queuedAt,
        outcome: open ? 'lost' : attempt.outcome,
      },
    );
  }
}

function addYield(db: Database, runId: number, { checkpoints, snapshots, grids, log }: RunArchive): void {
  for (const each of checkpoints) {
    db.run('INSERT INTO checkpoint (run_id, step, hash, at) VALUES ($runId, $step, $hash, $at)', { ...each, runId });
  }
  for (const each of snapshots) {
    db.run(
      `INSERT INTO snapshot (run_id, target, step, errors, test_count, accuracy, weights, at)
       VALUES ($runId, $target, $step, $errors, $testCount, $accuracy, $weights, $at)`,
      { ...each, runId },
    );
  }
  for (const each of grids) {
    db.run('INSERT INTO sample_grid (run_id, step, grid, weights, at) VALUES ($runId, $step, $grid, $weights, $at)', {
      ...each,
      runId,
    });
  }
  for (const each of log) {
    db.run('INSERT INTO run_log (run_id, level, message, at) VALUES ($runId, $level, $message, $at)', {
      ...each,
      runId,
    });
  }
}

/** Pieces of a run's metrics, each to be stored in a transaction of its own. */
export function* metricPieces(db: Database, runId: number, { metrics }: RunArchive): Generator<() => void> {
  for (const { series, steps, values } of metrics) {
    for (let from = 0; from < steps.length; from += pointsAtATime) {
      yield () => {
        for (let index = from; index < Math.min(steps.length, from + pointsAtATime); index++) {
          const [step, value] = [steps[index] ?? 0, values[index] ?? 0];
          db.run('INSERT INTO metric (run_id, series, step, value) VALUES (?, ?, ?, ?)', runId, series, step, value);
        }
      };
    }
  }
}

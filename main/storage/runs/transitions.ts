import type { RunState } from '../../contract/run.ts';
import type { Database } from '../database.ts';

/** How an attempt can end other than with the run. */
export type Leaving = 'stopped' | 'crashed' | 'lost';

export type Ending =
  | { state: 'done'; result: string }
  | { state: 'failed'; message: string; detail: string }
  | { state: 'cancelled' };

export function stateOf(db: Database, runId: number): RunState {
  const row = db.get<{ state: RunState }>('SELECT state FROM run WHERE id = ?', runId);
  if (!row) throw new Error(`there is no run ${runId}`);
  return row.state;
}

/** The run's end. Its attempt, if one is open, ends with it. */
export function endRun(db: Database, runId: number, ending: Ending, now: number): void {
  const failure = ending.state === 'failed' ? ending : { message: null, detail: null };
  db.run(
    `UPDATE run SET state = $state, ended_at = $now, cancel_requested = 0, result = $result,
       failure_message = $message, failure_detail = $detail WHERE id = $runId`,
    {
      runId,
      now,
      state: ending.state,
      result: ending.state === 'done' ? ending.result : null,
      message: failure.message,
      detail: failure.detail,
    },
  );
  endAttempt(db, runId, ending.state, failure.message, now);
}

/** A worker leaves a run before its end: it can go on later, or is cancelled if that was asked for. */
export function leaveRun(db: Database, runId: number, how: Leaving, note: string, now: number): RunState {
  const asked = db.get('SELECT 1 FROM run WHERE id = ? AND cancel_requested = 1', runId);
  if (asked) {
    endRun(db, runId, { state: 'cancelled' }, now);
    return 'cancelled';
  }
  db.run(`UPDATE run SET state = 'interrupted' WHERE id = ?`, runId);
  endAttempt(db, runId, how, note, now);
  return 'interrupted';
}

function endAttempt(
  db: Database,
  runId: number,
  outcome: Leaving | Ending['state'],
  note: string | null,
  now: number,
): void {
  db.run(
    'UPDATE run_attempt SET ended_at = ?, outcome = ?, note = ? WHERE run_id = ? AND ended_at IS NULL',
    now,
    outcome,
    note,
    runId,
  );
}

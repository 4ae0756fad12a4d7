import type { Database } from '../../../storage/index.ts';

/** Lists of a run, which come with its result. Its tags, its note and its places in studies stay. */
const lists = ['run_attempt', 'metric', 'checkpoint', 'snapshot', 'sample_grid', 'run_log'] as const;

/** Whether a run here may take the result of the same run from elsewhere: nothing works on it. */
export const isOpen = (db: Database, runId: number): boolean =>
  db.get(
    `SELECT 1 FROM run WHERE id = ? AND state IN ('queued', 'interrupted', 'failed', 'cancelled')
       AND id NOT IN (SELECT run_id FROM placement)`,
    runId,
  ) !== undefined;

/** Gives an open run all that another one, which is done, has. In one transaction of the caller. */
export function completeRun(db: Database, runId: number, done: number): void {
  for (const list of lists) {
    db.run(`DELETE FROM ${list} WHERE run_id = ?`, runId);
    db.run(`UPDATE ${list} SET run_id = ? WHERE run_id = ?`, runId, done);
  }
  // The states that a run goes through: queued, running, done.
  db.run(
    `UPDATE run SET state = 'queued', ended_at = NULL, failure_message = NULL, failure_detail = NULL
     WHERE id = ? AND state IN ('failed', 'cancelled')`,
    runId,
  );
  const [how, result] = [
    `ran_on, attempts, crashes, started_at, attempt_started_at, heartbeat_at, resumed_at, progress_done, progress_total,
     progress_note`,
    'state, ended_at, result',
  ];
  const parameters = { runId, done };
  db.run(
    `UPDATE run SET state = 'running', cancel_requested = 0, (${how}) = (SELECT ${how} FROM run WHERE id = $done)
     WHERE id = $runId`,
    parameters,
  );
  db.run(`UPDATE run SET (${result}) = (SELECT ${result} FROM run WHERE id = $done) WHERE id = $runId`, parameters);
}

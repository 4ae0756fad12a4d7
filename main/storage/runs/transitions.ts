import {
  type ClaimedRun,
  type EngineName,
  type RunEnvironment,
  type RunState,
  type TaskKind,
  taskSchema,
} from '../../contract/runs/run.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import type { BlobStore } from '../../files/blobs.ts';
import type { Database } from '../database.ts';

interface Row {
  id: number;
  task: string;
  label: string;
  engine: EngineName | null;
  ranOn: EngineName | null;
}

/** Which runs may be claimed. */
export interface ClaimFilter {
  engines: readonly EngineName[];
  /** Only current runs of this study, or null: any. */
  studyId: number | null;
  /** Only runs whose role in that study matches one of these, e.g. `models/*`; null: any role. */
  roles?: readonly string[] | null;
  /** Only runs of these kinds; null: any kind. */
  kinds?: readonly TaskKind[] | null;
  /**
   * Only runs whose task differs from this run's in the seed alone, and that did not begin on another engine. None if a
   * worker crashed on either run since its last new checkpoint: another crash would end the other runs too.
   */
  like?: number;
  /** The cluster that the run goes to; null or absent: this computer. */
  place?: string | null;
}

/** Leaves out runs that only a study under import has: it has no declaration until it is complete. */
const isNotHidden = `(NOT EXISTS (SELECT 1 FROM study_run WHERE run_id = run.id)
  OR EXISTS (SELECT 1 FROM study_run JOIN study_spec USING (study_id) WHERE run_id = run.id))`;

/** Starts an attempt at the first claimable run. Needs a transaction of the caller. */
export function claim(
  db: Database,
  blobs: BlobStore,
  filter: ClaimFilter,
  environment: RunEnvironment,
  now: number,
): ClaimedRun | null {
  const [run] = listClaimable(db, (hash) => isFound(() => blobs.get(hash)), filter, 1);
  if (!run) return null;
  beginAttempt(db, run, environment, now);
  return run;
}

/** The first claimable runs, at most `limit`, each with its newest checkpoint that is usable. */
export function listClaimable(
  db: Database,
  isUsable: (hash: string) => boolean,
  { engines, studyId, roles, kinds, like, place = null }: ClaimFilter,
  limit: number,
): ClaimedRun[] {
  const rows = db.all<Row>(
    `SELECT id, task, label, engine, ran_on AS ranOn FROM run INDEXED BY run_claimable
     WHERE state IN ('queued', 'interrupted') AND held = 0 AND (engine IS NULL OR engine IN (SELECT value FROM json_each($engines)))
       AND ($studyId IS NULL
         OR EXISTS (SELECT 1 FROM study_run WHERE run_id = run.id AND study_id = $studyId AND replaced_at IS NULL
           AND ($roles IS NULL OR EXISTS (SELECT 1 FROM json_each($roles) WHERE role GLOB value))))
       AND ($kinds IS NULL OR kind IN (SELECT value FROM json_each($kinds)))
       AND ($like IS NULL
         OR ((ran_on IS NULL OR ran_on IN (SELECT value FROM json_each($engines)))
           AND (json_remove(task, '$.seed'), crashes)
             = (SELECT json_remove(task, '$.seed'), 0 FROM run WHERE id = $like AND crashes = 0)))
       AND place IS $place AND id NOT IN (SELECT run_id FROM placement)
       AND ${isNotHidden}
     ORDER BY rank DESC, priority DESC, id LIMIT $limit`,
    {
      engines: JSON.stringify(engines),
      studyId,
      roles: asJson(roles),
      kinds: asJson(kinds),
      like: like ?? null,
      place,
      limit,
    },
  );
  return rows.flatMap((row) => {
    const engine = chooseEngine(row, engines);
    if (!engine) return [];
    const { id, label } = row;
    const task = taskSchema.parse(JSON.parse(row.task));
    return [{ id, task, label, engine, checkpoint: latestCheckpoint(db, isUsable, id) }];
  });
}

/** Starts an attempt at a run. Needs a transaction of the caller. */
export function beginAttempt(
  db: Database,
  { id, engine, checkpoint }: Pick<ClaimedRun, 'id' | 'engine' | 'checkpoint'>,
  environment: RunEnvironment,
  now: number,
): void {
  db.run(
    `UPDATE run SET state = 'running', cancel_requested = 0, ran_on = $engine, attempts = attempts + 1,
       started_at = coalesce(started_at, $now), attempt_started_at = $now, heartbeat_at = $now WHERE id = $id`,
    { id, engine, now },
  );
  db.run(
    `INSERT INTO run_attempt (run_id, attempt, engine, environment, checkpoint, claimed_at)
     SELECT id, attempts, $engine, $environment, $checkpoint, $now FROM run WHERE id = $id`,
    { id, engine, environment: canonicalJson(environment), checkpoint, now },
  );
}

const asJson = (names: readonly string[] | null | undefined): string | null => (names ? JSON.stringify(names) : null);

/**
 * The required engine, else the engine on which the run began (so that its bytes stay the same), else the first
 * available one.
 */
function chooseEngine({ engine, ranOn }: Row, engines: readonly EngineName[]): EngineName | undefined {
  if (engine) return engine;
  return ranOn && engines.includes(ranOn) ? ranOn : engines[0];
}

function latestCheckpoint(db: Database, isUsable: (hash: string) => boolean, runId: number): string | null {
  const hashes = db.all<{ hash: string }>('SELECT hash FROM checkpoint WHERE run_id = ? ORDER BY step DESC', runId);
  return hashes.find(({ hash }) => isUsable(hash))?.hash ?? null;
}

/**
 * Whether a checkpoint can be used, as far as `find` knows. One that cannot be read now is not given up for an earlier
 * one: whoever reads it next says why, and the work waits or fails.
 * @param find false, or `blob.missing` or `blob.damaged`: it is not there
 */
export function isFound(find: () => unknown): boolean {
  try {
    return find() !== false;
  } catch (error) {
    return !(error instanceof UserError && ['blob.missing', 'blob.damaged'].includes(error.code));
  }
}

/** How an attempt can end before the run does. */
export type Leaving = 'stopped' | 'crashed' | 'lost';

export type Ending =
  | { state: 'done'; result: string }
  | { state: 'failed'; message: string; detail: string }
  | { state: 'cancelled' };

export function readState(db: Database, runId: number): RunState {
  const row = db.get<{ state: RunState }>('SELECT state FROM run WHERE id = ?', runId);
  if (!row) throw new Error(`there is no run ${runId}`);
  return row.state;
}

/** Ends the run, and its attempt if one is open. */
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

/** Ends an attempt before the run is done: the run can resume later, or is cancelled if that was requested. */
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

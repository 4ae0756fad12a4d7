import {
  type ClaimedRun,
  type EngineName,
  type RunEnvironment,
  type RunState,
  shortKinds,
  type Task,
  type TaskKind,
  type WorkerEvent,
  type Failure,
} from '../../contract/runs/run.ts';
import { runNotFound, UserError } from '../../contract/wire/errors.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import type { BlobStore } from '../../files/blobs.ts';
import type { Database } from '../database.ts';
import { claim, type ClaimFilter, endRun, leaveRun, readState } from './transitions.ts';
import { deleteDueBlobs } from '../blobs-in-use.ts';
import { isRemovedRun } from '../removals.ts';
import { EventWriter } from './events.ts';
import {
  recordColumns,
  type RecordRow,
  type RunRecord,
  type RunSummary,
  summaryColumns,
  type SummaryRow,
  toRecord,
  toSummary,
} from './run-record.ts';

export interface NewRun {
  /** `runKey(task, engine)`. */
  key: string;
  kind: TaskKind;
  /** Name of the run in tables, e.g. "CNN1, seed 3". */
  label: string;
  task: Task;
  seed: number | null;
  /** Larger comes first. */
  priority: number;
  /** The required engine, or null: any. */
  engine: EngineName | null;
}

export interface RunFilter {
  states?: readonly RunState[];
  kinds?: readonly TaskKind[];
  /** Only the current runs of this study. */
  studyId?: number;
}

/** The queue of runs and their results. Every method is one transaction. */
export class Runs {
  readonly #db: Database;
  readonly #blobs: BlobStore;
  readonly #events: EventWriter;
  readonly #claimable = new Set<() => void>();
  readonly #ended = new Set<(runId: number) => void>();

  constructor(database: Database, blobs: BlobStore) {
    this.#db = database;
    this.#blobs = blobs;
    this.#events = new EventWriter(database, blobs);
  }

  /**
   * Queues a run, or returns the existing run with the same key, in any state. An unfinished one gets the new label,
   * priority and file paths, which may have changed.
   * @throws UserError `run.being-imported`
   */
  ensure(run: NewRun, now: number): RunRecord {
    return this.#db.transaction(() => {
      this.#refuseHalfImported(run);
      const written = this.#db.run(
        `INSERT INTO run (key, kind, label, task, seed, engine, priority, state, queued_at)
         VALUES ($key, $kind, $label, $task, $seed, $engine, $priority, 'queued', $now)
         ON CONFLICT (key) DO UPDATE SET task = excluded.task, label = excluded.label, priority = excluded.priority
           WHERE state NOT IN ('running', 'done')
             AND (task, label, priority) IS NOT (excluded.task, excluded.label, excluded.priority)`,
        { ...run, task: canonicalJson(run.task), now },
      );
      if (written.changes > 0) this.#notifyClaimable();
      const record = this.byKey(run.key);
      if (!record) throw new Error('a run that was just queued is missing');
      return record;
    });
  }

  /** An import that is undone would take the run's rows with it, or leave some: a study without declaration is hidden. */
  #refuseHalfImported({ key, label }: NewRun): void {
    const known = this.#db.get<{ id: number }>('SELECT id FROM run WHERE key = ?', key);
    if (!known) return;
    const shown = this.#db.all<{ isShown: number }>(
      `SELECT EXISTS (SELECT 1 FROM study_spec WHERE study_id = study_run.study_id) AS isShown FROM study_run
       WHERE run_id = ?`,
      known.id,
    );
    if (shown.length > 0 && shown.every(({ isShown }) => isShown === 0)) throw beingImported(label);
  }

  get(runId: number): RunRecord | undefined {
    const row = this.#db.get<RecordRow>(`SELECT ${recordColumns} FROM run WHERE id = ?`, runId);
    return row && toRecord(row);
  }

  /** Faster than the record. */
  state(runId: number): RunState | undefined {
    return this.#db.get<{ state: RunState }>('SELECT state FROM run WHERE id = ?', runId)?.state;
  }

  byKey(key: string): RunRecord | undefined {
    const row = this.#db.get<RecordRow>(`SELECT ${recordColumns} FROM run WHERE key = ?`, key);
    return row && toRecord(row);
  }

  /** In order of queueing. */
  list(filter: RunFilter = {}): RunSummary[] {
    return this.#db
      .all<SummaryRow>(`SELECT ${summaryColumns} FROM run ${where} ORDER BY run.id`, bind(filter))
      .map(toSummary);
  }

  /** Number of runs in each state. */
  counts(filter: RunFilter = {}): Record<RunState, number> {
    const counts = { queued: 0, running: 0, interrupted: 0, done: 0, failed: 0, cancelled: 0 };
    const rows = this.#db.all<{ state: RunState; n: number }>(
      `SELECT state, count(*) AS n FROM run ${where} GROUP BY state`,
      bind(filter),
    );
    for (const { state, n } of rows) counts[state] = n;
    return counts;
  }

  /**
   * Claims the next run for a worker: highest priority first, then oldest. Null if none can run on these engines.
   * @param studyId only current runs of this study; without it any run.
   * @param roles only runs in roles of that study that match one of these patterns, e.g. `models/*`.
   */
  claimNext(
    engines: readonly EngineName[],
    environment: RunEnvironment,
    now: number,
    studyId: number | null = null,
    roles: readonly string[] | null = null,
  ): ClaimedRun | null {
    return this.#claim({ engines, studyId, roles }, environment, now);
  }

  /** As `claimNext`, but only a run of `shortKinds`. */
  claimShort(
    engines: readonly EngineName[],
    environment: RunEnvironment,
    now: number,
    studyId: number | null = null,
    roles: readonly string[] | null = null,
  ): ClaimedRun | null {
    return this.#claim({ engines, studyId, roles, kinds: shortKinds }, environment, now);
  }

  /**
   * Claims the next run that differs from the claimed run `like` in its seed alone, for the same engine. Null if there
   * is none, and if either run's worker crashed since its last new checkpoint: such runs train alone.
   * @param studyId only current runs of this study; without it any run.
   */
  claimSimilar(
    like: ClaimedRun,
    environment: RunEnvironment,
    now: number,
    studyId: number | null = null,
    roles: readonly string[] | null = null,
  ): ClaimedRun | null {
    return this.#claim({ engines: [like.engine], studyId, roles, like: like.id }, environment, now);
  }

  /** Stores a worker's event. A run that is not running ignores it. Returns the run's state afterwards. */
  applyEvent(runId: number, event: WorkerEvent, now: number): RunState {
    return this.applyEvents(runId, [event], now);
  }

  /** Stores several events in order, in one transaction. */
  applyEvents(runId: number, events: readonly WorkerEvent[], now: number): RunState {
    return this.#db.transaction(() => {
      for (const event of events) if (readState(this.#db, runId) === 'running') this.#events.write(runId, event, now);
      return this.#notify(runId, readState(this.#db, runId));
    });
  }

  /** Ends the attempt of a worker that did not answer to `stop`: the run can resume from its last checkpoint. */
  interrupt(runId: number, note: string, now: number): RunState {
    return this.#db.transaction(() => {
      const state = readState(this.#db, runId);
      if (state !== 'running') return state;
      return this.#notify(runId, leaveRun(this.#db, runId, 'stopped', note, now));
    });
  }

  /**
   * Ends the attempt of a worker that crashed. The run can be claimed again until its worker crashed `retries` + 1
   * times without a new checkpoint; then it has failed.
   */
  recordCrash(runId: number, death: Failure, retries: number, now: number): RunState {
    return this.#db.transaction(() => {
      const state = readState(this.#db, runId);
      if (state !== 'running') return state;
      const crashes = this.#countCrash(runId);
      const asked = this.#db.get('SELECT 1 FROM run WHERE id = ? AND cancel_requested = 1', runId);
      if (crashes <= retries || asked)
        return this.#notify(runId, leaveRun(this.#db, runId, 'crashed', death.message, now));
      return this.#failCrashed(runId, death, crashes, now);
    });
  }

  /** `recordCrash` for a worker that ended before it began the run, which stays as it is until it has failed. */
  recordFailedStart(runId: number, death: Failure, retries: number, now: number): RunState {
    return this.#db.transaction(() => {
      const state = readState(this.#db, runId);
      if (state !== 'queued' && state !== 'interrupted') return state;
      const crashes = this.#countCrash(runId);
      return crashes <= retries ? state : this.#failCrashed(runId, death, crashes, now);
    });
  }

  /** Cancels a waiting run; requests it for a running one (its worker is then asked to stop). */
  cancel(runId: number, now: number): RunState {
    return this.#db.transaction(() => {
      const state = this.#stateOrRefuse(runId);
      if (state === 'running') this.#db.run('UPDATE run SET cancel_requested = 1 WHERE id = ?', runId);
      if (state === 'queued' || state === 'interrupted') endRun(this.#db, runId, { state: 'cancelled' }, now);
      return this.#notify(runId, readState(this.#db, runId));
    });
  }

  /** Runs that somebody wants to be cancelled while they run. */
  cancelRequested(): number[] {
    return this.#db
      .all<{ id: number }>(`SELECT id FROM run WHERE state = 'running' AND cancel_requested = 1 ORDER BY id`)
      .map(({ id }) => id);
  }

  /** Queues a failed or cancelled run again; it resumes from its last checkpoint. Any other run stays unchanged. */
  retry(runId: number, now: number): RunState {
    return this.#db.transaction(() => {
      this.#stateOrRefuse(runId);
      const changed = this.#db.run(
        `UPDATE run SET state = 'queued', crashes = 0, queued_at = ?, ended_at = NULL, failure_message = NULL,
           failure_detail = NULL WHERE id = ? AND state IN ('failed', 'cancelled')`,
        now,
        runId,
      );
      if (changed.changes > 0) this.#notifyClaimable();
      return readState(this.#db, runId);
    });
  }

  /** Queues a finished run again because files of its result are missing. Any other run stays unchanged. */
  redo(runId: number, now: number): void {
    const changed = this.#db.run(
      `UPDATE run SET state = 'queued', crashes = 0, queued_at = ?, ended_at = NULL, result = NULL
       WHERE id = ? AND state = 'done'`,
      now,
      runId,
    );
    if (changed.changes > 0) this.#notifyClaimable();
  }

  /**
   * Puts a run on hold or releases it. Workers do not claim a held run; a running one continues until it is stopped.
   */
  setHeld(runId: number, held: boolean): void {
    this.#stateOrRefuse(runId);
    const changed = this.#db.run('UPDATE run SET held = $held WHERE id = $runId AND held <> $held', {
      runId,
      held: held ? 1 : 0,
    });
    if (changed.changes > 0 && !held) this.#notifyClaimable();
  }

  /** Puts a run first (1) or last (-1) regardless of priority; 0: by priority. */
  setRank(runId: number, rank: -1 | 0 | 1): void {
    this.#stateOrRefuse(runId);
    this.#db.run('UPDATE run SET rank = ? WHERE id = ?', rank, runId);
  }

  /**
   * Runs that a crash left `running` become `interrupted`, or `cancelled` if that was requested; those on a cluster go on
   * there. Their time ends with the last that their workers said. Returns their ids.
   * @param atWork runs that workers of this process do
   */
  recover(now: number, atWork: ReadonlySet<number> = new Set()): number[] {
    return this.#db.transaction(() => {
      const left = this.#db
        .all<{ id: number; heartbeatAt: number | null }>(
          `SELECT id, heartbeat_at AS heartbeatAt FROM run
           WHERE state = 'running' AND id NOT IN (SELECT run_id FROM placement) ORDER BY id`,
        )
        .filter(({ id }) => !atWork.has(id));
      deleteDueBlobs(this.#db, this.#blobs, now);
      for (const { id, heartbeatAt } of left)
        this.#notify(id, leaveRun(this.#db, id, 'lost', 'the program ended while it ran', heartbeatAt ?? now));
      return left.map(({ id }) => id);
    });
  }

  /** Calls `listener` whenever a run becomes claimable. Returns a function that removes the listener. */
  onClaimable(listener: () => void): () => void {
    this.#claimable.add(listener);
    return () => this.#claimable.delete(listener);
  }

  /** For runs that something else than their worker completed. */
  announceEnded(runId: number): void {
    this.#notify(runId, readState(this.#db, runId));
  }

  /** For changes of other tables after which other executors may claim runs. */
  announceClaimable(): void {
    this.#notifyClaimable();
  }

  /** Calls `listener` whenever this process ended a run: done, failed or cancelled. Returns a function that removes it. */
  onEnded(listener: (runId: number) => void): () => void {
    this.#ended.add(listener);
    return () => this.#ended.delete(listener);
  }

  #claim(wanted: ClaimFilter, environment: RunEnvironment, now: number): ClaimedRun | null {
    return this.#db.transaction(() => claim(this.#db, this.#blobs, wanted, environment, now));
  }

  #countCrash(runId: number): number {
    this.#db.run('UPDATE run SET crashes = crashes + 1 WHERE id = ?', runId);
    return this.#db.get<{ n: number }>('SELECT crashes AS n FROM run WHERE id = ?', runId)?.n ?? 0;
  }

  #failCrashed(runId: number, { message, detail }: Failure, crashes: number, now: number): RunState {
    endRun(
      this.#db,
      runId,
      { state: 'failed', message: `${message} (${crashes} times without progress)`, detail },
      now,
    );
    return this.#notify(runId, 'failed');
  }

  /** Tells listeners about the state that a run came to. */
  #notify(runId: number, state: RunState): RunState {
    if (state === 'interrupted') this.#notifyClaimable();
    if (state === 'done' || state === 'failed' || state === 'cancelled')
      this.#db.afterCommit(() => this.#ended.forEach((listener) => listener(runId)));
    return state;
  }

  #notifyClaimable(): void {
    this.#db.afterCommit(() => this.#claimable.forEach((listener) => listener()));
  }

  #stateOrRefuse(runId: number): RunState {
    if (this.#db.get('SELECT 1 FROM run WHERE id = ?', runId)) return readState(this.#db, runId);
    throw runNotFound(runId);
  }
}

const where = `
  WHERE NOT run.${isRemovedRun} AND ($states IS NULL OR run.state IN (SELECT value FROM json_each($states)))
    AND ($kinds IS NULL OR run.kind IN (SELECT value FROM json_each($kinds)))
    AND ($study IS NULL OR run.id IN (SELECT run_id FROM study_run WHERE study_id = $study AND replaced_at IS NULL))`;

function bind({ states, kinds, studyId }: RunFilter): Record<string, string | number | null> {
  return {
    states: states ? JSON.stringify(states) : null,
    kinds: kinds ? JSON.stringify(kinds) : null,
    study: studyId ?? null,
  };
}

const beingImported = (label: string): UserError =>
  new UserError(
    'run.being-imported',
    'An import is storing this run right now',
    label,
    'Try again when the import has ended.',
  );

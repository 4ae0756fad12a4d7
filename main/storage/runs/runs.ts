import type { EngineName, RunEnvironment, RunState, Task, TaskKind, WorkerEvent } from '../../contract/run.ts';
import { UserError } from '../../contract/errors.ts';
import { canonicalJson } from '../../domain/identity.ts';
import type { BlobStore } from '../../files/blobs.ts';
import type { Database } from '../database.ts';
import { claim, type ClaimedRun, endRun, leaveRun, readState } from './transitions.ts';
import { deleteDueBlobs } from '../blobs-in-use.ts';
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
  /** What people read in tables, e.g. "CNN1, seed 3". */
  label: string;
  task: Task;
  seed: number | null;
  /** Larger comes first. */
  priority: number;
  /** The engine it must run on, or null: any. */
  engine: EngineName | null;
}

export interface RunFilter {
  states?: readonly RunState[];
  kinds?: readonly TaskKind[];
  /** Only the current runs of this study. */
  studyId?: number;
}

/** How a worker died: one line, and the end of what it wrote on stderr. */
export interface Death {
  message: string;
  detail: string;
}

/** The queue and all that its runs become. Every method is one transaction. */
export class Runs {
  readonly #db: Database;
  readonly #blobs: BlobStore;
  readonly #events: EventWriter;
  readonly #listeners = new Set<() => void>();

  constructor(database: Database, blobs: BlobStore) {
    this.#db = database;
    this.#blobs = blobs;
    this.#events = new EventWriter(database, blobs);
  }

  /**
   * Queues a run, or finds the one with the same key, in whatever state it is. One that is still to do takes over
   * label, priority and the places of files, which may have moved.
   */
  ensure(run: NewRun, now: number): RunRecord {
    return this.#db.transaction(() => {
      const written = this.#db.run(
        `INSERT INTO run (key, kind, label, task, seed, engine, priority, state, queued_at)
         VALUES ($key, $kind, $label, $task, $seed, $engine, $priority, 'queued', $now)
         ON CONFLICT (key) DO UPDATE SET task = excluded.task, label = excluded.label, priority = excluded.priority
           WHERE state NOT IN ('running', 'done')
             AND (task, label, priority) IS NOT (excluded.task, excluded.label, excluded.priority)`,
        { ...run, task: canonicalJson(run.task), now },
      );
      if (written.changes > 0) this.#claimable();
      const record = this.byKey(run.key);
      if (!record) throw new Error('a run that was just queued is not there');
      return record;
    });
  }

  get(runId: number): RunRecord | undefined {
    const row = this.#db.get<RecordRow>(`SELECT ${recordColumns} FROM run WHERE id = ?`, runId);
    return row && toRecord(row);
  }

  byKey(key: string): RunRecord | undefined {
    const row = this.#db.get<RecordRow>(`SELECT ${recordColumns} FROM run WHERE key = ?`, key);
    return row && toRecord(row);
  }

  /** In the order in which they were queued. */
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
   * Takes the next run for a worker: highest priority first, then oldest. Null if none can run on these engines.
   * @param studyId only runs that this study now asks for; without it any.
   * @param roles only runs in places of that study that match one of these patterns, e.g. `models/*`.
   */
  claimNext(
    engines: readonly EngineName[],
    environment: RunEnvironment,
    now: number,
    studyId: number | null = null,
    roles: readonly string[] | null = null,
  ): ClaimedRun | null {
    return this.#db.transaction(() => claim(this.#db, this.#blobs, { engines, studyId, roles }, environment, now));
  }

  /**
   * Takes the next run that differs from `like`, a claimed one, in its seed alone, for the same engine. Null if there is
   * none, and for runs whose worker died before they got on: those should be alone.
   * @param studyId only runs that this study now asks for; without it any.
   */
  claimSimilar(
    like: ClaimedRun,
    environment: RunEnvironment,
    now: number,
    studyId: number | null = null,
    roles: readonly string[] | null = null,
  ): ClaimedRun | null {
    const wanted = { engines: [like.engine], studyId, roles, like: like.id };
    return this.#db.transaction(() => claim(this.#db, this.#blobs, wanted, environment, now));
  }

  /** Stores what a worker reports. A run that is not running no longer listens. Gives the run's state after it. */
  applyEvent(runId: number, event: WorkerEvent, now: number): RunState {
    return this.applyEvents(runId, [event], now);
  }

  /** Several events in their order, in one transaction. */
  applyEvents(runId: number, events: readonly WorkerEvent[], now: number): RunState {
    return this.#db.transaction(() => {
      for (const event of events) if (readState(this.#db, runId) === 'running') this.#events.write(runId, event, now);
      return readState(this.#db, runId);
    });
  }

  /** The worker had to be ended (it did not answer to `stop`): the run goes on later, from its last checkpoint. */
  interrupt(runId: number, note: string, now: number): RunState {
    return this.#db.transaction(() => {
      const state = readState(this.#db, runId);
      if (state !== 'running') return state;
      return this.#left(leaveRun(this.#db, runId, 'stopped', note, now));
    });
  }

  /**
   * The worker died. The run is claimable again until its worker died `retries` + 1 times without getting on; then it
   * has failed.
   */
  recordCrash(runId: number, death: Death, retries: number, now: number): RunState {
    return this.#db.transaction(() => {
      const state = readState(this.#db, runId);
      if (state !== 'running') return state;
      this.#db.run('UPDATE run SET crashes = crashes + 1 WHERE id = ?', runId);
      const crashes = this.#db.get<{ n: number }>('SELECT crashes AS n FROM run WHERE id = ?', runId)?.n ?? 0;
      const asked = this.#db.get('SELECT 1 FROM run WHERE id = ? AND cancel_requested = 1', runId);
      if (crashes <= retries || asked) return this.#left(leaveRun(this.#db, runId, 'crashed', death.message, now));
      const message = `${death.message} (${crashes} times without getting on)`;
      endRun(this.#db, runId, { state: 'failed', message, detail: death.detail }, now);
      return 'failed';
    });
  }

  /** Cancels a run that waits; asks for it where one is running (its worker is then told to stop). */
  cancel(runId: number, now: number): RunState {
    return this.#db.transaction(() => {
      const state = this.#stateOrRefuse(runId);
      if (state === 'running') this.#db.run('UPDATE run SET cancel_requested = 1 WHERE id = ?', runId);
      if (state === 'queued' || state === 'interrupted') endRun(this.#db, runId, { state: 'cancelled' }, now);
      return readState(this.#db, runId);
    });
  }

  /** Runs that somebody wants to be cancelled while they run. */
  cancelRequested(): number[] {
    return this.#db
      .all<{ id: number }>(`SELECT id FROM run WHERE state = 'running' AND cancel_requested = 1 ORDER BY id`)
      .map(({ id }) => id);
  }

  /** Queues a failed or cancelled run again; it goes on from its last checkpoint. Any other stays as it is. */
  retry(runId: number, now: number): RunState {
    return this.#db.transaction(() => {
      this.#stateOrRefuse(runId);
      const changed = this.#db.run(
        `UPDATE run SET state = 'queued', crashes = 0, queued_at = ?, ended_at = NULL, failure_message = NULL,
           failure_detail = NULL WHERE id = ? AND state IN ('failed', 'cancelled')`,
        now,
        runId,
      );
      if (changed.changes > 0) this.#claimable();
      return readState(this.#db, runId);
    });
  }

  /** Queues a done run again because the files of its result are gone. Any other stays as it is. */
  redo(runId: number, now: number): void {
    const changed = this.#db.run(
      `UPDATE run SET state = 'queued', crashes = 0, queued_at = ?, ended_at = NULL, result = NULL
       WHERE id = ? AND state = 'done'`,
      now,
      runId,
    );
    if (changed.changes > 0) this.#claimable();
  }

  /** A run on hold is not taken by a worker; one that runs goes on until it is stopped. */
  setHeld(runId: number, held: boolean): void {
    this.#stateOrRefuse(runId);
    const changed = this.#db.run('UPDATE run SET held = $held WHERE id = $runId AND held <> $held', {
      runId,
      held: held ? 1 : 0,
    });
    if (changed.changes > 0 && !held) this.#claimable();
  }

  /** What a person wants first (1) or last (-1), before all priorities; 0: as planned. */
  setRank(runId: number, rank: -1 | 0 | 1): void {
    this.#stateOrRefuse(runId);
    this.#db.run('UPDATE run SET rank = ? WHERE id = ?', rank, runId);
  }

  /** At start: runs left `running` by a crash become `interrupted`. Gives their ids. */
  recover(now: number): number[] {
    return this.#db.transaction(() => {
      const left = this.#db.all<{ id: number }>(`SELECT id FROM run WHERE state = 'running' ORDER BY id`);
      deleteDueBlobs(this.#db, this.#blobs, now);
      for (const { id } of left) this.#left(leaveRun(this.#db, id, 'lost', 'the program ended while it ran', now));
      return left.map(({ id }) => id);
    });
  }

  /** Calls `listener` each time that a run has become claimable. Gives the function that ends it. */
  onClaimable(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #left(state: RunState): RunState {
    if (state === 'interrupted') this.#claimable();
    return state;
  }

  #claimable(): void {
    this.#db.afterCommit(() => this.#listeners.forEach((listener) => listener()));
  }

  #stateOrRefuse(runId: number): RunState {
    if (this.#db.get('SELECT 1 FROM run WHERE id = ?', runId)) return readState(this.#db, runId);
    throw new UserError({
      code: 'run.not-found',
      what: 'There is no such run',
      where: `run ${runId}`,
      remedy: 'See the list of runs for their numbers.',
    });
  }
}

const where = `
  WHERE ($states IS NULL OR run.state IN (SELECT value FROM json_each($states)))
    AND ($kinds IS NULL OR run.kind IN (SELECT value FROM json_each($kinds)))
    AND ($study IS NULL OR run.id IN (SELECT run_id FROM study_run WHERE study_id = $study AND replaced_at IS NULL))`;

function bind({ states, kinds, studyId }: RunFilter): Record<string, string | number | null> {
  return {
    states: states ? JSON.stringify(states) : null,
    kinds: kinds ? JSON.stringify(kinds) : null,
    study: studyId ?? null,
  };
}

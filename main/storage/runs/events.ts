import type { RunResult, Snapshot, WorkerEvent } from '../../contract/runs/run.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import type { BlobStore } from '../../files/blobs.ts';
import type { Database } from '../database.ts';
import { deleteDueBlobs, scheduleDeletion } from '../blobs-in-use.ts';
import { endRun, leaveRun } from './transitions.ts';

/**
 * A run resumes from a checkpoint, or from the one before if that is damaged. A generator's weights that a study may
 * choose are stored with its sample grids.
 */
const keptCheckpoints = 2;

type EventOf<Type extends WorkerEvent['type']> = Extract<WorkerEvent, { type: Type }>;

/** Stores the events of a running run. Storing one twice has the same effect as once. */
export class EventWriter {
  readonly #db: Database;
  readonly #blobs: BlobStore;

  constructor(database: Database, blobs: BlobStore) {
    this.#db = database;
    this.#blobs = blobs;
  }

  /** Needs a transaction of the caller. */
  write(runId: number, event: WorkerEvent, now: number): void {
    this.#db.run('UPDATE run SET heartbeat_at = ? WHERE id = ?', now, runId);
    switch (event.type) {
      case 'heartbeat':
        return;
      case 'started':
        return this.#started(runId, event, now);
      case 'progress':
        return this.#progress(runId, event);
      case 'metrics':
        return this.#metrics(runId, event);
      case 'checkpoint':
        return this.#checkpoint(runId, event, now);
      case 'snapshot':
        return this.#snapshot(runId, event.snapshot, now);
      case 'samples':
        return this.#samples(runId, event, now);
      case 'log':
        return this.#log(runId, event, now);
      case 'done':
        return this.#done(runId, event.result, now);
      case 'stopped':
        leaveRun(this.#db, runId, 'stopped', `stopped at step ${event.step}`, now);
        return;
      case 'failed':
        return endRun(this.#db, runId, { state: 'failed', message: event.message, detail: event.detail }, now);
    }
  }

  #started(runId: number, event: EventOf<'started'>, now: number): void {
    this.#db.run(
      'UPDATE run SET resumed_at = ?, attempt_started_at = ?, worked_ms = NULL, processor_ms = NULL WHERE id = ?',
      event.resumedAt,
      now,
      runId,
    );
    this.#db.run(
      `UPDATE run_attempt SET pid = $pid, description = $description, resumed_at = $resumedAt, started_at = $now
       WHERE run_id = $runId AND ended_at IS NULL`,
      { pid: event.pid, description: canonicalJson(event.engine), resumedAt: event.resumedAt, now, runId },
    );
  }

  #progress(runId: number, { done, total, note, ...times }: EventOf<'progress'>): void {
    this.#db.run(
      'UPDATE run SET progress_done = ?, progress_total = ?, progress_note = ?, worked_ms = ?, processor_ms = ? WHERE id = ?',
      done,
      total,
      note,
      times.workedMs ?? null,
      times.processorMs ?? null,
      runId,
    );
  }

  #metrics(runId: number, event: EventOf<'metrics'>): void {
    for (const { series, step, value } of event.points) {
      const conflict = 'ON CONFLICT (run_id, series, step) DO UPDATE SET value = excluded.value';
      this.#db.insert('metric', { runId, series, step, value }, conflict);
    }
  }

  /** Stores a checkpoint. A higher step than before resets the count of crashes. */
  #checkpoint(runId: number, event: EventOf<'checkpoint'>, now: number): void {
    const last = this.#db.get<{ step: number | null }>(
      'SELECT max(step) AS step FROM checkpoint WHERE run_id = ?',
      runId,
    );
    if (event.step > (last?.step ?? -1)) this.#db.run('UPDATE run SET crashes = 0 WHERE id = ?', runId);
    const { step, hash } = event;
    const conflict = 'ON CONFLICT (run_id, step) DO UPDATE SET hash = excluded.hash';
    this.#db.insert('checkpoint', { runId, step, hash, at: now }, conflict);
    this.#keepCheckpoints(runId, keptCheckpoints, now);
  }

  #snapshot(runId: number, snapshot: Snapshot, now: number): void {
    this.#db.insert(
      'snapshot',
      { ...snapshot, runId, at: now },
      `ON CONFLICT (run_id, target) DO UPDATE SET step = excluded.step, errors = excluded.errors,
         test_count = excluded.test_count, accuracy = excluded.accuracy, weights = excluded.weights`,
    );
  }

  #samples(runId: number, { step, grid, weights }: EventOf<'samples'>, now: number): void {
    const conflict = 'ON CONFLICT (run_id, step) DO UPDATE SET grid = excluded.grid, weights = excluded.weights';
    this.#db.insert('sample_grid', { runId, step, grid, weights, at: now }, conflict);
  }

  #log(runId: number, { level, message }: EventOf<'log'>, now: number): void {
    this.#db.insert('run_log', { runId, level, message, at: now }, 'ON CONFLICT DO NOTHING');
  }

  #done(runId: number, result: RunResult, now: number): void {
    if (result.kind === 'classifier') for (const snapshot of result.snapshots) this.#snapshot(runId, snapshot, now);
    endRun(this.#db, runId, { state: 'done', result: canonicalJson(result) }, now);
    this.#keepCheckpoints(runId, 0, now);
  }

  /** Deletes all but the newest `count` checkpoints of a run. */
  #keepCheckpoints(runId: number, count: number, now: number): void {
    const deleted = this.#db.all<{ hash: string }>(
      `DELETE FROM checkpoint WHERE run_id = $runId
         AND step NOT IN (SELECT step FROM checkpoint WHERE run_id = $runId ORDER BY step DESC LIMIT $count)
       RETURNING hash`,
      { runId, count },
    );
    for (const { hash } of deleted) scheduleDeletion(this.#db, hash, now);
    deleteDueBlobs(this.#db, this.#blobs, now);
  }
}

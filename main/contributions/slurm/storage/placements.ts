import type { EngineName, RunState } from '../../../contract/runs/index.ts';
import { kept } from '../../../domain/numbers/index.ts';
import type { BlobStore } from '../../../files/index.ts';
import type { Database, Storage } from '../../../storage/index.ts';
import {
  beginAttempt,
  isFound,
  isOfStudy,
  leaveRun,
  listClaimable,
  Placements,
  readState,
  type Runs,
} from '../../../storage/runs/index.ts';
import type { AttemptLine, Observed, PackedRun, Placement } from '../contract/placement.ts';

interface Wanted {
  engine: EngineName;
  /** Null: of any study. */
  studyId: number | null;
  roles: readonly string[] | null;
  /** Name of the cluster. */
  place: string;
  limit: number;
}

const columns = `placement.run_id AS runId, cluster, pack, placement.task, job, placement.state, reason, node,
  ends_at AS endsAt, attempt, read_to AS readTo, missed_since AS missedSince, restarts, run.state AS runState,
  stop_asked_at AS stopAskedAt, cancelled_at AS cancelledAt,
  (stop_wanted = 1 OR stop_asked_at IS NOT NULL OR held = 1 OR cancel_requested = 1 OR place IS NOT cluster
    OR run.state IN ('done', 'failed', 'cancelled')) AS toStop`;

interface Row extends Omit<Placement, 'toStop'> {
  toStop: number;
}

const fromRow = (row: Row): Placement => ({ ...row, toStop: row.toStop === 1 });

/** Gives runs to jobs on clusters, and stores what becomes of them there. */
class SlurmPlacements extends Placements {
  readonly #blobs: BlobStore;

  constructor(database: Database, blobs: BlobStore, runs: Runs) {
    super(database, runs);
    this.#blobs = blobs;
  }

  /**
   * Gives claimable runs of a study to a pack: `runsPerTask` a task, from the task `first` on. Durable before the pack is
   * written.
   */
  take(
    pack: string,
    { engine, place, limit, ...of }: Wanted,
    runsPerTask: number,
    now: number,
    first = 0,
  ): PackedRun[][] {
    return this.db.transaction(() => {
      // Its bytes are checked when it is copied: a hundred checkpoints would take seconds here.
      const isThere = (hash: string): boolean => isFound(() => this.#blobs.has(hash));
      const runs = listClaimable(this.db, isThere, { ...of, engines: [engine], place }, limit);
      const tasks = Array.from({ length: Math.ceil(runs.length / runsPerTask) }, (_, task) =>
        runs.slice(task * runsPerTask, (task + 1) * runsPerTask),
      );
      if (runs.length > 0) this.db.insert('pack', { name: pack, cluster: place }, 'ON CONFLICT DO NOTHING');
      return tasks.map((members, task) =>
        members.map(({ id, ...run }) => {
          this.db.insert('placement', { runId: id, cluster: place, pack, task: first + task, placedAt: now });
          return { run: id, ...run };
        }),
      );
    });
  }

  submitted(pack: string, job: string): void {
    this.db.run(`UPDATE placement SET job = ?, state = 'pending' WHERE pack = ?`, job, pack);
  }

  get(runId: number): Placement | undefined {
    const row = this.db.get<Row>(
      `SELECT ${columns} FROM placement JOIN run ON run.id = run_id WHERE run_id = ?`,
      runId,
    );
    return row && fromRow(row);
  }

  /** @param studyId only of current runs of this study */
  list(cluster: string, studyId: number | null = null): Placement[] {
    const rows = this.db.all<Row>(
      `SELECT ${columns} FROM placement JOIN run ON run.id = run_id
       WHERE cluster = $cluster AND ($studyId IS NULL OR ${isOfStudy}) ORDER BY run_id`,
      { cluster, studyId },
    );
    return rows.map(fromRow);
  }

  /**
   * Number of runs on clusters.
   * @param studyId only current runs of this study @param cluster only those there @param roles of that study, as patterns
   */
  count(studyId: number | null = null, cluster: string | null = null, roles: readonly string[] | null = null): number {
    const row = this.db.get<{ n: number }>(
      `SELECT count(*) AS n FROM placement WHERE ($cluster IS NULL OR cluster = $cluster) AND ($studyId IS NULL OR EXISTS (
         SELECT 1 FROM study_run WHERE study_run.run_id = placement.run_id AND study_id = $studyId AND replaced_at IS NULL
           AND ($roles IS NULL OR EXISTS (SELECT 1 FROM json_each($roles) WHERE role GLOB value))))`,
      { studyId, cluster, roles: roles ? JSON.stringify(roles) : null },
    );
    return row?.n ?? 0;
  }

  /** Names of the clusters that runs are on. */
  clusters(): string[] {
    return this.db.all<{ cluster: string }>('SELECT DISTINCT cluster FROM placement').map(({ cluster }) => cluster);
  }

  /** Workers of these runs were asked to stop. */
  stopAsked(runIds: readonly number[], now: number): void {
    this.db.run(
      'UPDATE placement SET stop_asked_at = coalesce(stop_asked_at, ?) WHERE run_id IN (SELECT value FROM json_each(?))',
      ...[now, JSON.stringify(runIds)],
    );
  }

  /** After the clock was set back, no stored time lies ahead, for which something would wait. */
  clampTimes(now: number): void {
    this.db.run(
      `UPDATE placement SET missed_since = min(missed_since, $now), stop_asked_at = min(stop_asked_at, $now),
         cancelled_at = min(cancelled_at, $now)
       WHERE missed_since > $now OR stop_asked_at > $now OR cancelled_at > $now`,
      { now },
    );
  }

  /** The tasks of these runs were cancelled. */
  tasksCancelled(runIds: readonly number[], now: number): void {
    this.db.run(
      'UPDATE placement SET cancelled_at = ? WHERE run_id IN (SELECT value FROM json_each(?))',
      ...[now, JSON.stringify(runIds)],
    );
  }

  /** Packs that this database gave to a cluster and that no run needs any more. */
  overPacks(cluster: string): string[] {
    return this.db
      .all<{ name: string }>(
        'SELECT name FROM pack WHERE cluster = ? AND name NOT IN (SELECT pack FROM placement)',
        cluster,
      )
      .map(({ name }) => name);
  }

  /** The folder of a pack was removed. */
  packRemoved(pack: string): void {
    this.db.run('DELETE FROM pack WHERE name = ?', pack);
  }

  /**
   * Stores what the cluster says of the tasks of these jobs; those that it leaves out, or says are over (`lost`), are
   * missed from now on.
   */
  observe(jobs: readonly string[], tasks: readonly Observed[], now: number): void {
    this.db.transaction(() => {
      this.db.run(
        `UPDATE placement SET state = CASE WHEN missed_since IS NULL THEN state ELSE 'lost' END,
           reason = CASE WHEN state = 'lost' THEN reason ELSE NULL END,
           missed_since = coalesce(missed_since, $now) WHERE job IN (SELECT value FROM json_each($jobs))`,
        { jobs: JSON.stringify(jobs), now },
      );
      for (const task of tasks)
        this.db.run(
          `UPDATE placement SET state = $state, reason = $reason, node = coalesce($node, node), ends_at = $endsAt,
             missed_since = CASE WHEN $state = 'lost' THEN missed_since ELSE NULL END
           WHERE job = $job AND task = $task`,
          { ...task },
        );
    });
  }

  /**
   * Stores what an attempt at a run wrote, from where the last call ended. An attempt after the first ends the one before
   * it, whose node may have been taken for dead. Gives the run's state; once it is over, the placement is gone.
   *
   * Lines are stored with the node's times where these are possible by this computer's clock: after `since`, when there were
   * no such lines yet, and up to `now`. Otherwise all of them are moved together, as its clock is wrong.
   */
  replay(
    runId: number,
    attempt: number,
    lines: readonly AttemptLine[],
    readTo: number,
    { since, now }: { since: number; now: number },
  ): RunState {
    return this.db.transaction(() => {
      const placement = this.get(runId);
      if (!placement || attempt < placement.attempt) return readState(this.db, runId);
      let at = Math.max(since, this.#lastHeard(runId));
      const early = Math.max(0, at - (lines[0]?.at ?? at));
      const wrongBy = Math.min(early, now - (lines.at(-1)?.at ?? now));
      for (const line of lines) {
        at = Math.min(now, Math.max(at, Math.round(line.at + wrongBy)));
        if ('attempt' in line) this.#begin(placement, line.attempt, at);
        else this.runs.applyEvent(runId, line.event, at);
      }
      this.db.run('UPDATE placement SET attempt = ?, read_to = ? WHERE run_id = ?', attempt, readTo, runId);
      const state = readState(this.db, runId);
      if (isOver.has(state)) this.db.run('DELETE FROM placement WHERE run_id = ?', runId);
      return state;
    });
  }

  /** Takes a run back from its cluster: it can be claimed again. @param note why, for the history of the run */
  giveBack(runId: number, note: string, now: number): RunState {
    return this.db.transaction(() => {
      // Given up meanwhile: another worker may have it.
      if (this.db.run('DELETE FROM placement WHERE run_id = ?', runId).changes === 0) return readState(this.db, runId);
      const state = this.runs.interrupt(runId, note, now);
      // A run that did not begin on the cluster is claimable, too.
      this.runs.announceClaimable();
      return state;
    });
  }

  /** Runs on each cluster. `running`: false: they wait there. */
  counts(): { cluster: string; running: boolean; count: number }[] {
    const rows = this.db.all<{ cluster: string; running: number; count: number }>(
      `SELECT cluster, state = 'running' AS running, count(*) AS count FROM placement GROUP BY 1, 2`,
    );
    return rows.map(({ running, ...row }) => ({ ...row, running: running === 1 }));
  }

  /** Names of the studies that are not deleted whose trainings go to a cluster: all, or some that are not done. */
  studiesGoingTo(cluster: string): string[] {
    const rows = this.db.all<{ name: string }>(
      `SELECT name FROM study WHERE deleted_at IS NULL AND EXISTS (SELECT 1 FROM study_spec WHERE study_id = study.id)
         AND (place = $cluster OR EXISTS (
           SELECT 1 FROM study_run JOIN run ON run.id = run_id WHERE study_id = study.id AND replaced_at IS NULL
             AND run.place = $cluster AND state IN ('queued', 'interrupted', 'running')))
       ORDER BY name`,
      { cluster },
    );
    return rows.map(({ name }) => name);
  }

  /** Has everything that still goes to a cluster go to this computer. */
  forget(cluster: string): void {
    this.db.transaction(() => {
      this.db.run('UPDATE study SET place = NULL WHERE place = ?', cluster);
      this.db.run(`UPDATE run SET place = NULL WHERE place = ? AND state <> 'done'`, cluster);
    });
  }

  /** When the last stored line of a run was written, or the run was given to its cluster; milliseconds since 1970. */
  #lastHeard(runId: number): number {
    const row = this.db.get<{ at: number }>(
      'SELECT max(placed_at, coalesce(heartbeat_at, 0)) AS at FROM placement JOIN run ON run.id = run_id WHERE run_id = ?',
      runId,
    );
    return row?.at ?? 0;
  }

  #begin({ runId: id, cluster, task }: Placement, { environment, ...how }: BegunAttempt, now: number): void {
    if (readState(this.db, id) === 'running') leaveRun(this.db, id, 'lost', 'the cluster started it again', now);
    if (!waits.has(readState(this.db, id))) return;
    const where = { ...environment, cluster: { name: cluster, job: how.job, task } };
    beginAttempt(this.db, { id, ...how }, where, now);
    this.db.run('UPDATE placement SET restarts = max(restarts, ?) WHERE run_id = ?', how.restart, id);
  }
}

type BegunAttempt = Extract<AttemptLine, { attempt: unknown }>['attempt'];

const waits: ReadonlySet<RunState> = new Set(['queued', 'interrupted']);
const isOver: ReadonlySet<RunState> = new Set(['done', 'failed', 'cancelled']);

const opened = new WeakMap<Database, SlurmPlacements>();

/** The runs of an open data folder that are on clusters. */
export const slurmPlacements = ({
  database,
  blobs,
  runs,
}: Pick<Storage, 'database' | 'blobs' | 'runs'>): SlurmPlacements =>
  kept(opened, database, () => new SlurmPlacements(database, blobs, runs));

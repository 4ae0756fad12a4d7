import type { TaskKind } from '../../contract/runs/run.ts';
import type { Database } from '../database.ts';
import type { Runs } from './runs.ts';

/** Where trainings go, and which of them a cluster has. No worker on this computer claims those. */
export class Placements {
  protected readonly db: Database;
  protected readonly runs: Runs;

  constructor(database: Database, runs: Runs) {
    this.db = database;
    this.runs = runs;
  }

  /**
   * Says where trainings go: to a cluster, or to this computer (null). What is on another cluster saves a checkpoint there
   * and comes back first. Short runs are always done here.
   */
  placeRuns(runIds: readonly number[], cluster: string | null): void {
    this.db.run(
      `UPDATE run SET place = $cluster WHERE id IN (SELECT value FROM json_each($ids)) AND state <> 'done'
         AND kind IN (SELECT value FROM json_each($kinds))`,
      { cluster, ids: JSON.stringify(runIds), kinds: JSON.stringify(placeableKinds) },
    );
    this.runs.announceClaimable();
  }

  /** `placeRuns` for all trainings of a study, those that it has and those that come. */
  placeStudy(studyId: number, cluster: string | null): void {
    this.db.transaction(() => {
      this.db.run('UPDATE study SET place = ? WHERE id = ?', cluster, studyId);
      const runs = this.db.all<{ id: number }>(
        'SELECT run_id AS id FROM study_run WHERE study_id = ? AND replaced_at IS NULL',
        studyId,
      );
      this.placeRuns(
        runs.map(({ id }) => id),
        cluster,
      );
    });
  }

  /** Where the trainings of a study go. */
  placeOf(studyId: number): string | null {
    return this.db.get<{ place: string | null }>('SELECT place FROM study WHERE id = ?', studyId)?.place ?? null;
  }

  /** Whether a run is on a cluster. */
  has(runId: number): boolean {
    return this.db.get('SELECT 1 FROM placement WHERE run_id = ?', runId) !== undefined;
  }

  /**
   * Has runs that are on clusters come back: they save a checkpoint and stop there. Gives their number.
   * @param studyId only current runs of this study @param cluster only those on this cluster
   */
  stopAll(studyId: number | null = null, cluster: string | null = null): number {
    return this.db.run(
      `UPDATE placement SET stop_wanted = 1
       WHERE ($studyId IS NULL OR ${isOfStudy}) AND ($cluster IS NULL OR cluster = $cluster)`,
      { studyId, cluster },
    ).changes;
  }

  /** Has runs that no other study has come back, replaced ones included. Gives how many of them are on clusters. */
  stopStudy(studyId: number): number {
    return this.db.run(
      `UPDATE placement SET stop_wanted = 1
       WHERE EXISTS (SELECT 1 FROM study_run WHERE run_id = placement.run_id AND study_id = $studyId)
         AND NOT EXISTS (SELECT 1 FROM study_run
           WHERE run_id = placement.run_id AND study_id <> $studyId AND replaced_at IS NULL)`,
      { studyId },
    ).changes;
  }

  /** Whether trainings of a study go to a cluster, are on one or were. */
  areUsedBy(studyId: number): boolean {
    const used = this.db.get(
      `SELECT 1 FROM study WHERE id = $studyId AND (place IS NOT NULL OR EXISTS (
         SELECT 1 FROM study_run JOIN run ON run.id = study_run.run_id WHERE study_id = $studyId AND replaced_at IS NULL
           AND (run.place IS NOT NULL OR EXISTS (SELECT 1 FROM placement WHERE placement.run_id = run.id))))`,
      { studyId },
    );
    return used !== undefined;
  }

  /** Open runs of a study that are on a cluster, or go to one; all others are done by this computer. */
  onClusters(studyId: number): Map<number, string> {
    const rows = this.db.all<{ id: number; cluster: string }>(
      `SELECT run.id, coalesce(cluster, place) AS cluster FROM run LEFT JOIN placement ON placement.run_id = run.id
       WHERE (cluster IS NOT NULL OR (place IS NOT NULL AND run.state <> 'running'))
         AND run.state IN ('queued', 'interrupted', 'running')
         AND run.id IN (SELECT run_id FROM study_run WHERE study_id = ? AND replaced_at IS NULL)`,
      studyId,
    );
    return new Map(rows.map(({ id, cluster }) => [id, cluster]));
  }

  /** Open trainings among these runs: where they are at work (a cluster, null: this computer), or undefined: nowhere. */
  openTrainings(runIds: readonly number[]): { id: number; at: string | null | undefined }[] {
    const rows = this.db.all<{ id: number; cluster: string | null; running: number }>(
      `SELECT run.id, cluster, run.state = 'running' AS running FROM run LEFT JOIN placement ON placement.run_id = run.id
       WHERE run.id IN (SELECT value FROM json_each(?)) AND run.state <> 'done'
         AND kind IN (SELECT value FROM json_each(?))`,
      JSON.stringify(runIds),
      JSON.stringify(placeableKinds),
    );
    return rows.map(({ id, cluster, running }) => ({
      id,
      at: cluster === null && running === 0 ? undefined : cluster,
    }));
  }
}

/** SQL: whether a placement is of a current run of the study `$studyId`. */
export const isOfStudy = `EXISTS (SELECT 1 FROM study_run
  WHERE study_run.run_id = placement.run_id AND study_id = $studyId AND replaced_at IS NULL)`;

/** Kinds of runs that take long enough for a cluster. */
const placeableKinds: readonly TaskKind[] = ['classifier', 'generator', 'draws'];

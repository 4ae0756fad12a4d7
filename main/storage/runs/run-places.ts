import type { Database } from '../database.ts';
import { placeableKinds } from './placements.ts';

/** Which clusters have runs, and which trainings go to them. */
export class RunPlaces {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /** Runs on each cluster. `running`: false: they wait there. */
  counts(): { cluster: string; running: boolean; count: number }[] {
    const rows = this.#db.all<{ cluster: string; running: number; count: number }>(
      `SELECT cluster, state = 'running' AS running, count(*) AS count FROM placement GROUP BY 1, 2`,
    );
    return rows.map(({ running, ...row }) => ({ ...row, running: running === 1 }));
  }

  /** Names of the studies that are not deleted whose trainings go to a cluster: all, or some that are not done. */
  studiesGoingTo(cluster: string): string[] {
    const rows = this.#db.all<{ name: string }>(
      `SELECT name FROM study WHERE deleted_at IS NULL AND EXISTS (SELECT 1 FROM study_spec WHERE study_id = study.id)
         AND (place = $cluster OR EXISTS (
           SELECT 1 FROM study_run JOIN run ON run.id = run_id WHERE study_id = study.id AND replaced_at IS NULL
             AND run.place = $cluster AND state IN ('queued', 'interrupted', 'running')))
       ORDER BY name`,
      { cluster },
    );
    return rows.map(({ name }) => name);
  }

  /** Whether trainings of a study go to a cluster, are on one or were. */
  areUsedBy(studyId: number): boolean {
    const used = this.#db.get(
      `SELECT 1 FROM study WHERE id = $studyId AND (place IS NOT NULL OR EXISTS (
         SELECT 1 FROM study_run JOIN run ON run.id = study_run.run_id WHERE study_id = $studyId AND replaced_at IS NULL
           AND (run.place IS NOT NULL OR EXISTS (SELECT 1 FROM placement WHERE placement.run_id = run.id))))`,
      { studyId },
    );
    return used !== undefined;
  }

  /** Has everything that still goes to a cluster go to this computer. */
  forget(cluster: string): void {
    this.#db.transaction(() => {
      this.#db.run('UPDATE study SET place = NULL WHERE place = ?', cluster);
      this.#db.run(`UPDATE run SET place = NULL WHERE place = ? AND state <> 'done'`, cluster);
    });
  }

  /** Open runs of a study that are on a cluster, or go to one; all others are done by this computer. */
  onClusters(studyId: number): Map<number, string> {
    const rows = this.#db.all<{ id: number; cluster: string }>(
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
    const rows = this.#db.all<{ id: number; cluster: string | null; running: number }>(
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

import type { ModelRole, PlacedState, RunState, TaskKind } from '../contract/runs/run.ts';
import type { Database } from './database.ts';
import type { RunProgress } from './runs/run-record.ts';

/** A run in its place in a study. */
export interface StudyRun {
  role: string;
  runId: number;
  kind: TaskKind;
  state: RunState;
  /** On hold: no worker claims it until it is released. */
  held: boolean;
  attempts: number;
  /** Null before the first report. */
  progress: Omit<RunProgress, 'note'> | null;
  /** Why it failed, or null. */
  failure: string | null;
  model: ModelRole | null;
  /** The cluster that it goes to; null: this computer. */
  place: string | null;
  /** The cluster that has it now, its state there, and why it waits, in the cluster's word; null: none. */
  there: { cluster: string; state: PlacedState; reason: string | null } | null;
  linkedAt: number;
  /** When another run replaced it, or null for the current one. */
  replacedAt: number | null;
}

interface Row extends Omit<StudyRun, 'model' | 'held' | 'progress' | 'there'> {
  held: number;
  done: number | null;
  total: number | null;
  from: number | null;
  workedMs: number | null;
  modelName: string | null;
  group: 'diverse' | 'seeds' | null;
  repeat: number | null;
  seed: number | null;
  cluster: string | null;
  thereState: PlacedState | null;
  reason: string | null;
}

const select = `
  SELECT role, study_run.run_id AS runId, run.kind, run.state, run.held, run.attempts, run.progress_done AS done,
         run.progress_total AS total, run.resumed_at AS "from", run.worked_ms AS workedMs,
         run.failure_message AS failure, model_name AS modelName, grp AS "group", repeat_no AS repeat,
         study_run.seed, linked_at AS linkedAt, replaced_at AS replacedAt, place, cluster, placement.state AS thereState, reason
  FROM study_run JOIN run ON run.id = study_run.run_id LEFT JOIN placement ON placement.run_id = run.id`;

export class StudyRuns {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /**
   * Makes a run the current one of a role of the study, e.g. 'generator', 'reference', 'models/CNN1/seed-3'. The
   * previous run stays in the history; linking the same run again changes nothing.
   */
  link(studyId: number, role: string, runId: number, model: ModelRole | null, now: number): void {
    const { modelName, group, repeat, seed } = model ?? { modelName: null, group: null, repeat: null, seed: null };
    const place = { studyId, role, runId, modelName, group, repeat, seed, now };
    this.#db.transaction(() => {
      const same = this.#db.get(
        `SELECT 1 FROM study_run WHERE study_id = $studyId AND role = $role AND run_id = $runId AND replaced_at IS NULL
         AND model_name IS $modelName AND grp IS $group AND repeat_no IS $repeat AND seed IS $seed`,
        place,
      );
      if (same) return;
      this.#db.run(
        'UPDATE study_run SET replaced_at = $now WHERE study_id = $studyId AND role = $role AND replaced_at IS NULL',
        place,
      );
      this.#db.run(
        `INSERT INTO study_run (study_id, role, run_id, model_name, grp, repeat_no, seed, linked_at)
         VALUES ($studyId, $role, $runId, $modelName, $group, $repeat, $seed, $now)`,
        place,
      );
    });
  }

  /** Ends the links whose role is not listed, which a changed spec no longer needs. Returns the ids of their runs. */
  keepOnly(studyId: number, roles: readonly string[], now: number): number[] {
    return this.#db
      .all<{ runId: number }>(
        `UPDATE study_run SET replaced_at = ? WHERE study_id = ? AND replaced_at IS NULL
         AND role NOT IN (SELECT value FROM json_each(?)) RETURNING run_id AS runId`,
        now,
        studyId,
        JSON.stringify(roles),
      )
      .map(({ runId }) => runId);
  }

  /** Roles that have a current run. */
  filledRoles(studyId: number): ReadonlySet<string> {
    const rows = this.#db.all<{ role: string }>(
      'SELECT role FROM study_run WHERE study_id = ? AND replaced_at IS NULL',
      studyId,
    );
    return new Set(rows.map(({ role }) => role));
  }

  /** The study's current runs, in the order in which they were linked. */
  list(studyId: number): StudyRun[] {
    return this.#db
      .all<Row>(`${select} WHERE study_id = ? AND replaced_at IS NULL ORDER BY study_run.id`, studyId)
      .map(toStudyRun);
  }

  /** The current run of a role, or undefined. */
  get(studyId: number, role: string): StudyRun | undefined {
    const row = this.#db.get<Row>(`${select} WHERE study_id = ? AND role = ? AND replaced_at IS NULL`, studyId, role);
    return row && toStudyRun(row);
  }

  /**
   * Whether all unfinished runs of the study are on hold and none is running.
   * @param roles patterns of the roles that count; null: all.
   */
  hasOnlyHeldRuns(studyId: number, roles: readonly string[] | null): boolean {
    const left = this.#db.get<{ open: number; held: number }>(
      `SELECT count(*) AS open, coalesce(sum(held = 1 AND state <> 'running'), 0) AS held
       FROM study_run JOIN run ON run.id = study_run.run_id
       WHERE study_id = $studyId AND replaced_at IS NULL AND state IN ('queued', 'interrupted', 'running')
         AND ($roles IS NULL OR EXISTS (SELECT 1 FROM json_each($roles) WHERE role GLOB value))`,
      { studyId, roles: roles ? JSON.stringify(roles) : null },
    );
    return left !== undefined && left.open > 0 && left.open === left.held;
  }

  /** Which of these runs are in no role of the study any more: it left them, or they were deleted. */
  removed(studyId: number, runIds: readonly number[]): number[] {
    return this.#db
      .all<{ id: number }>(
        `SELECT value AS id FROM json_each(?) AS wanted WHERE NOT EXISTS
           (SELECT 1 FROM study_run WHERE run_id = wanted.value AND study_id = ? AND replaced_at IS NULL)`,
        ...[JSON.stringify(runIds), studyId],
      )
      .map(({ id }) => id);
  }

  /** All runs that had this role, oldest first. */
  history(studyId: number, role: string): StudyRun[] {
    return this.#db
      .all<Row>(`${select} WHERE study_id = ? AND role = ? ORDER BY study_run.id`, studyId, role)
      .map(toStudyRun);
  }
}

function toStudyRun({ modelName, group, repeat, seed, held, done, total, from, workedMs, ...placed }: Row): StudyRun {
  const { cluster, thereState, reason, ...row } = placed;
  const isModel = modelName !== null && group !== null && repeat !== null && seed !== null;
  return {
    ...row,
    held: held === 1,
    progress: done === null || total === null ? null : { done, total, from: from ?? 0, workedMs },
    there: cluster === null || thereState === null ? null : { cluster, state: thereState, reason },
    model: isModel ? { modelName, group, repeat, seed } : null,
  };
}

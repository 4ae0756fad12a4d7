import type { Database } from './database.ts';

/** Rows that one step deletes: about a millisecond's work. */
const rowsPerStep = 100;

/** Tables with rows of a session, children first. */
const sessionTables = ['labeling_event', 'labeling_note', 'labeling_sitting', 'labeling_paper', 'labeling_kit'];

/** Whether a row of `run` is being deleted; read from the index of keys. */
export const isRemovedRun = "key BETWEEN 'removed/' AND 'removed/z'";

/** Whether the row `name` of `labeling_session` is being deleted, alone or with its study. */
export const isBeingRemoved = (name: string): string =>
  `(EXISTS (SELECT 1 FROM withdrawing WHERE labeler_id = ${name}.labeler_id)
    OR EXISTS (SELECT 1 FROM study WHERE id = ${name}.study_id AND removed = 1))`;

/**
 * Hides a labeler from every study, in one short transaction of the caller. `Removals.steps` deletes the labeler's
 * session, responses and answers in panels.
 */
export function markLabeler(db: Database, labelerId: number): void {
  db.run('INSERT INTO withdrawing (labeler_id) VALUES (?) ON CONFLICT DO NOTHING', labelerId);
  db.run('DELETE FROM study_labeler WHERE labeler_id = ?', labelerId);
}

/**
 * Deletes studies and people for good. What is marked is invisible at once; its rows are deleted in small steps, so that
 * nobody who is labeling waits for them. After a crash the marks are still there, and the next start continues.
 */
export class Removals {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /**
   * Hides a study, its sessions and those of its labelers that no other study has or had. Its name is free again.
   * `steps` deletes all of them, and the runs that no other study has or had. Images stay.
   */
  markStudy(studyId: number): void {
    this.#db.transaction(() => {
      const labelers = this.#db.all<{ id: number }>(
        `SELECT labeler_id AS id FROM labeling_session WHERE study_id = $studyId
         UNION SELECT labeler_id FROM study_labeler WHERE study_id = $studyId
         EXCEPT SELECT labeler_id FROM study_labeler JOIN study ON study.id = study_id
           WHERE study_id <> $studyId AND removed = 0`,
        { studyId },
      );
      for (const { id } of labelers) markLabeler(this.#db, id);
      // No study can be called this: names have no slash.
      this.#db.run("UPDATE study SET removed = 1, name = 'removed/' || id WHERE id = ?", studyId);
    });
  }

  /**
   * Takes runs out of a study, and hides those that no other study has or had, with their predictions; `steps` deletes
   * their rows. Runs of the same keys may be made meanwhile. Needs a transaction of the caller.
   */
  markRuns(studyId: number, runIds: readonly number[]): void {
    const ids = JSON.stringify(runIds);
    const unused = `IN (SELECT value FROM json_each(?)) AND NOT EXISTS (SELECT 1 FROM study_run WHERE study_run.run_id`;
    this.#db.run(
      'DELETE FROM study_run WHERE study_id = ? AND run_id IN (SELECT value FROM json_each(?))',
      ...[studyId, ids],
    );
    this.#db.run(`DELETE FROM prediction WHERE run_id ${unused} = prediction.run_id)`, ids);
    this.#db.run(`UPDATE run SET key = printf('removed/%056d', id), held = 1 WHERE id ${unused} = run.id)`, ids);
  }

  /** Whether anything that is marked has not been deleted yet. */
  get isPending(): boolean {
    const marked = `SELECT 1 FROM withdrawing UNION ALL SELECT 1 FROM study WHERE removed = 1
      UNION ALL SELECT 1 FROM run WHERE ${isRemovedRun} UNION ALL SELECT 1 FROM panel WHERE removed = 1 LIMIT 1`;
    return this.#db.get(marked) !== undefined;
  }

  /** Deletes all that is marked, also what is marked meanwhile. Each step needs a transaction of the caller. */
  *steps(): Generator<void, void> {
    for (;;) {
      const labeler = this.#db.get<{ id: number }>('SELECT labeler_id AS id FROM withdrawing LIMIT 1');
      const run = labeler ?? this.#db.get<{ id: number }>(`SELECT id FROM run WHERE ${isRemovedRun} LIMIT 1`);
      const panel = run ?? this.#db.get<{ id: number }>('SELECT id FROM panel WHERE removed = 1 LIMIT 1');
      const study = panel ?? this.#db.get<{ id: number }>('SELECT id FROM study WHERE removed = 1 LIMIT 1');
      if (!study) return;
      if (labeler) yield* this.#labelerSteps(labeler.id);
      else if (run) yield* this.#runSteps(run.id);
      else if (panel) yield* this.#panelSteps(panel.id);
      else yield* this.#studySteps(study.id);
    }
  }

  *#labelerSteps(labelerId: number): Generator<void, void> {
    const sessions = this.#db.all<{ id: number }>('SELECT id FROM labeling_session WHERE labeler_id = ?', labelerId);
    for (const { id } of sessions) yield* this.#sessionSteps(id, labelerId);
    yield* this.#rowSteps('response', 'labeler_id', labelerId);
    yield* this.#rowSteps('panel_answer', 'labeler_id', labelerId);
    this.#db.run('DELETE FROM study_labeler WHERE labeler_id = ?', labelerId);
    this.#db.run('DELETE FROM labeler WHERE id = ?', labelerId);
    yield;
  }

  *#studySteps(studyId: number): Generator<void, void> {
    const sessions = this.#db.all<{ id: number; labelerId: number }>(
      'SELECT id, labeler_id AS labelerId FROM labeling_session WHERE study_id = ?',
      studyId,
    );
    // Labelers who are in other studies too stay there with their responses.
    for (const { id, labelerId } of sessions) yield* this.#sessionSteps(id, labelerId);
    const runs = this.#db.all<{ id: number }>(
      'SELECT DISTINCT run_id AS id FROM study_run WHERE study_id = ?',
      studyId,
    );
    for (const { id } of runs) {
      this.#db.run('DELETE FROM study_run WHERE study_id = ? AND run_id = ?', studyId, id);
      this.markUnusedRun(id);
      yield;
      yield* this.#runSteps(id);
    }
    const panels = this.#db.all<{ id: number }>('SELECT id FROM panel WHERE study_id = ?', studyId);
    for (const { id } of panels) yield* this.#panelSteps(id);
    // People whom another study had when this one was marked, and no study has by now: it was deleted too.
    const left = this.#db.all<{ id: number }>(
      `SELECT labeler_id AS id FROM study_labeler WHERE study_id = $studyId
       EXCEPT SELECT labeler_id FROM study_labeler WHERE study_id <> $studyId
       EXCEPT SELECT labeler_id FROM labeling_session`,
      { studyId },
    );
    for (const { id } of left) markLabeler(this.#db, id);
    this.#db.run('DELETE FROM study WHERE id = ?', studyId);
    // Models that no study has or had, with their predictions.
    this.#db.run(
      'DELETE FROM outside_model WHERE NOT EXISTS (SELECT 1 FROM study_outside_model WHERE model_id = outside_model.id)',
    );
    yield;
  }

  /**
   * Hides a run and deletes its predictions, unless a study has or had it. `steps` deletes its rows. A run of the same
   * key may be made meanwhile. Needs a transaction of the caller.
   */
  markUnusedRun(id: number): void {
    if (this.#db.get('SELECT 1 FROM study_run WHERE run_id = ?', id)) return;
    this.#db.run('DELETE FROM prediction WHERE run_id = ?', id);
    this.#db.run("UPDATE run SET key = printf('removed/%056d', id), held = 1 WHERE id = ?", id);
  }

  /** Curves have a row for each step and series, hundreds of thousands of a long run; other lists are short. */
  *#runSteps(id: number): Generator<void, void> {
    if (!this.#db.get(`SELECT 1 FROM run WHERE id = ? AND ${isRemovedRun}`, id)) return;
    yield* this.#rowSteps('metric', 'run_id', id);
    this.#db.run('DELETE FROM prediction WHERE run_id = ?', id);
    this.#db.run('DELETE FROM run WHERE id = ?', id);
    yield;
  }

  *#panelSteps(id: number): Generator<void, void> {
    yield* this.#rowSteps('panel_answer', 'panel_id', id);
    this.#db.run('DELETE FROM panel WHERE id = ?', id);
    yield;
  }

  *#sessionSteps(id: number, labelerId: number): Generator<void, void> {
    const steps = [
      ...sessionTables.map((table) => this.#rowSteps(table, 'session_id', id)),
      this.#rowSteps('labeling_session', 'id', id),
    ];
    for (const each of steps) {
      for (;;) {
        const isMarked = this.#db.get('SELECT 1 FROM withdrawing WHERE labeler_id = ?', labelerId) !== undefined;
        if (!isMarked) this.#db.run('INSERT INTO withdrawing (labeler_id) VALUES (?)', labelerId);
        const { done } = each.next();
        // A mark that outlives the step would delete the labeler's responses.
        if (!isMarked) this.#db.run('DELETE FROM withdrawing WHERE labeler_id = ?', labelerId);
        if (done) break;
        yield;
      }
    }
  }

  *#rowSteps(table: string, column: string, id: number): Generator<void, void> {
    while (this.#db.run(`DELETE FROM ${table} WHERE ${column} = ? LIMIT ${rowsPerStep}`, id).changes > 0) yield;
  }
}

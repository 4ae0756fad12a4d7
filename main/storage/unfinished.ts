import { z } from 'zod';
import type { Database } from './database.ts';
import { Removals } from './removals.ts';
import { Settings } from './settings.ts';

/** Rows of an unfinished import that do not belong to its hidden study: they would stay when it is removed. */
const rowsSetting = 'archive.unfinished-rows';
const rowsSchema = z.strictObject({
  /** Stimulus sets that the import added. */
  sets: z.array(z.string()),
  /** Labelers who were known before, and a set that they had no labels of. */
  labels: z.array(z.tuple([z.int(), z.string()])),
});
type UnfinishedRows = z.infer<typeof rowsSchema>;

/** Setting of earlier versions: ids of the runs of an unfinished import. */
const runsSetting = 'archive.unfinished';

const noRows: UnfinishedRows = { sets: [], labels: [] };

/** Records such rows. Call it in the transaction that adds them, or before. */
export function journalRows(db: Database, change: (rows: UnfinishedRows) => UnfinishedRows, now: number): void {
  const settings = new Settings(db);
  const before = settings.get(rowsSetting, rowsSchema);
  const after = change(before ?? noRows);
  if (before !== undefined || after.sets.length + after.labels.length > 0) settings.set(rowsSetting, after, now);
}

/**
 * Removes what unfinished imports left: studies without a declaration, their rows and what they added elsewhere. Each
 * step needs a transaction of the caller.
 */
export function* removeUnfinished(db: Database, now: number): Generator<void, void> {
  const removals = new Removals(db);
  const hidden = 'SELECT id FROM study WHERE NOT EXISTS (SELECT 1 FROM study_spec WHERE study_id = study.id)';
  for (const { id } of db.all<{ id: number }>(hidden)) {
    // People of other studies, who may have no other link so far, stay.
    const sql = `DELETE FROM study_labeler WHERE study_id = $id
      AND labeler_id IN (SELECT labeler_id FROM labeling_session WHERE study_id <> $id)`;
    db.run(sql, { id });
    removals.markStudy(id);
    yield;
  }
  yield* removals.steps();
  const { sets, labels } = new Settings(db).get(rowsSetting, rowsSchema) ?? noRows;
  for (const [labelerId, setHash] of labels) {
    removeLabels(db, labelerId, setHash);
    yield;
  }
  for (const hash of sets) {
    removeSet(db, hash);
    yield;
  }
  journalRows(db, () => noRows, now);
  const settings = new Settings(db);
  const runs = settings.get(runsSetting, z.array(z.int())) ?? [];
  while (runs.length > 0) {
    removals.markUnusedRun(runs.shift() ?? 0);
    settings.set(runsSetting, runs, now);
    yield;
  }
  yield* removals.steps();
}

/** Unless a study has come to use them: hidden ones are gone by now. */
function removeLabels(db: Database, labelerId: number, setHash: string): void {
  if (!db.get('SELECT 1 FROM labeler WHERE id = ?', labelerId)) return;
  if (isShared(db, { studyId: null, labelerId, setHash })) return;
  db.run('INSERT INTO withdrawing (labeler_id) VALUES (?) ON CONFLICT DO NOTHING', labelerId);
  db.run('DELETE FROM response WHERE labeler_id = ? AND set_hash = ?', labelerId, setHash);
  db.run('DELETE FROM withdrawing WHERE labeler_id = ?', labelerId);
}

/** Whether a study other than `studyId` has both the labeler and the set: added labels would show there. */
export function isShared(db: Database, of: { studyId: number | null; labelerId: number; setHash: string }): boolean {
  const sql = `SELECT 1 FROM study_stimulus_set WHERE set_hash = $setHash AND study_id IS NOT $studyId AND study_id IN (
    SELECT study_id FROM study_labeler WHERE labeler_id = $labelerId
    UNION SELECT study_id FROM labeling_session WHERE labeler_id = $labelerId)`;
  return db.get(sql, of) !== undefined;
}

/** With predictions that came without a run or of outside models, unless something has come to use it. */
function removeSet(db: Database, hash: string): void {
  const unused = ['study_stimulus_set', 'labeling_session', 'response', 'panel']
    .map((table) => `NOT EXISTS (SELECT 1 FROM ${table} WHERE set_hash = $hash)`)
    .join(' AND ');
  db.run(`DELETE FROM prediction WHERE set_hash = $hash AND run_id IS NULL AND ${unused}`, { hash });
  db.run(`DELETE FROM outside_prediction WHERE set_hash = $hash AND ${unused}`, { hash });
  const unpredicted = 'NOT EXISTS (SELECT 1 FROM prediction WHERE set_hash = $hash)';
  db.run(`DELETE FROM stimulus_set WHERE hash = $hash AND ${unused} AND ${unpredicted}`, { hash });
}

import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { makeSessions } from '../contributions/desk/make-sessions.ts';
import { addStimuli, studyName } from '../services/labeling/labeling-helper.ts';
import { openLab, type Session } from './world.ts';

/** Values of alpha, so that three pairs of classes give about 10,000 images. */
const alphas = 3335;
const people = 150;

/** A study with 10,000 images and 150 imported people who labeled all of them: 1.5 million labels, written by SQL. */
export async function makeLarge(data: string): Promise<{ data: string; open: readonly Session[] }> {
  const it = openLab(data);
  const setHash = addStimuli(it.lab.workbench.storage, alphas);
  const open = await makeSessions(it, 4, { consent: null, repeats: 20 });
  await it.lab.close();
  const database = new BetterSqlite3(join(data, 'workbench.sqlite'));
  try {
    database.pragma('synchronous = OFF');
    database.transaction(() => addLabels(database, setHash))();
    database.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
  return { data, open };
}

function addLabels(database: BetterSqlite3.Database, setHash: string): void {
  const source = `csv:${'0'.repeat(64)}`;
  const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${people})`;
  database
    .prepare(
      `INSERT INTO labeler (pseudonym, simulated, source, added_at) ${numbers} SELECT printf('L%04d', i), 0, ?, 1 FROM n`,
    )
    .run(source);
  database
    .prepare(
      `INSERT INTO study_labeler (study_id, labeler_id, linked_at) SELECT study.id, labeler.id, 1 FROM study, labeler
       WHERE study.name = ? AND labeler.source = ?`,
    )
    .run(studyName, source);
  database
    .prepare(
      `INSERT INTO response (set_hash, image_id, labeler_id, label, at, source)
       SELECT set_hash, image_id, labeler.id, (image_id * 7 + labeler.id * 3 + image_id / 11) % 3, 1, 'csv'
       FROM labeler CROSS JOIN stimulus WHERE set_hash = ? AND labeler.source = ? ORDER BY labeler.id, image_id`,
    )
    .run(setHash, source);
}

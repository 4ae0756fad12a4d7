import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';

/** What has to be the same however often a study was killed: everything but times, attempts and row numbers. */
const queries = {
  runs: `SELECT key, kind, label, seed, state, json_remove(result, '$.trainMs', '$.lookMs') AS result FROM run ORDER BY key`,
  roles: `SELECT role, key, model_name, grp, repeat_no, study_run.seed FROM study_run JOIN run ON run.id = run_id
          WHERE replaced_at IS NULL ORDER BY role`,
  metrics: `SELECT key, series, step, value FROM metric JOIN run ON run.id = run_id ORDER BY key, series, step`,
  snapshots: `SELECT key, target, step, errors, accuracy, weights FROM snapshot JOIN run ON run.id = run_id ORDER BY key, target`,
  samples: 'SELECT key, step, grid, weights FROM sample_grid JOIN run ON run.id = run_id ORDER BY key, step',
  sets: 'SELECT hash, width, height, pixels, original_pixels FROM stimulus_set ORDER BY hash',
  stimuli: 'SELECT set_hash, image_id, pair_i, pair_j, alpha, hex(z) AS z FROM stimulus ORDER BY set_hash, image_id',
  predictions: 'SELECT model, set_hash, softmax, labels FROM prediction ORDER BY model, set_hash',
  responses: `SELECT set_hash, image_id, pseudonym, simulated, label FROM response JOIN labeler ON labeler.id = labeler_id
              ORDER BY pseudonym, image_id, response.id`,
};

export type StudyDump = Record<keyof typeof queries, unknown[]>;

export function dumpStudy(folder: string): StudyDump {
  const database = new BetterSqlite3(join(folder, 'workbench.sqlite'), { readonly: true });
  try {
    const rows = Object.entries(queries).map(([name, sql]) => [name, database.prepare(sql).all()]);
    return Object.fromEntries(rows) as StudyDump;
  } finally {
    database.close();
  }
}

import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';

/** Everything in the database that must not depend on kills: all but times and attempts. */
const queries = {
  runs: `SELECT id, key, kind, label, task, seed, engine, ran_on, priority, state, cancel_requested, progress_done,
           progress_total, progress_note, result, failure_message FROM run ORDER BY id`,
  metrics: 'SELECT * FROM metric ORDER BY run_id, series, step',
  checkpoints: 'SELECT run_id, step, hash FROM checkpoint ORDER BY run_id, step',
  snapshots: 'SELECT run_id, target, step, errors, test_count, accuracy, weights FROM snapshot ORDER BY run_id, target',
  samples: 'SELECT run_id, step, grid, weights FROM sample_grid ORDER BY run_id, step',
  log: 'SELECT run_id, level, message FROM run_log ORDER BY run_id, message',
};

export type Dump = Record<keyof typeof queries, unknown[]>;

export function dump(folder: string): Dump {
  const database = new BetterSqlite3(join(folder, 'workbench.sqlite'), { readonly: true });
  try {
    const rows = Object.entries(queries).map(([name, sql]) => [name, database.prepare(sql).all()]);
    return Object.fromEntries(rows) as Dump;
  } finally {
    database.close();
  }
}

/** Names of all blobs that the rows refer to. */
export function blobsIn({ runs: _, ...parts }: Dump): string[] {
  const values = Object.values(parts).flatMap((rows) => rows.flatMap((row) => Object.values(row as object)));
  return [...new Set(values.filter((value) => /^[0-9a-f]{64}$/.test(String(value))).map(String))];
}

import { statSync } from 'node:fs';
import type { BlobStore } from '../files/blobs.ts';
import { lastReadFirst } from './data-sets.ts';
import type { Database } from './database.ts';

/** Hashes of blobs that any row of the database names. No other blob is needed. */
export interface ReferencedHashes {
  all: ReadonlySet<string>;
  /** Hashes that only checkpoints of runs name: needed to resume a run. */
  checkpoints: ReadonlySet<string>;
}

const hashes = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;
/** Tables with millions of rows or answers and no hashes, and those of data sets: see `usedDataSets`. */
const skippedTables = new Set(['metric', 'panel_answer', 'data_set', 'prepared_data_set']);

/**
 * Searches every text column for hashes, so that a table of a later version cannot be forgotten. A hash of something
 * else does no harm. Takes seconds for a large database.
 */
export function referencedHashes(db: Database): ReferencedHashes {
  const all = new Set<string>();
  const elsewhere = new Set<string>();
  const checkpoints = new Set<string>();
  for (const table of listTables(db)) {
    for (const column of textColumns(db, table)) {
      for (const hash of readHashes(db, table, column)) {
        all.add(hash);
        (table === 'checkpoint' ? checkpoints : elsewhere).add(hash);
      }
    }
  }
  for (const hash of usedDataSets(db)) {
    all.add(hash);
    elsewhere.add(hash);
  }
  return { all, checkpoints: new Set([...checkpoints].filter((hash) => !elsewhere.has(hash))) };
}

/**
 * Images of prepared data sets that a study declares or declared. Runs name those that they were trained on. What somebody
 * only looked at before creating a study is not in use: it can be read again.
 */
const usedDataSets = (db: Database): string[] =>
  db
    .all<{ hash: string }>(
      `SELECT hash FROM
         (SELECT source, hash, row_number() OVER (PARTITION BY source ORDER BY ${lastReadFirst}) AS place
          FROM prepared_data_set)
       WHERE place = 1 AND source IN (SELECT spec -> '$.dataSet' FROM study_spec)
       UNION SELECT hash FROM data_set WHERE source IN (SELECT spec -> '$.dataSet' FROM study_spec)`,
    )
    .map(({ hash }) => hash);

/** All hashes in a text. */
export const findHashes = (text: string): string[] => text.match(hashes) ?? [];

function* readHashes(db: Database, table: string, column: string): Generator<string> {
  const rows = db.all<{ text: string }>(
    `SELECT DISTINCT "${column}" AS text FROM "${table}" WHERE length("${column}") >= 64`,
  );
  for (const { text } of rows) yield* findHashes(text);
}

function listTables(db: Database): string[] {
  const tables = db.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'");
  return tables.map(({ name }) => name).filter((name) => !name.startsWith('sqlite_') && !skippedTables.has(name));
}

const textColumns = (db: Database, table: string): string[] =>
  db
    .all<{ name: string; type: string }>('SELECT name, type FROM pragma_table_info(?)', table)
    .filter(({ type }) => type === 'TEXT' || type === 'ANY')
    .map(({ name }) => name);

/**
 * Milliseconds between scheduling a blob for deletion and deleting its file. Another run may make the same bytes (the
 * same training for other targets): its worker finds the existing file, updates its time, and names it a moment later.
 * So a file that nobody named or touched for this long is not about to be named.
 */
const grace = 60_000;

/**
 * Schedules a blob for deletion. Call this in the transaction that removes its last row, so that a crash does not keep
 * the file forever.
 */
export function scheduleDeletion(db: Database, hash: string, now: number): void {
  db.run('INSERT INTO doomed_blob (hash, since) VALUES (?, ?) ON CONFLICT DO NOTHING', hash, now);
}

/** Deletes scheduled blobs that are due, and cancels the deletion of those that are named again. */
export function deleteDueBlobs(db: Database, blobs: BlobStore, now: number): void {
  const due = db.all<{ hash: string }>('SELECT hash FROM doomed_blob WHERE since <= ?', now - grace);
  for (const { hash } of due) {
    if (isReferenced(db, hash)) {
      db.run('DELETE FROM doomed_blob WHERE hash = ?', hash);
    } else if (lastWritten(blobs.path(hash)) <= now - grace) {
      blobs.remove(hash);
      db.run('DELETE FROM doomed_blob WHERE hash = ?', hash);
    }
  }
}

function isReferenced(db: Database, hash: string): boolean {
  const row = db.get(
    `SELECT 1 WHERE EXISTS (SELECT 1 FROM checkpoint WHERE hash = $hash)
       OR EXISTS (SELECT 1 FROM snapshot WHERE weights = $hash)
       OR EXISTS (SELECT 1 FROM sample_grid WHERE weights = $hash)`,
    { hash },
  );
  return row !== undefined;
}

function lastWritten(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BlobStore } from '../files/blobs.ts';
import type { Database } from './database.ts';

/** Hashes of files that rows name, whatever the table: what no row names, nothing needs. */
export interface ReferencedHashes {
  all: ReadonlySet<string>;
  /** Those that only checkpoints of runs name: needed to go on with a run. */
  checkpoints: ReadonlySet<string>;
}

const hashes = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;
/** Millions of rows, and no file's name in them. */
const skippedTables = new Set(['metric']);

/**
 * Looks through every text of the database for what could be a file's hash, so that a table of a later version cannot be
 * forgotten here. A hash of something else only keeps a file that nobody has. Takes seconds on a large database.
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
  return { all, checkpoints: new Set([...checkpoints].filter((hash) => !elsewhere.has(hash))) };
}

/** Everything in a text that could be a file's hash. */
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
 * Milliseconds between forgetting a blob and deleting its file. Another run may make the same bytes (the same training
 * for other targets): its worker finds the file there and names it a moment later. It marks the file as new by that, so
 * a file that nobody named or marked for this long is not about to be named.
 */
const grace = 60_000;

/** Puts a blob down for deletion. Inside the transaction that forgets it, so that no crash leaves the file for good. */
export function scheduleDeletion(db: Database, hash: string, now: number): void {
  db.run('INSERT INTO doomed_blob (hash, since) VALUES (?, ?) ON CONFLICT DO NOTHING', hash, now);
}

/** Deletes the files of doomed blobs whose time has come, and pardons those that are named again. */
export function deleteDueBlobs(db: Database, blobs: BlobStore, now: number): void {
  const due = db.all<{ hash: string }>('SELECT hash FROM doomed_blob WHERE since <= ?', now - grace);
  for (const { hash } of due) {
    if (isReferenced(db, hash)) {
      db.run('DELETE FROM doomed_blob WHERE hash = ?', hash);
    } else if (lastWritten(blobs.path(hash)) <= now - grace) {
      rmSync(blobs.path(hash), { force: true });
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

const day = 24 * 3600 * 1000;

/**
 * Removes the temporary files of blobs that were being written when their process was killed. Only those of yesterday
 * and before: a worker of a host that was just killed may still be at its last one.
 */
export function removeTemporaryBlobs(blobs: string, now: number): void {
  for (const name of listNames(blobs)) {
    const folder = join(blobs, name);
    for (const file of listNames(folder).filter((leftover) => leftover.endsWith('.tmp'))) {
      const path = join(folder, file);
      const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now;
      if (now - written > day) rmSync(path, { force: true });
    }
  }
}

/** Nothing for what is not a folder, or not there yet. */
function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

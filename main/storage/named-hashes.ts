import type { Database } from './database.ts';

/** Hashes of files that rows name, whatever the table: what no row names, nothing needs. */
export interface NamedHashes {
  all: ReadonlySet<string>;
  /** Those that only checkpoints of runs name: needed to go on with a run. */
  checkpoints: ReadonlySet<string>;
}

const hashes = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;
/** Millions of rows, and no file's name in them. */
const without = new Set(['metric']);

/**
 * Looks through every text of the database for what could be a file's hash, so that a table of a later version cannot be
 * forgotten here. A hash of something else only keeps a file that nobody has. Takes seconds on a large database.
 */
export function namedHashes(db: Database): NamedHashes {
  const all = new Set<string>();
  const elsewhere = new Set<string>();
  const checkpoints = new Set<string>();
  for (const table of tablesOf(db)) {
    for (const column of textColumns(db, table)) {
      for (const hash of hashesIn(db, table, column)) {
        all.add(hash);
        (table === 'checkpoint' ? checkpoints : elsewhere).add(hash);
      }
    }
  }
  return { all, checkpoints: new Set([...checkpoints].filter((hash) => !elsewhere.has(hash))) };
}

/** Everything in a text that could be a file's hash. */
export const hashesOf = (text: string): string[] => text.match(hashes) ?? [];

function* hashesIn(db: Database, table: string, column: string): Generator<string> {
  const rows = db.all<{ text: string }>(
    `SELECT DISTINCT "${column}" AS text FROM "${table}" WHERE length("${column}") >= 64`,
  );
  for (const { text } of rows) yield* hashesOf(text);
}

function tablesOf(db: Database): string[] {
  const tables = db.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'");
  return tables.map(({ name }) => name).filter((name) => !name.startsWith('sqlite_') && !without.has(name));
}

const textColumns = (db: Database, table: string): string[] =>
  db
    .all<{ name: string; type: string }>('SELECT name, type FROM pragma_table_info(?)', table)
    .filter(({ type }) => type === 'TEXT' || type === 'ANY')
    .map(({ name }) => name);

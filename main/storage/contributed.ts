import { UserError } from '../contract/wire/errors.ts';
import type { Database } from './database.ts';

/** Tables of a contribution: its name, and SQL that makes and changes them, oldest first. A published one is never edited. */
export interface ContributedTables {
  readonly name: string;
  readonly migrations: readonly string[];
}

const exists = (database: Database): boolean =>
  database.get("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'contribution'") !== undefined;

function versionOf(database: Database, name: string): number {
  if (!exists(database)) return 0;
  const sql = 'SELECT version FROM contribution WHERE name = ?';
  return database.get<{ version: number }>(sql, name)?.version ?? 0;
}

/** Tables that the product's own migrations made before contributions had tables, and which these use now. */
const given: Readonly<Record<string, readonly string[]>> = { answers: ['outside_model', 'panel'] };

/** Names of the contributions that have something stored here. */
export function contributorsOf(database: Database): string[] {
  const hasRows = (table: string): boolean => database.get(`SELECT 1 FROM ${table} LIMIT 1`) !== undefined;
  const own = exists(database) ? database.all<{ name: string }>('SELECT name FROM contribution') : [];
  const others = Object.entries(given).flatMap(([name, tables]) => (tables.some(hasRows) ? [name] : []));
  return [...new Set([...own.map(({ name }) => name), ...others])].sort();
}

/**
 * Brings a contribution's tables to its latest version, in one transaction: after a crash they are at the version before
 * or after. Whoever may not change tables gets false while they are not there, and an error if they are older.
 * @param backUp called before existing tables are changed @throws UserError `storage.newer`, `storage.older`
 */
export function prepareTables(
  database: Database,
  { name, migrations }: ContributedTables,
  { mayWrite, backUp }: { mayWrite: boolean; backUp: () => void },
): boolean {
  const version = versionOf(database, name);
  if (version === migrations.length) return true;
  if (version > migrations.length) {
    throw new UserError(
      'storage.newer',
      `Data of ${name} are from a newer version of Boundary Workbench`,
      database.path,
      'Start the newer version. Nothing was changed.',
    );
  }
  if (!mayWrite) {
    if (version === 0) return false;
    throw new UserError(
      'storage.older',
      `Data of ${name} are from an older version of Boundary Workbench`,
      database.path,
      'Open the data folder once with `npm start`, which makes a backup first.',
    );
  }
  if (version > 0) backUp();
  database.transaction(() => {
    database.exec('CREATE TABLE IF NOT EXISTS contribution (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT');
    for (const sql of migrations.slice(version)) database.exec(sql);
    database.insert(
      'contribution',
      { name, version: migrations.length },
      'ON CONFLICT (name) DO UPDATE SET version = excluded.version',
    );
  });
  return true;
}

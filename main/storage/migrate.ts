import { UserError } from '../contract/wire/errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { closeToOthers } from '../files/private.ts';
import { Database } from './database.ts';
import { migrations as allMigrations } from './migrations/index.ts';

/** `PRAGMA application_id` of our databases: "BWdb". */
export const applicationId = 0x4257_6462;

export function databaseVersion(database: Database): number {
  return Number(database.pragmaValue('user_version'));
}

/** @throws UserError `storage.newer` if the database was written by a newer version of the product. */
export function refuseNewer(database: Database, latest: number = allMigrations.length): void {
  const version = databaseVersion(database);
  if (version <= latest) return;
  throw new UserError(
    'storage.newer',
    `The database is from a newer version of Boundary Workbench (version ${version}; this one knows up to ${latest})`,
    database.path,
    'Start the newer version, or choose another data folder with --data. Nothing was changed.',
  );
}

/**
 * Brings the database to the latest version, each step in a transaction of its own that also holds the version number:
 * after a crash the database is at the version before or after a step, never between. A step may put a new table in
 * the place of an old one: foreign keys are checked at its end and not while it runs, as dropping a table would delete
 * what refers to it.
 */
export function migrate(database: Database, migrations: readonly string[] = allMigrations): void {
  refuseNewer(database, migrations.length);
  const foreignKeys = database.pragmaValue('foreign_keys');
  database.pragma('foreign_keys = OFF');
  try {
    apply(database, migrations.slice(databaseVersion(database)));
  } finally {
    database.pragma(`foreign_keys = ${foreignKeys}`);
  }
}

let newDatabase: Uint8Array | undefined;

/**
 * Writes a database of the latest version without rows, all or nothing of it. Its bytes are made in memory, once a process:
 * on the disk each of the migrations would wait for its own transaction.
 */
export function createDatabase(path: string): void {
  if (!newDatabase) {
    const database = new Database(':memory:', { mustExist: true });
    migrate(database);
    newDatabase = database.serialize();
    database.close();
  }
  writeFileAtomic(path, newDatabase);
  closeToOthers(path);
}

function apply(database: Database, migrations: readonly string[]): void {
  migrations.forEach((sql) => {
    database.transaction(() => {
      const version = databaseVersion(database) + 1;
      database.exec(sql);
      const broken = database.pragma('foreign_key_check');
      if (broken.length > 0)
        throw new Error(`migration ${version} leaves ${broken.length} rows without what they refer to`);
      database.pragma(`application_id = ${applicationId}`);
      database.pragma(`user_version = ${version}`);
    });
  });
}

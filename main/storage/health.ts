import { statfsSync, statSync } from 'node:fs';
import { type Backup, integrityProblems, listBackups } from './backups.ts';
import type { Database } from './database.ts';
import { databaseVersion } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { listDamaged } from './repair.ts';

/** What `boundary doctor` shows of the database. Sizes in bytes. */
export interface Health {
  path: string;
  version: number;
  latestVersion: number;
  sqlite: string;
  journalMode: string;
  bytes: number;
  logBytes: number;
  freeBytes: number;
  /** Messages of `integrity_check`, and rows that refer to missing rows; empty if the database is intact. */
  problems: string[];
  backups: Backup[];
  /** Names of damaged databases that were renamed. */
  damaged: string[];
}

/** Checks the complete database: takes about a second for each 500 MB. */
export function readHealth(database: Database, folder: string, now: number): Health {
  const orphans = database.pragma('foreign_key_check').length;
  const disk = statfsSync(folder);
  return {
    path: database.path,
    version: databaseVersion(database),
    latestVersion: migrations.length,
    sqlite: database.get<{ version: string }>('SELECT sqlite_version() AS version')?.version ?? '',
    journalMode: String(database.pragmaValue('journal_mode')),
    bytes: fileSize(database.path),
    logBytes: fileSize(`${database.path}-wal`),
    freeBytes: disk.bavail * disk.bsize,
    problems: [
      ...integrityProblems(database, 'integrity_check'),
      ...(orphans > 0 ? [`${orphans} rows refer to missing rows`] : []),
    ],
    backups: listBackups(folder, now),
    damaged: listDamaged(folder).filter((name) => !/-(wal|shm)$/.test(name)),
  };
}

function fileSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

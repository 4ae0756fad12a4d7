import { existsSync, readdirSync, statSync, statfsSync } from 'node:fs';
import { basename } from 'node:path';
import { integrityProblems, listBackups } from './backups.ts';
import type { Backup } from './backups.ts';
import type { Database } from './database.ts';
import { databaseVersion } from './migrate.ts';
import { migrations } from './migrations/index.ts';

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
  /** Messages of `integrity_check`, and rows that refer to what is not there; empty if all is well. */
  problems: string[];
  backups: Backup[];
  /** Names of databases that were set aside. */
  damaged: string[];
}

/** Reads the whole database: takes about a second for each 500 MB. */
export function healthOf(database: Database, folder: string, now: number): Health {
  const orphans = database.pragma('foreign_key_check').length;
  const disk = statfsSync(folder);
  return {
    path: database.path,
    version: databaseVersion(database),
    latestVersion: migrations.length,
    sqlite: database.get<{ version: string }>('SELECT sqlite_version() AS version')?.version ?? '',
    journalMode: String(database.pragmaValue('journal_mode')),
    bytes: sizeOf(database.path),
    logBytes: sizeOf(`${database.path}-wal`),
    freeBytes: disk.bavail * disk.bsize,
    problems: [
      ...integrityProblems(database, 'integrity_check'),
      ...(orphans > 0 ? [`${orphans} rows refer to what is not there`] : []),
    ],
    backups: listBackups(folder, now),
    damaged: readdirSync(folder)
      .filter((name) => name.startsWith(`${basename(database.path)}.damaged-`))
      .filter((name) => !/-(wal|shm)$/.test(name)),
  };
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

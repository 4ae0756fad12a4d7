import { copyFileSync, existsSync, readdirSync, renameSync, statfsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { UserError } from '../contract/errors.ts';
import { fileError } from '../files/file-errors.ts';
import { type Backup, integrityProblems, latestGoodBackup, listBackups, fileTimestamp, syncFile } from './backups.ts';
import { Database } from './database.ts';
import { applicationId, databaseVersion, refuseNewer } from './migrate.ts';
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
    damaged: readdirSync(folder)
      .filter((name) => name.startsWith(`${basename(database.path)}.damaged-`))
      .filter((name) => !/-(wal|shm)$/.test(name)),
  };
}

function fileSize(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

/** A message for the user that needs no immediate action. */
export interface Notice {
  code: string;
  message: string;
}

/**
 * Makes sure that the database file is intact, or missing, before it is opened for writing. A damaged file is renamed,
 * never deleted; then the latest good backup replaces it, or a new database is created. Needs the folder's lock.
 * @throws UserError `storage.newer` or `storage.foreign`; the file then stays unchanged.
 */
export function repairDatabase(folder: string, path: string, latestVersion: number, now: number): Notice[] {
  try {
    finishRestoring(path, now);
    const damage = findDamage(folder, path, latestVersion);
    return damage === null ? [] : [replaceDamaged(folder, path, damage, latestVersion, now)];
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Completes a restore that a crash interrupted. */
function finishRestoring(path: string, now: number): void {
  if (existsSync(path)) return;
  // Without its database a log must not be replayed into another one.
  setAside(path, now, ['-wal', '-shm']);
  if (existsSync(restoringName(path))) renameSync(restoringName(path), path);
}

/** Why the database is damaged, or null if it is intact or missing. */
function findDamage(folder: string, path: string, latestVersion: number): string | null {
  if (!existsSync(path)) return null;
  if (statSync(path).size === 0) return hadContent(folder, path) ? 'the file is empty' : null;
  let database: Database | undefined;
  try {
    // Only to read: SQLite would delete the log of a file that it does not know as a database.
    database = new Database(path, { readOnly: true });
    refuseNewer(database, latestVersion);
    refuseForeign(database);
    return integrityProblems(database, 'quick_check')[0] ?? null;
  } catch (error) {
    if (error instanceof UserError && error.code === 'storage.damaged') return rootMessage(error);
    throw error;
  } finally {
    database?.close();
  }
}

/** Whether an empty file was once a database with content; else it is a new one. */
function hadContent(folder: string, path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0 || listBackups(folder, 0).length > 0;
}

function rootMessage(error: UserError): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function refuseForeign(database: Database): void {
  const tables = Number(database.get<{ n: number }>('SELECT count(*) AS n FROM sqlite_schema')?.n);
  if (tables === 0 || Number(database.pragmaValue('application_id')) === applicationId) return;
  throw new UserError({
    code: 'storage.foreign',
    what: `This is a database of another program (version ${databaseVersion(database)})`,
    where: database.path,
    remedy: 'Choose another data folder with --data. Nothing was changed.',
  });
}

function replaceDamaged(folder: string, path: string, damage: string, latestVersion: number, now: number): Notice {
  const backup = latestGoodBackup(folder, latestVersion, now);
  if (backup) {
    copyFileSync(backup.path, restoringName(path));
    syncFile(restoringName(path));
  }
  const aside = setAside(path, now, ['', '-wal', '-shm']);
  if (backup) renameSync(restoringName(path), path);
  const outcome = backup
    ? `The backup of ${new Date(backup.at).toISOString()} was restored; later work has to be repeated.`
    : 'There was no good backup, so an empty database was created.';
  return {
    code: backup ? 'storage.restored' : 'storage.begun-anew',
    message: `The database was damaged (${damage}). It was renamed to ${aside}. ${outcome}`,
  };
}

/** Renames the database with its journal files; returns the new name. */
function setAside(path: string, now: number, suffixes: readonly string[]): string {
  let aside = `${path}.damaged-${fileTimestamp(now)}`;
  for (let n = 2; suffixes.some((suffix) => existsSync(aside + suffix)); n++)
    aside = `${path}.damaged-${fileTimestamp(now)}-${n}`;
  for (const suffix of suffixes) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  return aside;
}

function restoringName(path: string): string {
  return `${path}.restoring`;
}

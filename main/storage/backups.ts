import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { syncFolder } from '../files/atomic.ts';
import { fileError } from '../files/file-errors.ts';
import { createPrivateFile, makePrivateFolder } from '../files/private.ts';
import { Database } from './database.ts';
import { databaseVersion } from './migrate.ts';
import { Settings } from './settings.ts';

const keptBackups = 7;
const hour = 3600 * 1000;
const day = 24 * hour;
const namePattern = /^workbench-(\d{8}T\d{9}Z)\.sqlite$/;

export interface Backup {
  path: string;
  /** Milliseconds since 1970, UTC. */
  at: number;
  bytes: number;
}

/** A time for file names: sortable, and allowed on every file system. */
export function fileTimestamp(now: number): string {
  return new Date(now).toISOString().replace(/[-:.]/g, '');
}

/**
 * Backups of a data folder, newest first. Backups dated more than an hour in the future were made with a wrong clock:
 * they come last, so that they do not count as the day's backup and are deleted first.
 */
export function listBackups(folder: string, now: number): Backup[] {
  const backups = join(folder, 'backups');
  if (!existsSync(backups)) return [];
  return readdirSync(backups)
    .flatMap((name) => {
      const text = namePattern.exec(name)?.[1];
      return text
        ? [{ path: join(backups, name), at: parseStamp(text), bytes: statSync(join(backups, name)).size }]
        : [];
    })
    .sort((a, b) => Number(a.at > now + hour) - Number(b.at > now + hour) || b.at - a.at);
}

function parseStamp(text: string): number {
  const [, year, month, date, hour, minute, second, ms] = /^(....)(..)(..)T(..)(..)(..)(...)Z$/.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${date}T${hour}:${minute}:${second}.${ms}Z`);
}

/**
 * Copies the database while it is in use (VACUUM INTO) and checks the copy before it gets its name. Keeps the newest
 * seven backups and older ones that hold more than twice as much, but none from before the last withdrawal of a person.
 * @param replaceOthers whether all other backups are deleted
 * @throws UserError if it cannot be written, or `storage.damaged` if the copy does not pass `integrity_check`.
 */
export function backUp(database: Database, folder: string, now: number, replaceOthers = false): Backup {
  const backups = join(folder, 'backups');
  const path = join(backups, `workbench-${fileTimestamp(now)}.sqlite`);
  const temporary = `${path}.tmp`;
  try {
    makePrivateFolder(backups);
    removeUnfinishedBackups(folder);
    createPrivateFile(temporary);
    database.run('VACUUM INTO ?', temporary);
    const problems = checkFile(temporary);
    if (problems.length > 0) throw damagedCopy(database.path, problems);
    syncFile(temporary);
    renameSync(temporary, path);
    syncFolder(backups);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw fileError(error, path);
  }
  const withdrawnAt = lastWithdrawal(database, now);
  const isErased = (backup: Backup): boolean => backup.path !== path && (replaceOthers || backup.at <= withdrawnAt);
  const backupsNow = listBackups(folder, now);
  for (const old of backupsNow.filter(isErased)) rmSync(old.path, { force: true });
  for (const old of rotatedOut(backupsNow.filter((each) => !isErased(each)))) rmSync(old.path, { force: true });
  return { path, at: now, bytes: statSync(path).size };
}

/**
 * Backups to delete, of all backups, newest first. An older backup with far more than all newer ones is kept: the
 * database was lost in between, and it may be the last copy.
 */
function rotatedOut(backups: readonly Backup[]): Backup[] {
  const old = backups.slice(keptBackups);
  if (old.length === 0) return [];
  const kept = backups.slice(0, keptBackups).map(readMade);
  return old.filter((backup) => {
    const made = readMade(backup);
    if (!kept.every((newer) => hasFarMore(made, newer))) return true;
    kept.push(made);
    return false;
  });
}

/**
 * How many studies, runs and labels were ever made in a database, including deleted ones. So the number shrinks only if
 * the database was lost, never because somebody deleted something.
 */
interface Made {
  studies: number;
  runs: number;
  labels: number;
}

const nothingMade: Made = { studies: 0, runs: 0, labels: 0 };

function countMade(database: Database): Made {
  if (!database.get("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'")) return nothingMade;
  const rows = database.all<{ name: string; seq: number }>('SELECT name, seq FROM sqlite_sequence');
  const last = (table: string): number => rows.find(({ name }) => name === table)?.seq ?? 0;
  return { studies: last('study'), runs: last('run'), labels: last('response') + last('labeling_event') };
}

function readMade({ path }: Backup): Made {
  return inspect(path, countMade) ?? nothingMade;
}

/** Whether one database has more than twice as many studies, runs or labels as another. */
function hasFarMore(one: Made, other: Made): boolean {
  return one.studies > 2 * other.studies || one.runs > 2 * other.runs || one.labels > 2 * other.labels;
}

/** Time of the last withdrawal; backups from before still hold that person's data. */
function lastWithdrawal(database: Database, now: number): number {
  if (!database.get("SELECT 1 FROM sqlite_schema WHERE name = 'labeling_withdrawal'")) return 0;
  const last = 'SELECT coalesce(max(withdrawn_at), 0) AS at FROM labeling_withdrawal WHERE withdrawn_at <= ?';
  return database.get<{ at: number }>(last, now)?.at ?? 0;
}

/** Whether there is no backup from the last 24 hours. */
export function isBackupDue(folder: string, now: number): boolean {
  const age = now - (listBackups(folder, now)[0]?.at ?? 0);
  return age < -hour || age >= day;
}

/** Makes the daily backup if the newest one is older than a day. */
export function backUpIfDue(database: Database, folder: string, now: number): Backup | null {
  if (!isBackupDue(folder, now)) return null;
  return backUp(database, folder, now);
}

export interface IntactBackup extends Backup {
  version: number;
  made: Made;
}

/** Backups that pass `integrity_check`, newest first. Takes about a second for each 500 MB. */
export function readIntactBackups(folder: string, now: number): IntactBackup[] {
  return listBackups(folder, now).flatMap((backup) => {
    const found = inspect(backup.path, (database) => ({
      isIntact: integrityProblems(database, 'integrity_check').length === 0,
      version: databaseVersion(database),
      made: countMade(database),
    }));
    return found?.isIntact ? [{ ...backup, version: found.version, made: found.made }] : [];
  });
}

export const holdsMore = (one: IntactBackup, other: IntactBackup): boolean => hasFarMore(one.made, other.made);

/** Messages of `integrity_check` about a file that is not in use; empty if it is intact. */
function checkFile(path: string): string[] {
  return inspect(path, (database) => integrityProblems(database, 'integrity_check')) ?? ['cannot be read'];
}

/**
 * Messages of `integrity_check` (all) or `quick_check` (without comparing indexes to tables); empty if it is intact.
 */
export function integrityProblems(database: Database, check: 'integrity_check' | 'quick_check'): string[] {
  return database
    .pragma<Record<string, string>>(`${check}(20)`)
    .map((row) => row[check] ?? '')
    .filter((message) => message !== 'ok');
}

function inspect<T>(path: string, read: (database: Database) => T): T | undefined {
  let database: Database | undefined;
  try {
    database = new Database(path, { readOnly: true });
    return read(database);
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

/** Removes backups that a killed process was making. */
export function removeUnfinishedBackups(folder: string): void {
  const backups = join(folder, 'backups');
  if (!existsSync(backups)) return;
  for (const name of readdirSync(backups))
    if (name.includes('.sqlite.tmp')) rmSync(join(backups, name), { force: true });
}

/** Waits until a file's bytes are on disk. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function damagedCopy(path: string, problems: readonly string[]): UserError {
  return new UserError({
    code: 'storage.damaged',
    what: `The database is damaged: ${problems[0]}`,
    where: path,
    remedy: 'Start again: the file is then renamed and the latest good backup is restored.',
  });
}

/** Name of the setting that is true while files may still hold bytes of people who withdrew. */
const erasurePending = 'labeling.scrub-owed';

/** Call this in the transaction that deletes, so that a crash or a full disk does not lose the request. */
export function requestErasure(database: Database, now: number): void {
  new Settings(database).set(erasurePending, true, now);
}

export function isErasurePending(database: Database): boolean {
  return new Settings(database).get(erasurePending, z.boolean()) ?? false;
}

/**
 * Rewrites the database without deleted rows, empties its journal, and makes a backup that replaces all others. Takes
 * as long as copying the file twice, and blocks all other statements. False if another process was reading: then the
 * journal is emptied later and the request stays pending.
 * @throws UserError `storage.disk-full`, `storage.read-only`, `storage.damaged`; the request then stays pending
 */
export function eraseDeleted(database: Database, folder: string, now: number): boolean {
  const isClean = rewriteFile(database);
  backUp(database, folder, now, true);
  if (isClean) new Settings(database).set(erasurePending, false, now);
  return isClean;
}

/** The same without backups, which the caller has replaced. */
export function rewrite(database: Database, now: number): boolean {
  const isClean = rewriteFile(database);
  if (isClean) new Settings(database).set(erasurePending, false, now);
  return isClean;
}

function rewriteFile(database: Database): boolean {
  database.exec('VACUUM');
  return emptyJournal(database);
}

/** Moves the journal's content into the database and truncates it. False, at once, if another process is reading. */
export function emptyJournal(database: Database): boolean {
  const timeout = database.pragmaValue('busy_timeout');
  database.pragma('busy_timeout = 0');
  try {
    return database.pragma<{ busy: number }>('wal_checkpoint(TRUNCATE)')[0]?.busy === 0;
  } finally {
    database.pragma(`busy_timeout = ${timeout}`);
  }
}

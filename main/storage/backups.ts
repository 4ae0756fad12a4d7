import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { UserError } from '../contract/wire/errors.ts';
import { syncFolder } from '../files/atomic.ts';
import { fileError, onFile } from '../files/file-errors.ts';
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
 * @throws UserError `file.*` if the folder of backups cannot be read
 */
export function listBackups(folder: string, now: number): Backup[] {
  return namesOfBackups(folder)
    .flatMap((name) => {
      const text = namePattern.exec(name)?.[1];
      const path = join(folder, 'backups', name);
      const bytes = text ? fileSize(path) : null;
      return text && bytes !== null ? [{ path, at: parseStamp(text), bytes }] : [];
    })
    .sort((a, b) => Number(a.at > now + hour) - Number(b.at > now + hour) || b.at - a.at);
}

function namesOfBackups(folder: string): string[] {
  const backups = join(folder, 'backups');
  return onFile(backups, () => (existsSync(backups) ? readdirSync(backups) : []));
}

/** Null: it is no file that can be read, such as a link to nothing, or was removed just now. */
function fileSize(path: string): number | null {
  try {
    const status = statSync(path);
    return status.isFile() ? status.size : null;
  } catch {
    return null;
  }
}

function parseStamp(text: string): number {
  const [, year, month, date, hour, minute, second, ms] = /^(....)(..)(..)T(..)(..)(..)(...)Z$/.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${date}T${hour}:${minute}:${second}.${ms}Z`);
}

/**
 * Copies the database while it is in use (VACUUM INTO) and checks the copy before it gets its name. Keeps the newest
 * seven backups, the newest one of each database that was lost, and older ones that hold more than twice as much, but none
 * from before the last withdrawal of a person.
 * @param replaceOthers whether all other backups are deleted
 * @throws UserError if it cannot be written, or `storage.damaged` if the copy does not pass `integrity_check`.
 */
export function backUp(database: Database, folder: string, now: number, replaceOthers = false): Backup {
  const path = join(folder, 'backups', `workbench-${fileTimestamp(now)}.sqlite`);
  let bytes = 0;
  // Whoever withdrew or was deleted meanwhile may be in the copy, which was not there yet when others were replaced.
  for (;;) {
    const before = whoWithdraws(database);
    bytes = copyTo(database, folder, path);
    if (whoWithdraws(database) === before) break;
    rmSync(path, { force: true });
  }
  const last = lastWithdrawal(database);
  // A wrong clock must not cost the backups; what is pending then replaces them.
  const withdrawnAt = last <= now ? last : 0;
  const isErased = (backup: Backup): boolean => backup.path !== path && (replaceOthers || backup.at <= withdrawnAt);
  const backupsNow = listBackups(folder, now);
  for (const old of backupsNow.filter(isErased)) rmSync(old.path, { force: true });
  for (const old of rotatedOut(backupsNow.filter((each) => !isErased(each)))) rmSync(old.path, { force: true });
  return { path, at: now, bytes };
}

/** Returns the size of the copy. */
function copyTo(database: Database, folder: string, path: string): number {
  const backups = dirname(path);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    makePrivateFolder(backups);
    removeUnfinishedBackups(folder);
    createPrivateFile(temporary);
    database.run('VACUUM INTO ?', temporary);
    const problems = checkFile(temporary);
    if (problems.length > 0) throw damagedCopy(database.path, problems);
    syncFile(temporary);
    const { size } = statSync(temporary);
    renameSync(temporary, path);
    syncFolder(backups);
    return size;
  } catch (error) {
    // Where `backups` is no folder, removing a file in it would be another error.
    if (existsSync(temporary)) rmSync(temporary);
    throw fileError(error, path);
  }
}

/** Changes when somebody withdraws, and when the rows of all who withdrew or were deleted are deleted. */
function whoWithdraws(database: Database): string {
  const hasMarked =
    hasTable(database, 'withdrawing') && database.get('SELECT 1 FROM withdrawing LIMIT 1') !== undefined;
  return `${lastWithdrawal(database)} ${hasMarked}`;
}

const hasTable = (database: Database, name: string): boolean =>
  database.get('SELECT 1 FROM sqlite_schema WHERE name = ?', name) !== undefined;

/**
 * Backups to delete, of all backups, newest first. The newest one of each database is kept, because a database that has no
 * newer ones was lost. So is an older one with far more than all newer ones: without an id, or of a database from before a
 * restore, it may be the last copy too.
 */
function rotatedOut(backups: readonly Backup[]): Backup[] {
  const old = backups.slice(keptBackups);
  if (old.length === 0) return [];
  const kept = backups.slice(0, keptBackups).map(readContent);
  return old.filter((backup) => {
    const content = readContent(backup);
    const isLast = content.id !== null && kept.every(({ id }) => id !== content.id);
    if (!isLast && !kept.every(({ made }) => hasFarMore(content.made, made))) return true;
    kept.push(content);
    return false;
  });
}

/** What rotation compares. `id`: of the database; null if it is from an earlier version, or cannot be read. */
interface Content {
  id: string | null;
  made: Made;
}

function readContent({ path }: Backup): Content {
  const read = (database: Database): Content => ({
    id: readSetting(database, databaseId, z.string()),
    made: countMade(database),
  });
  return inspect(path, read) ?? { id: null, made: nothingMade };
}

/** Name of the setting that tells one database, with its backups, from another in the same folder. */
const databaseId = 'storage.database-id';

/** Gives the database its id, unless it has one. */
export function identify(database: Database, now: number): void {
  if (readSetting(database, databaseId, z.string()) === null) new Settings(database).set(databaseId, randomUUID(), now);
}

/** A setting, also of a database that is older than settings; null if it is not set. */
export function readSetting<T>(database: Database, name: string, schema: z.ZodType<T>): T | null {
  if (!hasTable(database, 'setting')) return null;
  return new Settings(database).get(name, schema) ?? null;
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

export function countMade(database: Database): Made {
  if (!hasTable(database, 'sqlite_sequence')) return nothingMade;
  const rows = database.all<{ name: string; seq: number }>('SELECT name, seq FROM sqlite_sequence');
  const last = (table: string): number => rows.find(({ name }) => name === table)?.seq ?? 0;
  return {
    studies: last('study'),
    runs: last('run'),
    labels: last('response') + last('panel_answer') + last('labeling_event'),
  };
}

/** Whether one database has more than twice as many studies, runs or labels as another. */
function hasFarMore(one: Made, other: Made): boolean {
  return one.studies > 2 * other.studies || one.runs > 2 * other.runs || one.labels > 2 * other.labels;
}

/** Name of the setting with the time of the last withdrawal in this database. */
const withdrawnAtSetting = 'labeling.withdrawn-at';

/**
 * Time of the last withdrawal here; backups from before still hold that person's data. Dates of withdrawals that came with
 * an archive say nothing about these backups.
 */
const lastWithdrawal = (database: Database): number => readSetting(database, withdrawnAtSetting, z.number()) ?? 0;

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

/** An unfinished backup, with the id of the process that makes it; without, from an earlier version. */
const unfinishedPattern = /^workbench-\w+\.sqlite\.(?:(\d+)\.)?tmp(?:-journal|-wal|-shm)?$/;

/** Removes backups that a killed process was making, but not one that another process is making now. */
export function removeUnfinishedBackups(folder: string): void {
  for (const path of unfinishedBackups(folder)) {
    if (!isOtherProcess(Number(unfinishedPattern.exec(basename(path))?.[1]))) rmSync(path, { force: true });
  }
}

/** Milliseconds between two looks for bytes that are not on disk yet. */
const flushEvery = 20;

/**
 * Brings what another process writes to a backup to disk as it comes, until `work` has ended. Otherwise the disk gets
 * hundreds of megabytes at once, and every commit of this process waits behind them.
 * @param flush waits, without holding up this process, until the bytes of a file are on disk
 */
export const flushBackupsDuring = <T>(folder: string, work: Promise<T>, flush = flushFile): Promise<T> =>
  flushDuring(() => unfinishedBackups(folder), work, flush);

/** `flushBackupsDuring` for the journal while another process rewrites the database, so that killing it takes no long wait. */
export const flushJournalDuring = <T>(folder: string, work: Promise<T>): Promise<T> =>
  flushDuring(() => [join(folder, 'workbench.sqlite-wal')], work, flushFile);

async function flushDuring<T>(paths: () => string[], work: Promise<T>, flush: typeof flushFile): Promise<T> {
  let isOver = false;
  const over = work.finally(() => (isOver = true));
  const flushing = (async () => {
    while (!isOver) {
      // The backup may get its name meanwhile.
      for (const path of paths()) await flush(path).catch(() => undefined);
      await Promise.race([over.catch(() => undefined), wait(flushEvery)]);
    }
  })();
  try {
    return await over;
  } finally {
    await flushing;
  }
}

async function flushFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}

function unfinishedBackups(folder: string): string[] {
  return namesOfBackups(folder).flatMap((name) =>
    unfinishedPattern.test(name) ? [join(folder, 'backups', name)] : [],
  );
}

function isOtherProcess(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It belongs to another account.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
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
  return new UserError(
    'storage.damaged',
    `The database is damaged: ${problems[0]}`,
    path,
    'Start again: the file is then renamed and the latest good backup is restored.',
  );
}

/** Name of the setting that is true while files may still hold bytes of people who withdrew. */
const erasurePending = 'labeling.scrub-owed';

/** Call this in the transaction in which a person withdraws, so that a crash or a full disk does not lose the request. */
export function requestErasure(database: Database, now: number): void {
  const settings = new Settings(database);
  settings.set(erasurePending, true, now);
  settings.set(withdrawnAtSetting, now, now);
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
  const last = lastWithdrawalId(database);
  rewrite(database);
  const isClean = emptyJournal(database);
  backUp(database, folder, now, true);
  return isClean && finishErasure(database, last, now);
}

/** Rewrites the database without deleted rows. Nobody else can write meanwhile; killed, it leaves the database as it was. */
export const rewrite = (database: Database): void => database.exec('VACUUM');

/** Id of the last withdrawal, for `finishErasure`; 0: nobody withdrew. */
export const lastWithdrawalId = (database: Database): number =>
  database.get<{ id: number | null }>('SELECT max(id) AS id FROM labeling_withdrawal')?.id ?? 0;

/**
 * Call this when no file holds bytes any more of people up to the withdrawal `last`. False if somebody has withdrawn since:
 * the request stays pending.
 */
export function finishErasure(database: Database, last: number, now: number): boolean {
  return database.transaction(() => {
    if (lastWithdrawalId(database) !== last) return false;
    new Settings(database).set(erasurePending, false, now);
    return true;
  });
}

/** Moves the journal's content into the database, as far as no reader needs it, beside all who read and write. */
export function moveJournal(database: Database): void {
  database.pragma('wal_checkpoint(PASSIVE)');
}

/** Moves the journal's content into the database and truncates it. False, at once, if another process is reading. */
export function emptyJournal(database: Database): boolean {
  // Others can write while most of it is moved, and not while the rest is.
  moveJournal(database);
  const timeout = database.pragmaValue('busy_timeout');
  database.pragma('busy_timeout = 0');
  try {
    return database.pragma<{ busy: number }>('wal_checkpoint(TRUNCATE)')[0]?.busy === 0;
  } finally {
    database.pragma(`busy_timeout = ${timeout}`);
  }
}

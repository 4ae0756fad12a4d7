import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../contract/wire/errors.ts';
import { syncFolder } from '../files/atomic.ts';
import { fileError } from '../files/file-errors.ts';
import {
  type Backup,
  countMade,
  fileTimestamp,
  holdsMore,
  integrityProblems,
  listBackups,
  readIntactBackups,
  readSetting,
  syncFile,
} from './backups.ts';
import { Database } from './database.ts';
import { findJournalDamage } from './journal.ts';
import { applicationId, databaseVersion, refuseNewer } from './migrate.ts';
import { Settings } from './settings.ts';

/** A message for the user that needs no immediate action. */
export interface Notice {
  code: string;
  message: string;
}

/** A data folder, and what is known of it before its database is opened. */
export interface FolderState {
  folder: string;
  /** Path of the database. */
  path: string;
  /** Whether an earlier writer noted that it had opened a database here. */
  hadDatabase: boolean;
}

/**
 * Makes sure that the database file is intact, or that this folder never had one, before it is opened for writing. A
 * missing or empty database in a folder that was used is damage too. A damaged file is renamed, never deleted; then the
 * newest intact backup that holds data replaces it, or a new database is created. Needs the folder's lock.
 * @param check `quick`: rows are not compared with their indexes, which takes most of the time; `findContradiction` does it
 * @throws UserError `storage.newer` or `storage.foreign`; the file then stays unchanged.
 */
export function repairDatabase(
  state: FolderState,
  latestVersion: number,
  now: number,
  check: 'complete' | 'quick' = 'complete',
): Notice[] {
  const { path } = state;
  try {
    rmSync(`${restoringName(path)}.tmp`, { force: true });
    const finished = finishRestoring(path, now);
    // Before anything reads the database, which writes the journal's index anew.
    const journal = findJournalDamage(path);
    const { damage, contradiction } = findProblems(state, latestVersion, check);
    if (damage !== undefined) return [replaceDamaged(state, damage, latestVersion, now)];
    const kept = journal === null ? [] : [keepJournal(path, journal, now)];
    return [...finished, ...kept, ...(contradiction === undefined ? [] : [doubt(state, contradiction, now)])];
  } catch (error) {
    throw fileError(error, path);
  }
}

/**
 * Rows of a database in use that contradict their indexes. Reads the complete file: about a second for each 100 MB.
 * Null: there are none.
 */
export function findContradiction(database: Database, folder: string, now: number): Notice | null {
  const [problem] = integrityProblems(database, 'integrity_check');
  return problem === undefined ? null : doubt({ folder, path: database.path }, problem, now);
}

/** What the user should know of rows that contradict their indexes. Nothing is replaced: which one is right is not known. */
function doubt({ folder, path }: Pick<FolderState, 'folder' | 'path'>, contradiction: string, now: number): Notice {
  const [newest] = listBackups(folder, now);
  const backup = newest
    ? ` To return to the backup of ${isoTime(newest.at)}, close the program and copy it over it.`
    : '';
  const message = `Stored rows were changed outside of the program, e.g. by a failing disk (${contradiction}). The database ${path} is used as it is, but answers in it may be wrong.${backup}`;
  return { code: 'storage.contradictory', message };
}

/** Copies a damaged journal: what is behind the damage is overwritten once the database is used. */
function keepJournal(path: string, damage: string, now: number): Notice {
  const journal = `${path}-wal`;
  const kept = `${path}.damaged-${fileTimestamp(now)}-wal`;
  // SQLite makes an empty one where it is missing.
  const isThere = (statSync(journal, { throwIfNoEntry: false })?.size ?? 0) > 0;
  if (isThere) copyFileSync(journal, kept);
  const copied = isThere ? ` It was copied to ${kept}.` : '';
  const message = `The journal of the database ${damage}, so the last changes before the program ended may be missing, such as answers of people.${copied} Check the last answers of each open session.`;
  return { code: 'storage.journal-damaged', message };
}

/** Completes a restore that a crash interrupted. */
function finishRestoring(path: string, now: number): Notice[] {
  if (existsSync(path) || !existsSync(restoringName(path))) return [];
  // Without its database a log must not be replayed into another one.
  setAside(path, now, ['-wal', '-shm']);
  renameSync(restoringName(path), path);
  syncFolder(dirname(path));
  const message = 'The database was damaged or missing, and a backup was restored; later work has to be repeated.';
  return [{ code: 'storage.restored', message }];
}

interface Problems {
  /** Why the database cannot be used, to follow "The database was". */
  damage?: string;
  /** A row that its index knows otherwise: one of their bytes has changed on disk. The database can be used. */
  contradiction?: string;
}

/** Empty if the database is intact or new. Reads the whole file. */
function findProblems(state: FolderState, latestVersion: number, check: 'complete' | 'quick'): Problems {
  const { path } = state;
  const lost = (damage: string): Problems => (wasUsed(state) ? { damage } : {});
  const bytes = statSync(path, { throwIfNoEntry: false })?.size;
  if (bytes === undefined) return lost('missing');
  if (bytes === 0) return lost('damaged (the file is empty)');
  let database: Database | undefined;
  try {
    // Only to read: SQLite would delete the log of a file that it does not know as a database.
    database = new Database(path, { readOnly: true });
    refuseNewer(database, latestVersion);
    refuseForeign(database);
    if (countTables(database) === 0) return lost('damaged (the file has no tables)');
    const [problem] = check === 'complete' ? integrityProblems(database, 'integrity_check') : [];
    if (check === 'complete' && problem === undefined) return {};
    // What this one finds too is more than a row that contradicts its index.
    const [damage] = integrityProblems(database, 'quick_check');
    if (damage !== undefined) return { damage: `damaged (${damage})` };
    return problem === undefined ? {} : { contradiction: problem };
  } catch (error) {
    if (error instanceof UserError && error.code === 'storage.damaged')
      return { damage: `damaged (${rootMessage(error)})` };
    throw error;
  } finally {
    database?.close();
  }
}

/** Whether anything in the folder shows that it had a database with content. */
function wasUsed({ folder, path, hadDatabase }: FolderState): boolean {
  return (
    hadDatabase ||
    (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0 ||
    listBackups(folder, 0).length > 0 ||
    listDamaged(folder).length > 0 ||
    hasName(join(folder, 'blobs'), /^[0-9a-f]{2}$/) ||
    hasName(join(folder, 'logs'), /^run-\d+\.log$/)
  );
}

function hasName(folder: string, pattern: RegExp): boolean {
  return existsSync(folder) && readdirSync(folder).some((name) => pattern.test(name));
}

/** Names of damaged databases that were renamed, and of their journal files. */
export function listDamaged(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.startsWith('workbench.sqlite.damaged-'));
}

/**
 * Refuses a folder that lost its database, before a process that does not repair reads it.
 * @throws UserError `storage.missing`
 */
export function refuseLost(state: FolderState, now: number): void {
  if (!wasUsed(state)) return;
  const [newest] = listBackups(state.folder, now);
  const outcome = newest
    ? `the backup of ${isoTime(newest.at)} is then restored, if it is intact.`
    : 'as there is no backup, an empty database is then created.';
  throw new UserError(
    'storage.missing',
    'The database of this data folder is missing or empty',
    state.path,
    `Put the file back if you moved it. Otherwise start Boundary Workbench: ${outcome}`,
  );
}

function rootMessage(error: UserError): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function countTables(database: Database): number {
  return Number(database.get<{ n: number }>('SELECT count(*) AS n FROM sqlite_schema')?.n);
}

function refuseForeign(database: Database): void {
  if (countTables(database) === 0 || Number(database.pragmaValue('application_id')) === applicationId) return;
  throw new UserError(
    'storage.foreign',
    `This is a database of another program (version ${databaseVersion(database)})`,
    database.path,
    'Choose another data folder with --data. Nothing was changed.',
  );
}

function replaceDamaged({ folder, path }: FolderState, damage: string, latestVersion: number, now: number): Notice {
  const intact = readIntactBackups(folder, now);
  const usable = intact.filter(({ version }) => version <= latestVersion);
  const backup = usable.find(({ made }) => Object.values(made).some((count) => count > 0)) ?? usable[0];
  if (!backup && intact.length > 0) throw newerBackups(folder, damage);
  if (backup) {
    copyFileSync(backup.path, `${restoringName(path)}.tmp`);
    syncFile(`${restoringName(path)}.tmp`);
    renameSync(`${restoringName(path)}.tmp`, restoringName(path));
  }
  const aside = setAside(path, now, ['', '-wal', '-shm']);
  if (backup) renameSync(restoringName(path), path);
  syncFolder(folder);
  const what = `The database was ${damage}.`;
  const renamed = aside === null ? '' : ` What remained of it was renamed to ${aside}.`;
  if (!backup) {
    const outcome = 'There was no good backup, so an empty database was created.';
    const remedy = `If you have the file elsewhere, close the program and copy it over ${path}. This is said at each start until a study is made.`;
    return { code: begunAnew, message: `${what}${renamed} ${outcome} ${remedy}` };
  }
  const outcome = `The backup of ${isoTime(backup.at)} was restored; later work has to be repeated.`;
  const others = describeOthers(
    folder,
    usable.filter((other) => other !== backup),
    usable.find((other) => holdsMore(other, backup)),
  );
  return { code: 'storage.restored', message: `${what}${renamed} ${outcome}${others}` };
}

/** Code of the notice that an empty database replaced a lost one, and name of the setting that keeps it. */
const begunAnew = 'storage.begun-anew';

/** Keeps the notice of a lost database in the one that was created in its place. */
export function keepLoss(database: Database, notices: readonly Notice[], now: number): void {
  const loss = notices.find(({ code }) => code === begunAnew);
  if (loss) new Settings(database).set(begunAnew, loss.message, now);
}

/** The notice that a database replaced a lost one. It ends with the first study: its maker has done without the lost database. */
export function keptLoss(database: Database): Notice[] {
  const message = readSetting(database, begunAnew, z.string());
  return message === null || countMade(database).studies > 0 ? [] : [{ code: begunAnew, message }];
}

/** Which other backups there are, and how to use one. */
function describeOthers(folder: string, others: readonly Backup[], richer: Backup | undefined): string {
  if (others.length === 0) return '';
  const count = others.length === 1 ? 'There is 1 other backup' : `There are ${others.length} other backups`;
  const more = richer ? `; the one of ${isoTime(richer.at)} holds more` : '';
  return ` ${count} in ${join(folder, 'backups')}${more}. To use another one, close the program and copy it over workbench.sqlite.`;
}

const isoTime = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const newerBackups = (folder: string, damage: string): UserError =>
  new UserError(
    'storage.newer',
    `The database was ${damage}, and its backups are from a newer version of Boundary Workbench`,
    join(folder, 'backups'),
    'Start the newer version: it restores a backup. Nothing was changed.',
  );

/** Renames the database with its journal files; returns the new name, or null if there was nothing to rename. */
function setAside(path: string, now: number, suffixes: readonly string[]): string | null {
  const present = suffixes.filter((suffix) => existsSync(path + suffix));
  if (present.length === 0) return null;
  let aside = `${path}.damaged-${fileTimestamp(now)}`;
  for (let n = 2; suffixes.some((suffix) => existsSync(aside + suffix)); n++)
    aside = `${path}.damaged-${fileTimestamp(now)}-${n}`;
  for (const suffix of present) renameSync(path + suffix, aside + suffix);
  return present[0] === '' ? aside : aside + present[0];
}

function restoringName(path: string): string {
  return `${path}.restoring`;
}

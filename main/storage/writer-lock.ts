import { readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../contract/wire/errors.ts';
import { removeTemporariesOf, writeFileAtomic } from '../files/atomic.ts';
import { sha256 } from '../files/blobs.ts';
import { cacheFolder } from '../files/places.ts';
import { closeToOthers, makePrivateFolder } from '../files/private.ts';
import { Database } from './database.ts';

/** What `writer.json` says: the process that holds the lock, and whether the folder has a database. */
interface WriterNote {
  process?: unknown;
  host?: unknown;
  since?: unknown;
  database?: unknown;
}

/**
 * The lock of a data folder's only writer.
 *
 * It is SQLite's exclusive lock on an empty file, which the operating system drops when the process ends, however it
 * ends: a lock is never stale, and a reused process id means nothing. A second lock, outside of the folder, holds even if
 * the folder or the first lock is deleted and created again. A file beside the first names the holder, for the error
 * message only.
 */
export class WriterLock {
  /** Whether an earlier writer opened a database in this folder. */
  readonly hadDatabase: boolean;
  readonly #folder: string;
  readonly #note: WriterNote;
  readonly #locks: readonly Lock[];

  /** @throws UserError `storage.in-use` if another process, or another part of this one, holds it. */
  constructor(folder: string, now: number) {
    this.#folder = folder;
    this.#note = { process: process.pid, host: hostname(), since: new Date(now).toISOString() };
    this.#locks = lockBoth(folder, now);
    this.hadDatabase = notesDatabase(folder);
    try {
      this.#write(this.hadDatabase);
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** Has later writers know that there is a database. */
  noteDatabase(): void {
    if (!this.hadDatabase) this.#write(true);
  }

  release(): void {
    for (const lock of this.#locks) lock.release();
  }

  #write(hasDatabase: boolean): void {
    const path = notePath(this.#folder);
    removeTemporariesOf(path);
    writeFileAtomic(path, JSON.stringify({ ...this.#note, ...(hasDatabase && { database: true }) }));
    closeToOthers(path);
  }
}

/** Whether a writer noted that it had opened a database in this folder. */
export const notesDatabase = (folder: string): boolean => readNote(folder).database === true;

interface Lock {
  release(): void;
}

function lockBoth(folder: string, now: number): Lock[] {
  const first = lockFile(join(folder, 'writer.lock'), folder);
  try {
    return [first, ...lockOutside(folder, now)];
  } catch (error) {
    first.release();
    throw error;
  }
}

/** @throws UserError `storage.in-use` */
function lockFile(path: string, folder: string): Lock {
  const lock = new Database(path);
  try {
    lock.pragma('busy_timeout = 0');
    lock.exec('BEGIN EXCLUSIVE');
    return { release: () => lock.close() };
  } catch (error) {
    lock.close();
    if (error instanceof UserError && error.code === 'storage.busy') throw inUse(folder, error);
    throw error;
  }
}

/**
 * The second lock, in the cache: by machine and path, since a shared home folder has one cache for several machines. Empty
 * where the cache cannot be written. @throws UserError `storage.in-use`
 */
function lockOutside(folder: string, now: number): Lock[] {
  try {
    const { dev } = statSync(folder);
    const locks = join(cacheFolder(), 'locks');
    makePrivateFolder(locks);
    const path = join(locks, `${sha256(`${hostname()}\n${dev}\n${realpathSync(folder)}`)}.lock`);
    const lock = lockFile(path, folder);
    removeUnheld(locks, folder, now);
    return [{ release: () => releaseAndRemove(lock, path) }];
  } catch (error) {
    if (error instanceof UserError && error.code === 'storage.in-use') throw error;
    return [];
  }
}

const day = 24 * 3600 * 1000;

/** Removes locks of processes that were killed. Only old ones: another process may be about to take a new one. */
function removeUnheld(locks: string, folder: string, now: number): void {
  for (const name of readdirSync(locks).filter((each) => each.endsWith('.lock'))) {
    const path = join(locks, name);
    try {
      if (now - statSync(path).mtimeMs < day) continue;
      releaseAndRemove(lockFile(path, folder), path);
    } catch {
      // Another writer holds it, or has just removed it.
    }
  }
}

function releaseAndRemove(lock: Lock, path: string): void {
  try {
    for (const file of [path, `${path}-journal`]) rmSync(file, { force: true });
  } catch {
    // Windows removes no open file. An empty file that stays does no harm.
  }
  lock.release();
}

function inUse(folder: string, cause: unknown): UserError {
  const { process: id, host, since } = readNote(folder);
  const holder = id === undefined ? '' : ` (process ${id} on ${host}, since ${since})`;
  return new UserError(
    'storage.in-use',
    `This data folder is in use by another Boundary Workbench${holder}`,
    folder,
    'Close the other one first, or choose another data folder with --data.',
    { cause },
  );
}

const notePath = (folder: string): string => join(folder, 'writer.json');

/** Empty if there is none, or it cannot be read. */
function readNote(folder: string): WriterNote {
  try {
    const note: unknown = JSON.parse(readFileSync(notePath(folder), 'utf8'));
    return typeof note === 'object' && note !== null ? note : {};
  } catch {
    return {};
  }
}

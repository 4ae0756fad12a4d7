import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../contract/errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { Database } from './database.ts';

export interface FolderLock {
  release(): void;
}

/**
 * Makes this process the only writer of a data folder.
 *
 * The lock is SQLite's exclusive lock on an empty file, which the operating system holds and drops with the process,
 * however it ends: a stale lock cannot be, and a process id used again by another program means nothing. A note beside
 * it says who holds the lock, for the message only.
 * @throws UserError `storage.in-use` if another process, or another part of this one, holds it.
 */
export function lockFolder(folder: string, now: number): FolderLock {
  const note = join(folder, 'writer.json');
  const lock = new Database(join(folder, 'writer.lock'));
  try {
    lock.pragma('busy_timeout = 0');
    lock.exec('BEGIN EXCLUSIVE');
    writeFileAtomic(
      note,
      JSON.stringify({ process: process.pid, host: hostname(), since: new Date(now).toISOString() }),
    );
  } catch (error) {
    lock.close();
    if (error instanceof UserError && error.code === 'storage.busy') throw inUse(folder, note, error);
    throw error;
  }
  return { release: () => lock.close() };
}

function inUse(folder: string, note: string, cause: unknown): UserError {
  return new UserError({
    code: 'storage.in-use',
    what: `This data folder is in use by another Boundary Workbench${holder(note)}`,
    where: folder,
    remedy: 'Close the other one first, or choose another data folder with --data.',
    cause,
  });
}

function holder(note: string): string {
  try {
    const { process: id, host, since } = JSON.parse(readFileSync(note, 'utf8'));
    return ` (process ${id} on ${host}, since ${since})`;
  } catch {
    return '';
  }
}

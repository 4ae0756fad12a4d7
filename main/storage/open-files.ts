import { type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../contract/wire/errors.ts';
import { backUp } from './backups.ts';
import type { Database } from './database.ts';

/**
 * Compares the files that a writer has open with those at their paths. On Unix, a deleted or replaced file can still be
 * written, so what is stored there would be lost without an error.
 */
export class OpenFiles {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #files: readonly OpenFile[];
  readonly #folder: OpenFile | undefined;
  #rescue: 'none' | 'running' | 'done' = 'none';

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
    const { path } = database;
    const paths = [path, `${path}-wal`, `${path}-shm`, join(dirname(path), 'writer.lock')];
    this.#files = paths.flatMap((each) => findFile(each) ?? []);
    this.#folder = findFile(dirname(path));
  }

  /**
   * Takes some microseconds. The first time that a file is lost, what was stored is saved where it still can be.
   * @throws UserError `storage.replaced`, or `storage.unanswered` if the disk does not tell
   */
  check(): void {
    const lost = this.#findLost();
    if (lost === undefined || this.#rescue === 'running') return;
    this.#saveStored();
    throw replaced(lost);
  }

  /** Call before closing: as `check`, without an error. */
  rescueIfLost(): void {
    try {
      if (this.#findLost() !== undefined) this.#saveStored();
    } catch {
      // A disk that does not answer: what was stored is in the files.
    }
  }

  #findLost(): string | undefined {
    return this.#files.find((file) => !isInPlace(file))?.path;
  }

  /**
   * Without its log, the database itself gets what the log has. A deleted database is written as a backup, which the next
   * start restores; but nothing is written if the folder was deleted too, since somebody may have meant to.
   */
  #saveStored(): void {
    if (this.#rescue !== 'none') return;
    this.#rescue = 'running';
    try {
      if (this.#files[0] && isInPlace(this.#files[0])) this.#database.pragma('wal_checkpoint(FULL)');
      else if (this.#folder && isInPlace(this.#folder)) backUp(this.#database, this.#folder.path, this.#now());
    } catch {
      // The caller hears of the lost file.
    }
    this.#rescue = 'done';
  }
}

interface OpenFile {
  path: string;
  stats: Stats;
}

function findFile(path: string): OpenFile | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && { path, stats };
}

function readStats(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw unanswered(path, error);
  }
}

function isInPlace({ path, stats: { ino, dev } }: OpenFile): boolean {
  const now = readStats(path);
  return now?.ino === ino && now.dev === dev;
}

const replaced = (path: string): UserError =>
  new UserError(
    'storage.replaced',
    'A file of the data folder was deleted, moved or replaced while Boundary Workbench uses it, so nothing can be stored',
    path,
    'If you moved it, put it back. Otherwise close Boundary Workbench and start it again. Pages keep their answers until then.',
  );

const unanswered = (path: string, cause: unknown): UserError =>
  new UserError(
    'storage.unanswered',
    'The disk does not tell whether a file of the data folder is still there, so what is stored now may be lost',
    path,
    'Check the disk or its connection, then try again. Pages keep their answers until then.',
    { cause },
  );

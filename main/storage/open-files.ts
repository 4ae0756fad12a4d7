import { type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../contract/errors.ts';
import { backUp } from './backups.ts';
import type { Database } from './database.ts';

/**
 * Compares the files that a writer has open with those at their paths. On Unix, a deleted or replaced file can still be
 * written, so what is stored there would be lost without an error.
 */
export class OpenFiles {
  readonly #database: Database;
  readonly #now: () => number;
  /** The files in the order in which they are compared, and how they were at opening. */
  readonly #files: ReadonlyMap<string, Stats>;
  readonly #folder: string;
  #rescue: 'none' | 'running' | 'done' = 'none';

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
    const { path } = database;
    this.#folder = dirname(path);
    const paths = [path, `${path}-wal`, `${path}-shm`, join(this.#folder, 'writer.lock'), this.#folder];
    this.#files = new Map(
      paths.flatMap((each) => {
        const found = statSync(each, { throwIfNoEntry: false });
        return found ? [[each, found] as const] : [];
      }),
    );
  }

  /**
   * Takes some microseconds. The first time that a file is lost, what was stored is saved where it still can be.
   * @throws UserError `storage.replaced`
   */
  check(): void {
    const lost = this.#findLost();
    if (lost === undefined || this.#rescue === 'running') return;
    this.#saveStored();
    throw replaced(lost);
  }

  /** Call before closing: as `check`, without an error. */
  rescueIfLost(): void {
    if (this.#findLost() !== undefined) this.#saveStored();
  }

  #findLost(): string | undefined {
    for (const path of this.#files.keys()) if (!this.#isInPlace(path)) return path;
    return undefined;
  }

  #isInPlace(path: string): boolean {
    const [before, now] = [this.#files.get(path), statSync(path, { throwIfNoEntry: false })];
    return before?.ino === now?.ino && before?.dev === now?.dev;
  }

  /**
   * Without its log, the database itself gets what the log has. A deleted database is written as a backup, which the next
   * start restores; but nothing is written if the folder was deleted too, since somebody may have meant to.
   */
  #saveStored(): void {
    if (this.#rescue !== 'none') return;
    this.#rescue = 'running';
    try {
      if (this.#isInPlace(this.#database.path)) this.#database.pragma('wal_checkpoint(FULL)');
      else if (this.#isInPlace(this.#folder)) backUp(this.#database, this.#folder, this.#now());
    } catch {
      // The caller hears of the lost file.
    }
    this.#rescue = 'done';
  }
}

const replaced = (path: string): UserError =>
  new UserError({
    code: 'storage.replaced',
    what: 'A file of the data folder was deleted, moved or replaced while Boundary Workbench uses it, so nothing can be stored',
    where: path,
    remedy:
      'If you moved it, put it back. Otherwise close Boundary Workbench and start it again. Pages keep their answers until then.',
  });

import { detach } from '../../contract/wire/detach.ts';
import { UserError } from '../../contract/wire/errors.ts';
import type { Launcher } from '../../processes/launcher.ts';
import { flushBackupsDuring, isBackupDue } from '../../storage/backups.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { runTask } from './tasks.ts';

const minute = 60_000;
const hour = 60 * minute;

interface DailyBackupParts {
  workbench: Workbench;
  launcher: Launcher;
  /** Gets what went wrong, in a sentence. */
  onFailure: (message: string) => void;
  /** Milliseconds between two checks of the newest backup's age. */
  every?: number;
  /** Milliseconds between two checks whether a new folder has a study. */
  firstEvery?: number;
}

/** Backs the database up once a day while the program runs, in a process of its own, so that nothing waits for it. */
export class DailyBackup {
  readonly #parts: DailyBackupParts;
  readonly #timer: NodeJS.Timeout;
  readonly #first: NodeJS.Timeout;
  readonly #closing = new AbortController();
  #isRunning = false;

  constructor(parts: DailyBackupParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => detach(this.backUpIfDue()), parts.every ?? hour);
    this.#timer.unref();
    this.#first = setInterval(() => detach(this.#backUpFirst()), parts.firstEvery ?? 10 * minute);
    this.#first.unref();
  }

  /** A new folder has its first backup soon after its first study, and no empty one before. */
  async #backUpFirst(): Promise<void> {
    if (this.#parts.workbench.storage.studies.list().length === 0) return;
    clearInterval(this.#first);
    await this.backUpIfDue();
  }

  /** Makes a backup if the newest one is a day old. True if it made one. Rejects only for a defect. */
  async backUpIfDue(): Promise<boolean> {
    const { workbench, launcher, onFailure } = this.#parts;
    const { folder } = workbench.storage;
    if (this.#isRunning) return false;
    this.#isRunning = true;
    try {
      if (!isBackupDue(folder, workbench.now())) return false;
      const input = { dataFolder: folder, replaceOthers: false };
      const work = runTask(launcher, 'backUp', input, { signal: this.#closing.signal });
      await flushBackupsDuring(folder, work);
      return true;
    } catch (error) {
      if (this.#closing.signal.aborted) return false;
      if (!(error instanceof UserError)) throw error;
      onFailure(`The daily backup could not be made: ${error.message}`);
      return false;
    } finally {
      this.#isRunning = false;
    }
  }

  close(): void {
    clearInterval(this.#timer);
    clearInterval(this.#first);
    this.#closing.abort();
  }
}

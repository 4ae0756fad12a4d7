import type { Launcher } from '../../processes/launcher.ts';
import { UserError } from '../../contract/errors.ts';
import { isBackupDue } from '../../storage/index.ts';
import type { Workbench } from '../tools/workbench.ts';
import { runTask } from './run-task.ts';

const hour = 3600_000;

export interface DailyBackupParts {
  bench: Workbench;
  launcher: Launcher;
  /** Gets what went wrong, in a sentence. */
  complain: (message: string) => void;
  /** Milliseconds between looks at the age of the newest backup. */
  every?: number;
}

/** Backs the database up once a day while the program stays up, in a process of its own, so that nothing waits for it. */
export class DailyBackup {
  readonly #parts: DailyBackupParts;
  readonly #timer: NodeJS.Timeout;
  readonly #closing = new AbortController();
  #atWork = false;

  constructor(parts: DailyBackupParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => void this.look(), parts.every ?? hour);
    this.#timer.unref();
  }

  /** Makes a backup if the newest one is a day old. True if it made one. */
  async look(): Promise<boolean> {
    const { bench, launcher, complain } = this.#parts;
    const { folder } = bench.storage;
    if (this.#atWork || !isBackupDue(folder, bench.now())) return false;
    this.#atWork = true;
    try {
      await runTask(launcher, 'backUp', { dataFolder: folder }, { signal: this.#closing.signal });
      return true;
    } catch (error) {
      if (error instanceof UserError) complain(`The daily backup could not be made: ${error.message}`);
      return false;
    } finally {
      this.#atWork = false;
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#closing.abort();
  }
}

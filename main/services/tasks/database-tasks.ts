import { detach } from '../../contract/wire/detach.ts';
import type { Launcher } from '../../processes/launcher.ts';
import { ProcessClient } from '../../processes/client.ts';
import { flushBackupsDuring, flushJournalDuring } from '../../storage/backups.ts';
import type { ChangeFeed } from '../workbench/change-feed.ts';
import type { Jobs } from '../tools/jobs.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { DailyBackup } from './daily-backup.ts';
import type { TaskHandlers } from './serve-tasks.ts';
import { runTask, taskProcess } from './tasks.ts';

interface DatabaseTaskParts {
  workbench: Workbench;
  changes: ChangeFeed;
  jobs: Jobs;
  launcher: Launcher;
}

/** Long work on the database, in processes of its own: backups, and rewriting it without what was deleted. */
export class DatabaseTasks {
  readonly #parts: DatabaseTaskParts;
  readonly #backups: DailyBackup;
  readonly #closing = new AbortController();
  #changed = 0;

  constructor(parts: DatabaseTaskParts) {
    this.#parts = parts;
    const { workbench, launcher, jobs } = parts;
    const onFailure = (message: string): void => {
      const about = { kind: 'back-up', title: 'Daily backup', study: null, link: '/machine' } as const;
      jobs.add(about).end('failed', message);
    };
    this.#backups = new DailyBackup({ workbench, launcher, onFailure });
  }

  /** How often backups were replaced or the database was rewritten: disk use measured before counts no longer. */
  get changed(): number {
    return this.#changed;
  }

  /** Makes a backup that replaces all others, e.g. when somebody withdrew. @throws UserError `machine.*` */
  async replaceBackups(): Promise<void> {
    const { folder } = this.#parts.workbench.storage;
    const input = { dataFolder: folder, replaceOthers: true };
    const work = runTask(this.#parts.launcher, 'backUp', input, { signal: this.#closing.signal });
    await flushBackupsDuring(folder, work);
    this.#noteChange();
  }

  /**
   * Rewrites the database without deleted rows and empties its journal, in a process of its own. `interrupted`: this process
   * had something to store, which ended the other one; the database is as it was. `reader`: another process reads, so the
   * journal is not empty. @throws UserError `machine.*`
   */
  async rewrite(): Promise<'complete' | 'interrupted' | 'reader'> {
    const { workbench, launcher } = this.#parts;
    const { storage } = workbench;
    const where = { dataFolder: storage.folder };
    const { signal } = this.#closing;
    let [isRewriting, isInterrupted] = [true, false];
    const client = new ProcessClient<TaskHandlers>(taskProcess(launcher));
    const rewrite = async (): Promise<'complete' | 'interrupted' | 'reader'> => {
      const rewritten = client.ask('rewrite', where, { signal });
      await flushJournalDuring(storage.folder, rewritten).catch((error: unknown) => {
        if (!isInterrupted) throw error;
      });
      isRewriting = false;
      if (!isInterrupted) return (await client.ask('emptyJournal', where, { signal })) ? 'complete' : 'reader';
      // It may have been ended just after its commit: this process would take seconds to move the journal.
      await runTask(launcher, 'emptyJournal', where, { signal });
      return 'interrupted';
    };
    const stop = (): void => {
      if (!isRewriting) return;
      isInterrupted = true;
      detach(client.close());
    };
    try {
      return await storage.whileOtherWrites(rewrite, stop);
    } finally {
      await client.close();
      this.#noteChange();
    }
  }

  /** What the user should know of rows that contradict their indexes; null: there are none. @throws UserError `machine.*` */
  findContradiction(): Promise<string | null> {
    const { workbench, launcher } = this.#parts;
    const { signal } = this.#closing;
    return runTask(launcher, 'findContradiction', { dataFolder: workbench.storage.folder }, { signal });
  }

  /** Makes the daily backup now if it is due; a failure becomes a job that failed. */
  async backUpIfDue(): Promise<void> {
    await this.#backups.backUpIfDue();
  }

  close(): void {
    this.#backups.close();
    this.#closing.abort();
  }

  #noteChange(): void {
    this.#changed += 1;
    this.#parts.changes.publish('machine');
  }
}

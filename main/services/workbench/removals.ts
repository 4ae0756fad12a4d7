import { runInBatches } from '../../storage/batches.ts';
import { smallDatabase } from '../../storage/open.ts';
import type { Workbench } from './workbench.ts';

interface RemovalsOptions {
  workbench: Workbench;
  /** Makes a backup in a process of its own, which replaces all others. */
  replaceBackups: () => Promise<void>;
  /** Rewrites the database in a process of its own; what this one stores meanwhile interrupts it. */
  rewrite: () => Promise<'complete' | 'interrupted' | 'reader'>;
  /** Milliseconds between two attempts to complete an erasure. */
  every?: number;
}

/** Milliseconds without a sign of people who label, after which nobody does. */
const quietFor = 10 * 60_000;

/** How far an erasure got: `quiet` waits until nothing is stored, `reader` until no other process reads the database. */
export type Erasure = 'complete' | 'quiet' | 'reader';

/**
 * Deletes the rows of studies and people that were deleted for good, beside other work, and then their bytes. What a
 * crash interrupts, the next start completes.
 */
export class Removals {
  readonly #workbench: Workbench;
  readonly #parts: Pick<RemovalsOptions, 'replaceBackups' | 'rewrite'>;
  readonly #timer: NodeJS.Timeout;
  readonly #closing = new AbortController();
  #work: Promise<void> | null = null;
  #erasing: Promise<Erasure> | null = null;
  /** The last withdrawal after which this process has replaced the backups. */
  #replacedAfter: number | null = null;

  constructor({ workbench, every = quietFor, ...parts }: RemovalsOptions) {
    this.#workbench = workbench;
    this.#parts = parts;
    this.#timer = setInterval(() => this.#eraseIfQuiet(), every);
    this.#timer.unref();
    // An error shows when somebody next deletes something; until then nothing shows what is marked.
    this.complete().catch(() => undefined);
  }

  /** Resolves when nothing is left of what was marked. @throws UserError `storage.*`, `file.*` */
  async complete(): Promise<void> {
    const { storage } = this.#workbench;
    while (!this.#closing.signal.aborted && storage.removals.isPending) {
      this.#work ??= runInBatches(storage.removals.steps(), {
        transaction: (batch) => storage.transaction(batch),
        signal: this.#closing.signal,
      }).finally(() => (this.#work = null));
      await this.#work;
    }
    // Names of people who are no longer here, also of imports that a crash ended.
    if (!this.#closing.signal.aborted) storage.importedNames.prune();
  }

  /**
   * Removes the bytes of what was deleted from the database, its journal and the backups. While people label, a large
   * database is not rewritten, and whatever is stored while it is interrupts that: deleted rows are overwritten anyway, but
   * copies that SQLite made of them when it moved rows stay in unused parts of the file until then.
   * @throws UserError `storage.*`, `machine.*`: the request stays, and the next start completes it
   */
  async erase(): Promise<Erasure> {
    const before = this.#erasing?.catch(() => undefined);
    const erasing = Promise.resolve(before).then(() => this.#erase());
    this.#erasing = erasing;
    try {
      return await erasing;
    } finally {
      if (this.#erasing === erasing) this.#erasing = null;
    }
  }

  async #erase(): Promise<Erasure> {
    const { storage } = this.#workbench;
    if (storage.bytes() <= smallDatabase) return storage.eraseDeleted() ? 'complete' : 'reader';
    const last = storage.lastWithdrawalId();
    // Later backups have nothing of these people: a training that goes on for days must not cost them all.
    if (this.#replacedAfter !== last) await this.#parts.replaceBackups();
    this.#replacedAfter = last;
    if (this.#isAnybodyLabeling()) return storage.emptyJournal() ? 'quiet' : 'reader';
    const outcome = await this.#parts.rewrite();
    if (outcome !== 'complete') return outcome === 'reader' ? 'reader' : 'quiet';
    return storage.finishErasure(last) ? 'complete' : 'quiet';
  }

  /** Stops deleting; the next start continues. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort();
    await this.#work?.catch(() => undefined);
    await this.#erasing?.catch(() => undefined);
  }

  #isAnybodyLabeling(): boolean {
    const { storage, now } = this.#workbench;
    const at = now();
    // A session of an archive may have a date in the far future; a clock may have been set back a little.
    return storage.labeling.sessions.isAnyActiveBetween(at - quietFor, at + quietFor);
  }

  #eraseIfQuiet(): void {
    const { storage } = this.#workbench;
    if (this.#erasing || !storage.isErasurePending() || storage.removals.isPending || this.#isAnybodyLabeling()) return;
    // Backups too: replacing them may be what failed. A full disk: tried again later, and at the next start.
    this.erase().catch(() => undefined);
  }
}

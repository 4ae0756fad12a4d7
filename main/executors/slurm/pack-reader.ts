import { setImmediate } from 'node:timers/promises';
import type { AttemptLine } from '../../contract/cluster.ts';
import { UserError } from '../../contract/errors.ts';
import type { RunState, WorkerEvent } from '../../contract/run.ts';
import type { ClusterQueue, Placed } from './cluster-queue.ts';
import type { FolderWatch } from './folder-watch.ts';
import type { SharedFiles } from './shared-files.ts';

interface ReaderOptions {
  files: SharedFiles;
  queue: Pick<ClusterQueue, 'list' | 'replay' | 'giveBack'>;
  watch: FolderWatch;
  now: () => number;
  /** Whether nothing may be stored any more. */
  isEnded: () => boolean;
  /** A run is not on the cluster any more. */
  onOver: () => void;
  onChange: (placed: Placed, state: RunState, event: WorkerEvent | null, note: string | null) => void;
}

/** Stores what workers write into the shared folder. */
export class PackReader {
  readonly #options: ReaderOptions;
  /** Until when what the attempts at a run wrote is stored, by its number, milliseconds since 1970. */
  readonly #readAt = new Map<number, number>();

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** A run is not on the cluster any more. */
  forget(runId: number): void {
    this.#readAt.delete(runId);
  }

  /**
   * Stores what attempts at all runs wrote since the last time: one listing a pack, and only files that have grown. Gives
   * what cannot be read of one of them, or null. @throws where none can be read
   */
  async read(): Promise<unknown> {
    const { queue, files, watch, isEnded } = this.#options;
    let unreadable: unknown = null;
    for (const [pack, placed] of Map.groupBy(queue.list(), (each) => each.pack)) {
      const attempts = await watch.during(files.pack(pack).listAttempts());
      for (const each of placed) {
        const known = attempts.get(each.runId);
        if (isEnded()) return unreadable;
        try {
          if (known) await watch.during(this.#read(each, known));
        } catch (error) {
          if (!isUnreadable(error)) throw error;
          unreadable ??= error;
        }
      }
    }
    return unreadable;
  }

  /** @throws UserError `cluster.file-unreadable` */
  async #read(placed: Placed, known: readonly number[]): Promise<void> {
    const { files, isEnded, now, onOver } = this.#options;
    const { runId } = placed;
    const pack = files.pack(placed.pack);
    const began = now();
    for (const attempt of known.filter((number) => number >= placed.attempt)) {
      const hasLater = attempt !== known.at(-1);
      let from = attempt === placed.attempt ? placed.readTo : 0;
      const size = (await pack.attemptSize(runId, attempt)) ?? 0;
      while (from < size && !isEnded()) {
        const { lines, next, isDamaged } = await pack.readLines(runId, attempt, from);
        if (lines.length === 0) {
          // A later attempt took over from this one, whose last line is damaged.
          if (isDamaged && !hasLater) throw files.damaged(placed.pack, runId, attempt);
          break;
        }
        const isSuperseded = (): Promise<boolean> => pack.hasCheckpointAfter(runId, known, { attempt, next });
        const fetched = await files.fetch(placed.pack, runId, lines, isSuperseded);
        if (await this.#store(placed, attempt, fetched, next)) {
          this.#readAt.delete(runId);
          onOver();
          return files.removeBlobs(placed.pack, runId);
        }
        from = next;
      }
    }
    this.#readAt.set(runId, began);
  }

  /** Stores lines of an attempt, up to byte `next` of its file; whether nothing more is to be read of the run. */
  async #store(placed: Placed, attempt: number, lines: readonly AttemptLine[], next: number): Promise<boolean> {
    const { queue, now, onChange } = this.#options;
    const times = { since: this.#readAt.get(placed.runId) ?? 0, now: now() };
    const state = queue.replay(placed.runId, attempt, lines, next, times);
    for (const line of lines)
      if ('event' in line) onChange(placed, line === lines.at(-1) ? state : 'running', line.event, null);
    if (this.#isOver(placed, state, lines)) return true;
    await setImmediate();
    return false;
  }

  #isOver(placed: Placed, state: RunState, lines: readonly AttemptLine[]): boolean {
    const { queue, now, onChange } = this.#options;
    if (state === 'done' || state === 'failed' || state === 'cancelled') return true;
    const last = lines.at(-1);
    const stopped = last !== undefined && 'event' in last && last.event.type === 'stopped';
    // Asked to; else Slurm ended its task, and does it again.
    if (!stopped || placed.stopAskedAt === null) return false;
    onChange(placed, queue.giveBack(placed.runId, 'stopped on request', now()), null, null);
    return true;
  }
}

const isUnreadable = (error: unknown): boolean =>
  error instanceof UserError && error.code === 'cluster.file-unreadable';

import { setImmediate } from 'node:timers/promises';
import type { AttemptLine } from '../contract/placement.ts';
import { UserError } from '../../../contract/wire/index.ts';
import type { RunState, WorkerEvent } from '../../../contract/runs/index.ts';
import type { ClusterQueue, Placed } from './cluster-queue.ts';
import { isStorageError } from './folder-error.ts';
import type { FolderWatch } from './folder-watch.ts';
import type { SharedFiles } from './shared-files.ts';

interface ReaderOptions {
  files: SharedFiles;
  queue: Pick<ClusterQueue, 'list' | 'replay' | 'giveBack'>;
  watch: FolderWatch;
  now: () => number;
  /** Milliseconds until this computer sees for sure what a node wrote. */
  settle: number;
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

  /** The attempt at a run that a later one took over from without its end being written, and since when that is known. */
  readonly #superseded = new Map<number, { attempt: number; since: number }>();
  /** Runs of which there may be more to read than could be read the last time. */
  #unread = new Set<number>();

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** A run is not on the cluster any more. */
  forget(runId: number): void {
    this.#readAt.delete(runId);
    this.#superseded.delete(runId);
  }

  /** Whether a run may have been done, as not all that its attempts wrote could be read the last time. */
  isUnread(runId: number): boolean {
    return this.#unread.has(runId);
  }

  /**
   * Stores what attempts at all runs wrote since the last time: one listing a pack, and only files that have grown. Gives
   * the first error, or null: what cannot be read of one pack or run does not keep the others from being read.
   */
  async read(): Promise<unknown> {
    const { queue, watch, isEnded } = this.#options;
    let first: unknown = null;
    const unread = new Set<number>();
    const unreadable = (error: unknown, placed: readonly Placed[]): void => {
      if (isStorageError(error)) throw error;
      first ??= error;
      // What is damaged for good is done again.
      if (!isDamaged(error)) for (const { runId } of placed) unread.add(runId);
    };
    for (const [pack, placed] of Map.groupBy(queue.list(), (each) => each.pack)) {
      try {
        const attempts = await watch.during(this.#listAttempts(pack, placed));
        for (const each of placed) {
          if (isEnded()) return first;
          const known = attempts.get(each.runId);
          try {
            if (known && !(await watch.during(this.#read(each, known)))) unread.add(each.runId);
          } catch (error) {
            unreadable(error, [each]);
          }
        }
      } catch (error) {
        unreadable(error, placed);
      }
    }
    this.#unread = unread;
    return first;
  }

  /** @throws UserError `cluster.pack-missing`: without its pack nothing is known of what its runs did */
  async #listAttempts(pack: string, placed: readonly Placed[]): Promise<Map<number, number[]>> {
    const { files } = this.#options;
    const attempts = await files.pack(pack).listAttempts();
    const isEmpty = attempts.size === 0 && placed.some(({ job }) => job !== null);
    if (isEmpty && !(await files.pack(pack).isWritten())) throw files.missing(pack);
    return attempts;
  }

  /** Whether all was read that can be there. @throws UserError `cluster.file-unreadable` */
  async #read(placed: Placed, known: readonly number[]): Promise<boolean> {
    const { files, isEnded, now, onOver } = this.#options;
    const { runId } = placed;
    const pack = files.pack(placed.pack);
    const began = now();
    let isOpen = placed.runState === 'running' || placed.readTo === 0;
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
          this.#superseded.delete(runId);
          onOver();
          await files.removeBlobs(placed.pack, runId);
          return true;
        }
        from = next;
        isOpen = !isEnding(lines.at(-1));
      }
      if (isEnded()) return false;
      // A network folder may show the end of its file later than the file of the next.
      if (hasLater && isOpen && !this.#isSettled(runId, attempt)) return false;
      isOpen = true;
    }
    this.#readAt.set(runId, began);
    return true;
  }

  #isSettled(runId: number, attempt: number): boolean {
    const known = this.#superseded.get(runId);
    const since = known?.attempt === attempt ? known.since : performance.now();
    this.#superseded.set(runId, { attempt, since });
    return performance.now() - since >= this.#options.settle;
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

const isEnding = (line: AttemptLine | undefined): boolean =>
  line !== undefined && 'event' in line && endings.has(line.event.type);

const endings: ReadonlySet<WorkerEvent['type']> = new Set(['stopped', 'done', 'failed']);

const isDamaged = (error: unknown): boolean => error instanceof UserError && error.code === 'cluster.file-unreadable';

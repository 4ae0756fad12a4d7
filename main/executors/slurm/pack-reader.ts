import { setImmediate } from 'node:timers/promises';
import type { AttemptLine } from '../../contract/cluster.ts';
import type { RunState, WorkerEvent } from '../../contract/run.ts';
import type { ClusterQueue, Placed } from './cluster-queue.ts';
import type { SharedFiles } from './shared-files.ts';

/** Lines that are stored in one transaction: some milliseconds. */
const linesAtOnce = 200;

interface ReaderOptions {
  files: SharedFiles;
  queue: Pick<ClusterQueue, 'list' | 'replay' | 'giveBack'>;
  now: () => number;
  /** Whether nothing may be stored any more. */
  isEnded: () => boolean;
  onChange: (placed: Placed, state: RunState, event: WorkerEvent | null, note: string | null) => void;
}

/** Stores what workers write into the shared folder. */
export class PackReader {
  readonly #options: ReaderOptions;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** Stores what attempts at all runs wrote since the last time: one listing a pack, and only files that have grown. */
  async read(): Promise<void> {
    const packs = new Map<string, Placed[]>();
    for (const placed of this.#options.queue.list()) {
      const of = packs.get(placed.pack);
      if (of) of.push(placed);
      else packs.set(placed.pack, [placed]);
    }
    for (const [pack, placed] of packs) {
      const attempts = await this.#options.files.pack(pack).listAttempts();
      for (const each of placed) {
        const known = attempts.get(each.runId);
        if (this.#options.isEnded()) return;
        if (known) await this.#read(each, known);
      }
    }
  }

  async #read(placed: Placed, known: readonly number[]): Promise<void> {
    const { files, isEnded } = this.#options;
    const pack = files.pack(placed.pack);
    for (const attempt of known.filter((number) => number >= placed.attempt)) {
      let from = attempt === placed.attempt ? placed.readTo : 0;
      const size = (await pack.attemptSize(placed.runId, attempt)) ?? 0;
      while (from < size && !isEnded()) {
        const { lines, next } = await pack.readLines(placed.runId, attempt, from);
        if (next === from) break;
        await files.fetch(lines);
        if (await this.#store(placed, attempt, lines, { from, next })) return;
        from = next;
      }
    }
  }

  /** Stores lines of an attempt, some at a time; whether nothing more is to be read of the run. */
  async #store(
    placed: Placed,
    attempt: number,
    lines: readonly AttemptLine[],
    { from, next }: { from: number; next: number },
  ): Promise<boolean> {
    const { queue, now, onChange } = this.#options;
    for (let at = 0; at < lines.length; at += linesAtOnce) {
      const some = lines.slice(at, at + linesAtOnce);
      const isLast = at + linesAtOnce >= lines.length;
      const state = queue.replay(placed.runId, attempt, some, isLast ? next : from, now());
      for (const line of some)
        if ('event' in line) onChange(placed, line === some.at(-1) ? state : 'running', line.event, null);
      if (this.#isOver(placed, state, some)) return true;
      await setImmediate();
    }
    return false;
  }

  #isOver(placed: Placed, state: RunState, lines: readonly AttemptLine[]): boolean {
    const { queue, now, onChange } = this.#options;
    if (state === 'done' || state === 'failed' || state === 'cancelled') return true;
    const last = lines.at(-1);
    const stopped = last !== undefined && 'event' in last && last.event.type === 'stopped';
    // Asked to, or Slurm ended its task, which then does it again.
    if (!stopped || placed.stopAskedAt === null) return false;
    onChange(placed, queue.giveBack(placed.runId, 'stopped on request', now()), null, null);
    return true;
  }
}

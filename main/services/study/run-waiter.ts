import type { RunRecord, Storage } from '../../storage/index.ts';

/** Thrown at everything that waits when the user stops the study: nothing is lost, the same command goes on. */
export class StudyStopped extends Error {
  override readonly name = 'StudyStopped';
}

interface Waiting {
  resolve: (run: RunRecord) => void;
  reject: (reason: Error) => void;
}

const ended = new Set(['done', 'failed', 'cancelled']);

/** Lets code await the end of runs, however they are told of. */
export class RunWaiter {
  readonly #storage: Storage;
  readonly #waiting = new Map<number, Waiting[]>();
  #stopped: StudyStopped | null = null;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Resolves with the run once it is done, failed or cancelled. @throws StudyStopped */
  ended(runId: number): Promise<RunRecord> {
    const run = this.#storage.runs.get(runId);
    if (run && ended.has(run.state)) return Promise.resolve(run);
    if (this.#stopped) return Promise.reject(this.#stopped);
    return new Promise((resolve, reject) => {
      this.#waiting.set(runId, [...(this.#waiting.get(runId) ?? []), { resolve, reject }]);
    });
  }

  /** To be called whenever a run may have changed. */
  check(runId: number): void {
    const waiting = this.#waiting.get(runId);
    if (!waiting) return;
    const run = this.#storage.runs.get(runId);
    if (!run || !ended.has(run.state)) return;
    this.#waiting.delete(runId);
    for (const { resolve } of waiting) resolve(run);
  }

  /** To be called when runs may have changed without being told of. */
  checkAll(): void {
    for (const runId of [...this.#waiting.keys()]) this.check(runId);
  }

  stop(): void {
    this.#stopped = new StudyStopped('stopped');
    const waiting = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    for (const { reject } of waiting) reject(this.#stopped);
  }
}

import { join } from 'node:path';
import type { EngineName } from '../../contract/run.ts';
import type { Executor } from '../../executors/executor.ts';
import { LocalExecutor } from '../../executors/local-executor.ts';
import { entryModule } from '../../files/places.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { RunRecord, Storage } from '../../storage/index.ts';
import type { Workbench } from '../tools/workbench.ts';

interface WorkersOptions {
  studyId: number;
  /** Patterns of the places to work on; null: all. */
  roles: readonly string[] | null;
  /** Engines that runs may take, the one for new runs first. */
  engines: EngineName[];
  workers: number;
  /** How many models that differ only in their seed are trained in one step, at most. */
  seedsPerStep?: number;
  launcher: Launcher;
}

/** Worker processes on this machine for the queued runs of one study. The caller starts them. */
export function studyWorkers(
  { storage, environment, now }: Workbench,
  { studyId, roles, ...options }: WorkersOptions,
): Executor {
  const { runs } = storage;
  return new LocalExecutor({
    ...options,
    ...{ environment, now },
    queue: {
      claimNext: (names, where, at) => runs.claimNext(names, where, at, studyId, roles),
      claimSimilar: (run, where, at) => runs.claimSimilar(run, where, at, studyId, roles),
      applyEvent: (run, event, at) => runs.applyEvent(run, event, at),
      interrupt: (run, note, at) => runs.interrupt(run, note, at),
      recordCrash: (run, death, retries, at) => runs.recordCrash(run, death, retries, at),
      cancel: (run, at) => runs.cancel(run, at),
      onClaimable: (listener) => runs.onClaimable(listener),
    },
    workerEntry: entryModule('training/worker/worker'),
    blobs: storage.blobs.folder,
    logs: join(storage.folder, 'logs'),
  });
}

/** Rejects everything that waits when the user stops the study. Nothing is lost: the same command resumes. */
export class StudyStopped extends Error {
  override readonly name = 'StudyStopped';
}

interface Waiting {
  resolve: (run: RunRecord) => void;
  reject: (reason: Error) => void;
}

const ended = new Set(['done', 'failed', 'cancelled']);

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

  /** Call this whenever a run may have changed. */
  check(runId: number): void {
    const waiting = this.#waiting.get(runId);
    if (!waiting) return;
    if (!ended.has(this.#storage.runs.state(runId) ?? '')) return;
    const run = this.#storage.runs.get(runId);
    if (!run) return;
    this.#waiting.delete(runId);
    for (const { resolve } of waiting) resolve(run);
  }

  /** Call this when another process may have changed runs. */
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

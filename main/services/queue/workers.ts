import { join } from 'node:path';
import { detach } from '../../contract/wire/detach.ts';
import { kept } from '../../domain/numbers/arrays.ts';
import type { ClaimedRun, EngineName, RunState } from '../../contract/runs/run.ts';
import type { Executor } from '../../executors/executor.ts';
import { LocalExecutor } from '../../executors/local-executor.ts';
import { SeveralExecutors } from '../../executors/several.ts';
import { entryModule } from '../../files/places.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import type { Storage } from '../../storage/open.ts';
import { availableEngines } from '../tools/engines.ts';
import type { Tools } from '../tools/tools.ts';
import type { Workbench } from '../workbench/workbench.ts';

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

/** The runs that executors of this process do, each with a mark of its executor. */
const atWork = new WeakMap<Storage, Map<number, object>>();

const runsAtWork = (storage: Storage): Map<number, object> => kept(atWork, storage, () => new Map());

/** Workers beside the others for short runs, of all jobs of this process at once: each takes memory. */
const maxShort = 3;

/** Shares these workers among the executors of this process. */
class ShortWorkers {
  readonly #taken = new Set<number>();
  /** Callbacks of executors that found all workers taken, the first one first: each asks again. */
  readonly #waiting = new Set<() => void>();

  /** @param askAgain called once a worker is free, if none is now */
  take(claim: () => ClaimedRun | null, askAgain: () => void): ClaimedRun | null {
    if (this.#taken.size >= maxShort) {
      this.#waiting.add(askAgain);
      return null;
    }
    const run = claim();
    if (run) this.#taken.add(run.id);
    return run;
  }

  free(run: number): void {
    if (!this.#taken.delete(run)) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const askAgain of waiting) askAgain();
  }
}

const shortWorkers = new WeakMap<Storage, ShortWorkers>();

const shortWorkersOf = (storage: Storage): ShortWorkers => kept(shortWorkers, storage, () => new ShortWorkers());

/** Runs that a crash left `running` become claimable again; those at work in this process stay. Gives their ids. */
export const recoverRuns = ({ storage, now }: Workbench): number[] =>
  storage.runs.recover(now(), new Set(runsAtWork(storage).keys()));

const versions = new WeakMap<Storage, number>();

/** A number that grows whenever another process changed the database. */
export function versionElsewhere(storage: Storage): number {
  const version = (versions.get(storage) ?? 0) + (storage.changedElsewhere() ? 1 : 0);
  versions.set(storage, version);
  return version;
}

/**
 * What does the queued runs of one study: worker processes on this machine, and clusters for the runs that go there. The
 * caller starts it.
 */
export const studyWorkers = (workbench: Workbench, options: WorkersOptions): Executor =>
  new SeveralExecutors([
    localWorkers(workbench, options),
    ...workbench.clusters.map((clusters) => clusters.workers(options)),
  ]);

/** Worker processes on this machine for the queued runs of one study that go to no cluster. */
function localWorkers(
  { storage, environment, now, isShort }: Workbench,
  { studyId, roles, ...options }: WorkersOptions,
): Executor {
  const { runs } = storage;
  const own = runsAtWork(storage);
  const owner = {};
  const claimed = (run: ClaimedRun | null): ClaimedRun | null => {
    if (run) own.set(run.id, owner);
    return run;
  };
  const short = shortWorkersOf(storage);
  const forget = (run: number): void => {
    own.delete(run);
    short.free(run);
  };
  const noted = (run: number, state: RunState): RunState => {
    if (state !== 'running') forget(run);
    return state;
  };
  const askAgain = (): void => executor.refill();
  const executor: LocalExecutor = new LocalExecutor({
    ...options,
    environment,
    now,
    isShort,
    queue: {
      claimNext: (names, where, at) => claimed(runs.claimNext(names, where, at, studyId, roles)),
      claimShort: (names, where, at) =>
        claimed(short.take(() => runs.claimShort(names, where, at, studyId, roles), askAgain)),
      claimSimilar: (run, where, at) => claimed(runs.claimSimilar(run, where, at, studyId, roles)),
      applyEvent: (run, event, at) => noted(run, runs.applyEvent(run, event, at)),
      interrupt: (run, note, at) => noted(run, runs.interrupt(run, note, at)),
      recordCrash: (run, death, retries, at) => noted(run, runs.recordCrash(run, death, retries, at)),
      cancel: (run, at) => noted(run, runs.cancel(run, at)),
      onClaimable: (listener) => runs.onClaimable(listener),
    },
    workerEntry: entryModule('training/worker/worker'),
    blobs: storage.blobs.folder,
    logs: join(storage.folder, 'logs'),
  });
  executor.broken.catch(() => {
    for (const [run, by] of own) if (by === owner) forget(run);
  });
  return executor;
}

/** What does one run that a person asked for, beside other work. The caller starts it. */
export function workersFor(
  { workbench, launcher, settings }: Pick<Tools, 'workbench' | 'launcher' | 'settings'>,
  studyId: number,
  role: string,
): Executor {
  recoverRuns(workbench);
  const { engine } = settings.get();
  const engines = engine === 'auto' ? availableEngines().names : [engine];
  return studyWorkers(workbench, { studyId, roles: [role], engines, workers: 1, launcher });
}

/** Works until all queued runs have ended, or were stopped. */
export async function workUntilIdle(executor: Executor, signal: AbortSignal): Promise<void> {
  const stop = (): void => detach(executor.stop());
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (!signal.aborted) {
      executor.start();
      await executor.idle();
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await executor.stop();
  }
}

/** Rejects everything that waits when the user stops the study. Nothing is lost: the same command resumes. */
export class StudyStopped extends Error {
  override readonly name = 'StudyStopped';
}

/** Rejects who waits for a run that the study no longer has. */
export class RunRemoved extends Error {
  override readonly name = 'RunRemoved';
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

  /** Ids of the runs that somebody waits for. */
  get waitsFor(): readonly number[] {
    return [...this.#waiting.keys()];
  }

  /** Resolves with the run once it is done, failed or cancelled. @throws StudyStopped, RunRemoved */
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

  /** Call this for a run that the study no longer has: nobody may do it. */
  remove(runId: number): void {
    for (const { reject } of this.#waiting.get(runId) ?? []) reject(new RunRemoved(`run ${runId}`));
    this.#waiting.delete(runId);
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

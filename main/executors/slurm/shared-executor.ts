import type { RunState } from '../../contract/run.ts';
import type { Executor, RunChange } from '../executor.ts';
import type { Claims } from './pack-submitter.ts';
import type { SlurmExecutor } from './slurm-executor.ts';

interface SharedOptions {
  /** Does the runs of everybody on its cluster. */
  cluster: SlurmExecutor;
  take: Claims['take'];
  isOwn: (runId: number) => boolean;
  /** Number of its runs on the cluster. */
  count: () => number;
  /** Has its runs come back. */
  stopAll: () => void;
  /** The cluster is not needed by this one any more. */
  release: () => Promise<void>;
}

/** Has a cluster, which others share, do some of the runs there, e.g. those of one study. */
export class SharedExecutor implements Executor {
  readonly #options: SharedOptions;
  readonly #stopped = Promise.withResolvers<void>();
  #remove: (() => void) | undefined;
  #unlisten: (() => void)[] = [];
  #paused = false;
  #ending: Promise<void> | undefined;

  constructor(options: SharedOptions) {
    this.#options = options;
  }

  get broken(): Promise<never> {
    return this.#options.cluster.broken;
  }

  start(): void {
    const { cluster, take } = this.#options;
    if (!this.#ending) this.#remove ??= cluster.add({ take, isPaused: () => this.#paused });
  }

  /** The cluster decides how many runs work at a time. */
  setWorkers(): void {}

  refill(): void {
    this.#options.cluster.refill();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.refill();
  }

  suspend(): void {
    this.pause();
    this.#options.stopAll();
    this.#options.cluster.wake();
  }

  /** The hours in which trainings work are those of this computer. */
  stopTrainings(): void {}

  /** The queue says that the run is on hold. */
  stopRun(): void {
    this.#options.cluster.wake();
  }

  cancel(runId: number): RunState {
    return this.#options.cluster.cancel(runId);
  }

  idle(): Promise<void> {
    const { cluster, count } = this.#options;
    return Promise.race([cluster.idleFor(() => count() === 0), this.#stopped.promise]);
  }

  /** What is on the cluster goes on there. */
  stop(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  onChange(listener: (change: RunChange) => void): () => void {
    const { cluster, isOwn } = this.#options;
    const unlisten = cluster.onChange((change) => {
      if (isOwn(change.run.id)) listener(change);
    });
    this.#unlisten.push(unlisten);
    return unlisten;
  }

  async #end(): Promise<void> {
    this.#remove?.();
    for (const unlisten of this.#unlisten) unlisten();
    this.#stopped.resolve();
    await this.#options.release();
  }
}

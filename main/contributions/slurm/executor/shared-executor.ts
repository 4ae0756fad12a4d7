import type { Executor } from '../../../executors/index.ts';
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
export function sharedExecutor(options: SharedOptions): Executor {
  const { cluster, take, isOwn, count, stopAll, release } = options;
  const stopped = Promise.withResolvers<void>();
  const unlisten: (() => void)[] = [];
  let remove: (() => void) | undefined;
  let isPaused = false;
  let ending: Promise<void> | undefined;

  const end = async (): Promise<void> => {
    remove?.();
    for (const each of unlisten) each();
    stopped.resolve();
    await release();
  };

  return {
    get broken() {
      return cluster.broken;
    },
    start: () => {
      if (!ending) remove ??= cluster.add({ take, isPaused: () => isPaused });
    },
    // The cluster decides how many runs work at a time.
    setWorkers: () => undefined,
    refill: () => cluster.refill(),
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
      cluster.refill();
    },
    suspend: () => {
      isPaused = true;
      stopAll();
      cluster.wake();
    },
    // The hours in which trainings work are those of this computer.
    stopTrainings: () => undefined,
    // The queue says that the run is on hold.
    stopRun: () => cluster.wake(),
    cancel: (runId) => cluster.cancel(runId),
    idle: () => Promise.race([cluster.idleFor(() => count() === 0), stopped.promise]),
    // What is on the cluster goes on there.
    stop: () => (ending ??= end()),
    onChange: (listener) => {
      const own = cluster.onChange((change) => {
        if (isOwn(change.run.id)) listener(change);
      });
      unlisten.push(own);
      return own;
    },
  };
}

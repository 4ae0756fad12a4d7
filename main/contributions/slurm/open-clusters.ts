import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Cluster } from './profile/cluster.ts';
import { type Executor, SeveralExecutors } from '../../executors/index.ts';
import { slurm } from './executor/commands.ts';
import type { CreditStore } from './executor/pace.ts';
import { sharedExecutor } from './executor/shared-executor.ts';
import { SlurmExecutor } from './executor/slurm-executor.ts';
import type { Storage } from '../../storage/index.ts';
import { listClusters, onClusterSaved } from './profiles.ts';
import { slurmPlacements } from './storage/placements.ts';
import { clusterTroubles } from './trouble.ts';
import type { ClusterListener, Workbench } from '../../services/workbench/index.ts';
import { detach } from '../../contract/wire/index.ts';

interface Open {
  executor: SlurmExecutor;
  /** The profile that it began with, with `reach` as it is now. */
  profile: Cluster;
  holders: number;
}

/**
 * The clusters of a data folder that this process is at work with: one executor each, however many studies have runs
 * there, so that each is asked once and each file is read once.
 */
class OpenClusters {
  readonly #workbench: Workbench;
  readonly #open = new Map<string, Open>();
  /** Clusters still open with an earlier profile, which was changed so that it cannot be used on. */
  readonly #replaced = new Set<Open>();
  readonly #listeners = new Set<ClusterListener>();
  #lingers = false;
  #again: NodeJS.Timeout | undefined;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
    onClusterSaved(workbench, (cluster) => this.#change(cluster));
  }

  /** Keeps a cluster open until `release` is called. */
  hold(cluster: Cluster): { executor: SlurmExecutor; release: () => Promise<void> } {
    const open = this.#use(cluster);
    open.holders += 1;
    return { executor: open.executor, release: () => this.#release(cluster.name, open) };
  }

  /** From now on, reads what becomes of all runs that are on clusters, until `close`. */
  follow(listener: ClusterListener): void {
    this.#listeners.add(listener);
    this.#lingers = true;
    this.#followAll();
  }

  #followAll(): void {
    const used = new Set(slurmPlacements(this.#workbench.storage).clusters());
    for (const cluster of listClusters(this.#workbench)) {
      if (used.has(cluster.name)) this.#use(cluster).executor.follow();
    }
  }

  /** Looks at once, as something is to stop. */
  wake(): void {
    for (const { executor } of this.#open.values()) executor.wake();
  }

  async close(): Promise<void> {
    this.#lingers = false;
    clearTimeout(this.#again);
    this.#listeners.clear();
    const all = [...this.#open.values(), ...this.#replaced];
    this.#open.clear();
    this.#replaced.clear();
    await Promise.all(all.map(({ executor }) => executor.stop()));
  }

  async #release(name: string, open: Open): Promise<void> {
    open.holders -= 1;
    if (open.holders > 0) return;
    if (this.#replaced.has(open)) return open.executor.stop();
    if (this.#lingers || this.#open.get(name) !== open) return;
    this.#open.delete(name);
    await open.executor.stop();
  }

  /** Its next jobs are of the new profile. */
  #change(cluster: Cluster): void {
    const open = this.#open.get(cluster.name);
    if (!open) return;
    open.profile.reach = cluster.reach;
    if (isMoved(open.profile, cluster)) this.#replace(cluster.name, open);
    else open.executor.setCluster(cluster);
  }

  /** The one executor of a cluster with its shared folder and its engine. */
  #use(cluster: Cluster): Open {
    const known = this.#open.get(cluster.name);
    if (known && !isMoved(known.profile, cluster)) return known;
    if (known) this.#replace(cluster.name, known);
    const open = this.#begin(cluster);
    this.#open.set(cluster.name, open);
    return open;
  }

  /** No run is there (see `saveProfile`), so its holders only have to release it. */
  #replace(name: string, open: Open): void {
    this.#open.delete(name);
    this.#replaced.add(open);
    detach(open.executor.stop().then(() => this.#replaced.delete(open)));
  }

  #begin(cluster: Cluster): Open {
    const profile = { ...cluster };
    const open = { profile, executor: this.#executor(profile), holders: 0 };
    open.executor.broken.catch((error: unknown) => this.#broke(open, error));
    return open;
  }

  /** The database failed. The next holder begins anew; so do those that only read what is there, after a while. */
  #broke(open: Open, error: unknown): void {
    const { name } = open.profile;
    clusterTroubles(this.#workbench).set(name, 'tasks', error);
    if (this.#open.get(name) === open) this.#replace(name, open);
    if (!this.#lingers) return;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#followAgain(open), brokenPause).unref();
  }

  #followAgain(open: Open): void {
    try {
      this.#followAll();
    } catch (error) {
      this.#broke(open, error);
    }
  }

  #executor(cluster: Cluster): SlurmExecutor {
    const { storage, now } = this.#workbench;
    const { runs } = storage;
    const placements = slurmPlacements(storage);
    const { name } = cluster;
    const troubles = clusterTroubles(this.#workbench);
    const executor = new SlurmExecutor({
      cluster,
      now,
      blobs: storage.blobs,
      scheduler: slurm(cluster),
      name: 'boundary',
      host: hostIdentity(storage),
      queue: {
        submitted: (...all) => placements.submitted(...all),
        list: () => placements.list(name),
        overPacks: () => placements.overPacks(name),
        packRemoved: (...all) => placements.packRemoved(...all),
        observe: (...all) => placements.observe(...all),
        replay: (...all) => placements.replay(...all),
        giveBack: (...all) => placements.giveBack(...all),
        // Given up meanwhile, it may be another worker's.
        recordCrash: (run, ...how) =>
          placements.get(run) ? runs.recordCrash(run, ...how) : (runs.state(run) ?? 'queued'),
        recordFailedStart: (...all) => runs.recordFailedStart(...all),
        clampTimes: (now) => placements.clampTimes(now),
        cancel: (...all) => runs.cancel(...all),
        stopAsked: (...all) => placements.stopAsked(...all),
        tasksCancelled: (...all) => placements.tasksCancelled(...all),
        describe: (run) => runs.get(run),
        onClaimable: (listener) => runs.onClaimable(listener),
      },
      credit: creditStore(this.#workbench, name),
      onTrouble: (part, trouble) => troubles.set(name, part, trouble),
      onObserved: () => this.#listeners.forEach(({ onObserved }) => onObserved()),
    });
    executor.onChange((change) => this.#listeners.forEach(({ onRun }) => onRun(change)));
    return executor;
  }
}

/** Another shared folder or engine: for that, an executor begins anew. */
const isMoved = (before: Cluster, after: Cluster): boolean =>
  before.engine !== after.engine || !isDeepStrictEqual(before.folder, after.folder);

/** Milliseconds until a cluster is read again after the database failed. */
const brokenPause = 30_000;

const allOpen = new WeakMap<Storage, OpenClusters>();

export function openClusters(workbench: Workbench): OpenClusters {
  const known = allOpen.get(workbench.storage) ?? new OpenClusters(workbench);
  allOpen.set(workbench.storage, known);
  return known;
}

/** The runs of one study. `roles`: patterns; null: all. */
interface StudyRuns {
  studyId: number;
  roles: readonly string[] | null;
}

/**
 * Every cluster, for the runs of one study that go there, even where none does yet: a person may add or choose one while
 * the study is at work.
 */
export function studyClusters(workbench: Workbench, runs: StudyRuns): Executor {
  const known = new Map<string, { cluster: Cluster; workers: Executor }>();
  const begin = (cluster: Cluster): Executor => {
    const workers = clusterWorkers(workbench, cluster, runs);
    known.set(cluster.name, { cluster, workers });
    return workers;
  };
  const unlisten = onClusterSaved(workbench, (cluster) => {
    const before = known.get(cluster.name);
    if (before && !isMoved(before.cluster, cluster)) return;
    all.add(begin(cluster));
    detach(before?.workers.stop());
  });
  const all = new SeveralExecutors(listClusters(workbench).map(begin), unlisten);
  return all;
}

/** Jobs on a cluster for the runs of one study that go there. */
export function clusterWorkers(workbench: Workbench, cluster: Cluster, { studyId, roles }: StudyRuns): Executor {
  const { studyRuns } = workbench.storage;
  const placements = slurmPlacements(workbench.storage);
  const { name: place, engine } = cluster;
  const { executor, release } = openClusters(workbench).hold(cluster);
  return sharedExecutor({
    cluster: executor,
    release,
    take: (pack, limit, perTask, now, first) =>
      placements.take(pack, { engine, studyId, roles, place, limit }, perTask, now, first),
    isOwn: (run) => studyRuns.removed(studyId, [run]).length === 0,
    count: () => placements.count(studyId, place, roles),
    stopAll: () => placements.stopAll(studyId, place),
  });
}

const creditSchema = z.object({ calls: z.number(), at: z.number() });

function creditStore({ storage, now }: Workbench, cluster: string): CreditStore {
  const name = `cluster-calls:${cluster}`;
  return {
    read: () => storage.settings.get(name, creditSchema),
    write: (credit) => storage.settings.set(name, credit, now()),
  };
}

/** Names this data folder's part of a shared folder. */
function hostIdentity({ settings }: Storage): string {
  const known = settings.get('host', z.string());
  if (known !== undefined) return known;
  const identity = randomUUID();
  settings.set('host', identity, Date.now());
  return identity;
}

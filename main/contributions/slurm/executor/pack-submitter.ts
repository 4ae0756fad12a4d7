import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { PackedRun } from '../contract/placement.ts';
import type { Cluster } from '../profile/cluster.ts';
import type { ClusterQueue, Placed } from './cluster-queue.ts';
import { isStorageError } from './folder-error.ts';
import { jobScript } from './job-script.ts';
import type { PacedScheduler } from './pace.ts';
import type { SharedFiles } from './shared-files.ts';

/** Runs that the cluster may be given, e.g. those of one study. */
export interface Claims {
  /** Gives claimable runs to a pack, by task, from the task `first` on. */
  take(pack: string, limit: number, runsPerTask: number, now: number, first?: number): PackedRun[][];
  isPaused(): boolean;
}

interface SubmitterOptions {
  cluster: Cluster;
  files: SharedFiles;
  queue: Pick<ClusterQueue, 'list' | 'submitted'>;
  scheduler: PacedScheduler;
  /** Name of jobs in `squeue`, before a part of the pack's. */
  name: string;
  /** Milliseconds in which runs are gathered before they are submitted. */
  gather: number;
  now: () => number;
  /** Whether nothing may be stored any more. */
  isEnded: () => boolean;
  giveBack: (placed: Placed, note: string) => void;
}

/** Runs that are claimed in one go: some milliseconds. */
const runsAtOnce = 40;

/** Milliseconds until a pack is tried again that the shared folder refused. */
const refusedPause = 30_000;

/** Refusals after which the runs of a pack are given back, to be packed again as the profile then says. */
const refusalsOfPack = 2;

/** Gives claimable runs to packs, and submits these. What fails with one pack or one study does not keep others back. */
export class PackSubmitter {
  /** Why runs could not be given to a pack at the last try, or null. */
  refused: unknown = null;
  readonly #options: SubmitterOptions;
  readonly #claims = new Set<Claims>();
  /** Packs that are written and for sure not submitted. Of all others the cluster may know a job. */
  readonly #fresh = new Set<string>();
  readonly #refusals = new Map<string, number>();
  #cluster: Cluster;
  #claimableSince: number | null = null;

  constructor(options: SubmitterOptions) {
    this.#options = options;
    this.#cluster = options.cluster;
  }

  /** Whether there may be runs to claim. */
  get isClaiming(): boolean {
    return this.#claimableSince !== null;
  }

  /** Packs of the next jobs are made as this says, and so is what the scheduler refused before. */
  setCluster(cluster: Cluster): void {
    this.#cluster = cluster;
    for (const pack of this.#refusals.keys()) this.#refusals.set(pack, refusalsOfPack);
    this.#options.scheduler.submitSoon();
  }

  /** @returns a function that ends that */
  add(claims: Claims): () => void {
    this.#claims.add(claims);
    this.refill();
    return () => this.#claims.delete(claims);
  }

  refill(): void {
    this.#claimableSince ??= performance.now();
  }

  /** Whether the cluster knows no job for this pack for sure. */
  isUnsubmitted(pack: string): boolean {
    return this.#fresh.has(pack);
  }

  /** Submits what is left, gives what can be claimed to packs, and submits these. @throws the first error, at the end */
  async fill(): Promise<void> {
    let error = await this.#submitLeft();
    if (this.#claimableSince !== null && performance.now() - this.#claimableSince >= this.#options.gather) {
      this.#claimableSince = null;
      this.refused = null;
      for (const claims of this.#claims) {
        const refused = await errorOf(this.#pack(claims));
        this.refused ??= refused;
      }
      if (this.refused !== null) this.#claimableSince = performance.now() + refusedPause;
      error ??= this.refused;
      error = (await this.#submitLeft()) ?? error;
    }
    if (error !== null) throw error;
  }

  async #pack(claims: Claims): Promise<void> {
    const { files, queue, giveBack } = this.#options;
    const pack = randomUUID();
    const tasks = claims.isPaused() ? [] : await this.#take(pack, claims);
    if (tasks.length === 0) return;
    // There may be more.
    this.refill();
    try {
      await files.write(pack, tasks, this.#cluster.cores);
      this.#fresh.add(pack);
    } catch (error) {
      for (const placed of queue.list()) if (placed.pack === pack) giveBack(placed, 'the shared folder refused it');
      throw error;
    }
  }

  /** Runs for a pack, claimed some at a time. */
  async #take(pack: string, claims: Claims): Promise<PackedRun[][]> {
    const { tasksPerJob, runsPerTask } = this.#cluster;
    const { isEnded, now } = this.#options;
    const tasks: PackedRun[][] = [];
    const atOnce = Math.max(1, Math.floor(runsAtOnce / runsPerTask));
    while (tasks.length < tasksPerJob && !isEnded()) {
      const wanted = Math.min(atOnce, tasksPerJob - tasks.length);
      const some = claims.take(pack, wanted * runsPerTask, runsPerTask, now(), tasks.length);
      tasks.push(...some);
      if (some.flat().length < wanted * runsPerTask) break;
      await setImmediate();
    }
    return tasks;
  }

  /** Submits packs, as many as may be now, those first that were refused least often. Gives the first error, or null. */
  async #submitLeft(): Promise<unknown> {
    const { queue, scheduler, isEnded } = this.#options;
    const left = Map.groupBy(
      queue.list().filter(({ job }) => job === null),
      ({ pack }) => pack,
    );
    for (const pack of this.#refusals.keys()) if (!left.has(pack)) this.#refusals.delete(pack);
    let first = await this.#findUnknown(left);
    const wanted = [...left].filter(([, placed]) => !isToStop(placed));
    if (wanted.length === 0) scheduler.submitNothing();
    const refusals = (pack: string): number => this.#refusals.get(pack) ?? 0;
    for (const [pack, placed] of wanted.sort(([a], [b]) => refusals(a) - refusals(b))) {
      if (!this.#fresh.has(pack)) continue;
      if (isEnded() || !scheduler.maySubmit()) break;
      const refused = await errorOf(this.#submit(pack, placed));
      first ??= refused;
    }
    return first;
  }

  /**
   * Packs of an earlier host, or without an answer, may be known to the cluster: that is asked before one is submitted
   * again or taken back. Gives the first error of the shared folder, or null.
   */
  async #findUnknown(left: ReadonlyMap<string, readonly Placed[]>): Promise<unknown> {
    const { queue, scheduler, giveBack, files } = this.#options;
    const unknown = [...left].filter(([pack]) => !this.#fresh.has(pack));
    if (unknown.length === 0 || !scheduler.mayCall()) return null;
    if (!scheduler.maySubmit() && !unknown.some(([, placed]) => isToStop(placed))) return null;
    const found = await scheduler.find(unknown.map(([pack]) => this.#nameOf(pack)));
    let first: unknown = null;
    for (const [pack, placed] of unknown) {
      const job = found.get(this.#nameOf(pack));
      const isRefused = (this.#refusals.get(pack) ?? 0) >= refusalsOfPack;
      const settle = async (): Promise<void> => {
        if (job !== undefined) queue.submitted(pack, job);
        else if (!isRefused && (await files.pack(pack).isWritten())) this.#fresh.add(pack);
        else for (const each of placed) giveBack(each, isRefused ? 'Slurm refused its job' : 'not submitted');
      };
      const refused = await errorOf(settle());
      first ??= refused;
    }
    return first;
  }

  async #submit(pack: string, placed: readonly Placed[]): Promise<void> {
    const { files, queue, scheduler } = this.#options;
    const tasks = Math.max(...placed.map(({ task }) => task)) + 1;
    const script = jobScript({
      cluster: this.#cluster,
      name: this.#nameOf(pack),
      tasks,
      pack: files.there(pack),
    });
    const path = await files.writeScript(pack, script);
    this.#fresh.delete(pack);
    this.#refusals.set(pack, (this.#refusals.get(pack) ?? 0) + 1);
    queue.submitted(pack, await scheduler.submit(path));
    this.#refusals.delete(pack);
  }

  #nameOf(pack: string): string {
    return `${this.#options.name}-${pack.slice(0, 8)}`;
  }
}

const isToStop = (placed: readonly Placed[]): boolean => placed.every(({ toStop }) => toStop);

/** What work fails with, or null. @throws what the store fails with */
async function errorOf(work: Promise<void>): Promise<unknown> {
  try {
    await work;
    return null;
  } catch (error) {
    if (isStorageError(error)) throw error;
    return error;
  }
}

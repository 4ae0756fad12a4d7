import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from './profile/cluster.ts';
import { type ClusterCheck, type ClusterFinding, clusterCheckSchema } from './profile/cluster-check.ts';
import { canonicalJson } from '../../domain/plans/index.ts';
import { safeFileName } from '../../domain/data/index.ts';
import { sha256, writeFileAtomic } from '../../files/index.ts';
import type { Tools } from '../../services/tools/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';
import { checkCluster, type CheckOptions } from './check/check.ts';
import { findCluster } from './profiles.ts';
import { kept } from '../../domain/numbers/index.ts';

type CheckTools = Pick<Tools, 'workbench' | 'changes' | 'jobs' | 'launcher'>;

/** One file a profile: a check says nothing about another one. */
function fileOf({ storage }: Workbench, cluster: Cluster): string {
  const profile = sha256(canonicalJson(cluster)).slice(0, 16);
  return join(storage.folder, 'clusters', 'checks', `${safeFileName(cluster.name)}-${profile}.json`);
}

/** The outcome of the last check of a cluster with this profile; null: none is known. */
export function lastCheck(workbench: Workbench, cluster: Cluster): ClusterCheck | null {
  const path = fileOf(workbench, cluster);
  if (!existsSync(path)) return null;
  try {
    return clusterCheckSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // The file is of another version, or damaged: the cluster can be checked again.
    return null;
  }
}

export const keepCheck = (workbench: Workbench, cluster: Cluster, check: ClusterCheck): void =>
  writeFileAtomic(fileOf(workbench, cluster), `${JSON.stringify(check, null, 1)}\n`);

/** Checks of clusters, as jobs of this host. */
export class ClusterChecks {
  readonly #tools: CheckTools;
  readonly #options: Partial<CheckOptions>;
  readonly #closing = new AbortController();
  readonly #underWay = new Map<string, { job: string; end: Promise<void> }>();

  constructor(tools: CheckTools, options: Partial<CheckOptions> = {}) {
    this.#tools = tools;
    this.#options = options;
  }

  /** Gives the job's id: that of the check under way, if there is one. @throws UserError `cluster.not-found` */
  start(name: string): string {
    const known = this.#underWay.get(name);
    if (known) return known.job;
    const { workbench, jobs, launcher, changes } = this.#tools;
    const cluster = findCluster(workbench, name);
    const ended = Promise.withResolvers<void>();
    const about = { kind: 'cluster-check', title: `Check cluster ${name}`, study: null, link: '/machine' } as const;
    const job = jobs.run(about, async (handle, signal) => {
      try {
        const check = await checkCluster(workbench, cluster, {
          launcher,
          signal: AbortSignal.any([signal, this.#closing.signal]),
          onProgress: (note) => handle.update({ note }),
          onFinding: ({ state, what, remedy }: ClusterFinding) => {
            if (state !== 'ok') handle.log([what, remedy].filter((text) => text !== null).join('. '));
          },
          ...this.#options,
        });
        keepCheck(workbench, cluster, check);
        return check.state === 'ok' ? `${name} is ready` : undefined;
      } finally {
        this.#underWay.delete(name);
        ended.resolve();
        changes.publish('clusters');
      }
    });
    this.#underWay.set(name, { job, end: ended.promise });
    return job;
  }

  /** Ends all checks: their jobs are cancelled, and their folders removed. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#underWay.values()].map(({ end }) => end));
  }
}

const allChecks = new WeakMap<Workbench['storage'], ClusterChecks>();

/** The checks of a host of pages. */
export const checksOf = (tools: CheckTools): ClusterChecks =>
  kept(allChecks, tools.workbench.storage, () => new ClusterChecks(tools));

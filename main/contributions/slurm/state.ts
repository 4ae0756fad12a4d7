import type { Tools } from '../../services/tools/index.ts';
import { lastCheck } from './checks.ts';
import type { ClusterState, DamagedProfile } from './profile/cluster-state.ts';
import { giveUpRuns, readClusters, removeCluster, removeDamaged, saveProfile } from './profiles.ts';
import { slurmPlacements } from './storage/placements.ts';
import { clusterTroubles } from './trouble.ts';

type ClusterTools = Pick<Tools, 'workbench' | 'changes'>;

/** Every cluster with its profile, what is there now and what is wrong with it. */
export function clusterStates({ workbench }: ClusterTools): { clusters: ClusterState[]; damaged: DamagedProfile[] } {
  const { clusters, damaged } = readClusters(workbench);
  const places = slurmPlacements(workbench.storage);
  const counts = places.counts();
  const troubles = clusterTroubles(workbench);
  const count = (name: string, isRunning: boolean): number =>
    counts.find(({ cluster, running }) => cluster === name && running === isRunning)?.count ?? 0;
  return {
    clusters: clusters.map((profile) => ({
      profile,
      pending: count(profile.name, false),
      running: count(profile.name, true),
      studies: places.studiesGoingTo(profile.name),
      troubles: troubles.list(profile.name),
      check: lastCheck(workbench, profile),
    })),
    damaged,
  };
}

/** @throws UserError `cluster.*`, `file.*` */
export function saveClusterProfile(
  { workbench, changes }: ClusterTools,
  text: string,
  replaces: string | null,
): string {
  const name = saveProfile(workbench, text, replaces);
  changes.publish('clusters');
  return name;
}

/** @throws UserError `cluster.in-use` */
export function removeClusterProfile({ workbench, changes }: ClusterTools, name: string): void {
  removeCluster(workbench, name);
  clusterTroubles(workbench).forget(name);
  changes.publish('clusters');
}

/** Takes back all runs on a cluster that is gone for good; gives their number. @throws UserError `cluster.not-found` */
export function giveUpCluster({ workbench, changes }: ClusterTools, name: string): number {
  const count = giveUpRuns(workbench, name);
  for (const topic of ['studies', 'runs', 'clusters'] as const) changes.publish(topic);
  return count;
}

export function removeDamagedProfile({ workbench, changes }: ClusterTools, file: string): void {
  removeDamaged(workbench, file);
  changes.publish('clusters');
}

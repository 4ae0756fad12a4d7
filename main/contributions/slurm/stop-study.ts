import { listClusters } from './profiles.ts';
import { openClusters } from './open-clusters.ts';
import { slurmPlacements } from './storage/placements.ts';
import { findStudy, type Workbench } from '../../services/workbench/index.ts';

/** Notes that runs of a study on clusters are to come back; gives their number. @throws UserError `study.not-found` */
export const askStopOnClusters = (workbench: Workbench, study: string): number =>
  workbench.storage.placements.stopAll(findStudy(workbench, study).id);

/** Has them save a checkpoint and stop, and resolves once none is there any more. @throws UserError `study.not-found` */
export async function stopOnClusters(workbench: Workbench, name: string): Promise<void> {
  const study = findStudy(workbench, name);
  const placements = slurmPlacements(workbench.storage);
  const open = listClusters(workbench)
    .filter((cluster) => placements.count(study.id, cluster.name) > 0)
    .map((cluster) => ({ cluster, ...openClusters(workbench).hold(cluster) }));
  await Promise.all(
    open.map(async ({ cluster, executor, release }) => {
      executor.follow();
      await executor.idleFor(() => placements.count(study.id, cluster.name) === 0);
      await release();
    }),
  );
}

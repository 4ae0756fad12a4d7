import type { Cluster } from '../../contract/cluster.ts';
import { UserError } from '../../contract/errors.ts';
import type { StudyRecord } from '../../storage/index.ts';
import { pinnedEngine } from '../declaration/plan.ts';
import type { Workbench } from '../tools/workbench.ts';
import { findCluster } from './profiles.ts';

/**
 * Says where the trainings of a study go from now on: to a cluster, or to this computer (null). Those that are on a
 * cluster already stay there; short runs are always done here.
 * @throws UserError `cluster.not-found`, `cluster.other-engine`
 */
export function placeStudy(workbench: Workbench, study: StudyRecord, cluster: string | null): void {
  if (cluster !== null) checkEngine(workbench, study, cluster);
  workbench.storage.placements.placeStudy(study.id, cluster);
}

/** Says where single runs go, as `placeStudy`. @throws UserError `cluster.not-found`, `cluster.other-engine` */
export function placeRuns(
  workbench: Workbench,
  study: StudyRecord,
  ids: readonly number[],
  cluster: string | null,
): void {
  if (cluster !== null) checkEngine(workbench, study, cluster);
  workbench.storage.placements.placeRuns(ids, cluster);
}

function checkEngine(workbench: Workbench, study: StudyRecord, name: string): void {
  const cluster = findCluster(workbench, name);
  const obstacle = engineObstacle(study, cluster);
  if (obstacle === null) return;
  throw new UserError(
    'cluster.other-engine',
    obstacle,
    `study ${study.name}`,
    `Set the engine of the study to "auto" or "${cluster.engine}", or choose another cluster.`,
  );
}

/** Why trainings of a study cannot go to a cluster, as a clause; null: they can. */
export function engineObstacle({ spec }: StudyRecord, { name, engine }: Cluster): string | null {
  const pinned = pinnedEngine(spec);
  if (pinned === null || pinned === engine) return null;
  return `The study asks for the engine ${pinned}, and the cluster ${name} has ${engine}`;
}

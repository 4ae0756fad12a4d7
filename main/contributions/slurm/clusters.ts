import { UserError } from '../../contract/wire/index.ts';
import { pinnedEngine } from '../../services/declaration/index.ts';
import type { ClusterNews, Clusters, Workbench } from '../../services/workbench/index.ts';
import type { StudyRecord } from '../../storage/index.ts';
import { openClusters, studyClusters } from './open-clusters.ts';
import type { Cluster, ClusterPart } from './profile/cluster.ts';
import { findCluster, listClusters } from './profiles.ts';
import { clusterTroubles } from './trouble.ts';
import { waitingWords, workOn } from './work-on.ts';

/** The Slurm clusters of a data folder. */
export const slurmClusters = (workbench: Workbench): Clusters => ({
  choices: (study) =>
    listClusters(workbench).map((cluster) => ({ name: cluster.name, obstacle: engineObstacle(study, cluster) })),
  check: (study, name) => checkEngine(study, findCluster(workbench, name)),
  workers: (study) => studyClusters(workbench, study),
  follow: (listener) => openClusters(workbench).follow(listener),
  wake: () => openClusters(workbench).wake(),
  close: () => openClusters(workbench).close(),
  waiting: waitingWords,
  workOn: (runs) => workOn(workbench, runs),
  onNews: (listener) => onNews(workbench, listener),
  stopCommand: (study) => `boundary study stop ${study}`,
});

/** @throws UserError `cluster.other-engine` */
function checkEngine(study: StudyRecord, cluster: Cluster): void {
  const obstacle = engineObstacle(study, cluster);
  if (obstacle === null) return;
  throw new UserError(
    'cluster.other-engine',
    obstacle,
    `study ${study.name}`,
    `Set the engine of the study to "auto" or "${cluster.engine}", or choose another cluster.`,
  );
}

function engineObstacle({ spec }: StudyRecord, { name, engine }: Cluster): string | null {
  const pinned = pinnedEngine(spec);
  if (pinned === null || pinned === engine) return null;
  return `The study asks for the engine ${pinned}, and the cluster ${name} has ${engine}`;
}

const wellAgain: Record<ClusterPart, string> = {
  login: 'it answers again',
  folder: 'the shared folder can be used again',
  submit: 'Slurm takes jobs again',
  tasks: 'all tasks can begin again',
};

const onNews = (workbench: Workbench, listener: (news: ClusterNews) => void): (() => void) =>
  clusterTroubles(workbench).onChange(({ cluster, part, trouble, isNew }) => {
    if (!isNew) return;
    if (trouble) listener({ type: 'warning', message: `${trouble.what} (${trouble.where}). ${trouble.remedy}` });
    else listener({ type: 'step', name: `Cluster ${cluster}`, detail: wellAgain[part], seconds: null });
  });

import { UserError } from '../../contract/errors.ts';
import { pinnedEngine } from '../../services/declaration/plan.ts';
import type { Clusters, ClusterNews, WaitingWords } from '../../services/tools/clusters.ts';
import type { Workbench } from '../../services/tools/workbench.ts';
import type { StudyRecord } from '../../storage/index.ts';
import { openClusters, studyClusters } from './open-clusters.ts';
import type { Cluster, ClusterPart } from './profile/cluster.ts';
import { lostWords, pendingReason } from './profile/slurm-reasons.ts';
import { findCluster, listClusters, readClusters } from './profiles.ts';
import { clusterTroubles } from './trouble.ts';

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
  troubles: (names) => troublesOf(workbench, names),
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

function waitingWords({ state, reason }: Parameters<Clusters['waiting']>[0]): WaitingWords | null {
  switch (state) {
    case 'running':
      return null;
    case 'packed':
      return { what: 'not submitted yet', more: '' };
    case 'lost':
      return { what: lostWords(reason), more: '' };
    case 'pending':
    case 'held': {
      const { what, remedy } = pendingReason(reason);
      const words = [reason === null ? null : `Slurm: ${reason}.`, remedy];
      return { what, more: words.filter((each) => each !== null).join(' ') };
    }
  }
}

function troublesOf(workbench: Workbench, names: readonly string[]): string[] {
  const known = new Set(readClusters(workbench).clusters.map(({ name }) => name));
  const troubles = clusterTroubles(workbench);
  return names.flatMap((name) =>
    known.has(name)
      ? troubles.list(name).map(({ what, remedy }) => `Cluster ${name}: ${what.replace(/\.$/, '')}. ${remedy}`)
      : [
          `The profile of the cluster ${name} is missing or damaged. Add it again on the Machine screen, or have these runs done elsewhere: Models screen, “Trainings run on”.`,
        ],
  );
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

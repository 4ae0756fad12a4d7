import { formatCount } from '../../domain/numbers/index.ts';
import { clusterOf, type ClusterWork, type WaitingWords, type Workbench } from '../../services/workbench/index.ts';
import type { StudyRun } from '../../storage/index.ts';
import type { Placement } from './contract/placement.ts';
import { lostWords, pendingReason } from './profile/slurm-reasons.ts';
import { readClusters } from './profiles.ts';
import { clusterTroubles } from './trouble.ts';

/** What clusters do for these runs of a study, and what is wrong there now. */
export function workOn(workbench: Workbench, runs: readonly StudyRun[]): ClusterWork {
  const byCluster = Map.groupBy(runs, clusterOf);
  const here = byCluster.get(null) ?? [];
  byCluster.delete(null);
  const names = [...byCluster.keys()].flatMap((name) => name ?? []).sort();
  const hereNow = here.filter(({ state }) => state === 'running').length;
  const counts = names.map((name) => describe(name, byCluster.get(name) ?? []));
  const troubles = troublesOf(workbench, names);
  return {
    reasons: [...troubles, ...counts, ...(hereNow > 0 ? [`${hereNow} running on this computer.`] : [])],
    ...(troubles.length > 0 && {
      more: [{ label: 'Show the clusters', goal: null, link: '/machine', cost: null }],
    }),
  };
}

/** `4 running on lab; 12 queued there: other jobs come first.` */
function describe(cluster: string, runs: readonly StudyRun[]): string {
  const running = runs.filter(({ there, state }) => there !== null && state === 'running').length;
  const waiting = runs.filter(({ there, state }) => there !== null && state !== 'running');
  const next = runs.filter(({ there }) => there === null).length;
  const parts = [
    running > 0 && `${running} running on ${cluster}`,
    waiting.length > 0 && `${waiting.length} queued ${running > 0 ? 'there' : `on ${cluster}`}${whyWaiting(waiting)}`,
    next > 0 &&
      `${formatCount(next, 'run')} to be submitted ${running + waiting.length > 0 ? 'there' : `to ${cluster}`}`,
  ].filter((part) => part !== false);
  return `${parts.join('; ')}.`;
}

/** Reasons that are named. */
const named = 3;

/** The reasons that most of them have, with the number of runs where they differ. */
function whyWaiting(waiting: readonly StudyRun[]): string {
  const counts = new Map<string, number>();
  for (const { there } of waiting) {
    const words = there && there.state !== 'packed' ? waitingWords(there) : null;
    if (words) counts.set(words.what, (counts.get(words.what) ?? 0) + 1);
  }
  const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, named);
  if (most.length === 0) return '';
  return `: ${most.map(([why, count]) => (count === waiting.length ? why : `${why} (${count})`)).join(', ')}`;
}

/** Why a task of a run waits, or how it ended; null: it runs. */
export function waitingWords({ state, reason }: Pick<Placement, 'state' | 'reason'>): WaitingWords | null {
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

/** What is wrong with these clusters now and how to fix it, a sentence or two each. */
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

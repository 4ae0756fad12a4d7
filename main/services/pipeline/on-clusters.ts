import type { StepAction } from '../../contract/api/studies.ts';
import { formatCount } from '../../domain/format.ts';
import type { StudyRun } from '../../storage/index.ts';
import { waitingWords } from '../tools/clusters.ts';
import type { Workbench } from '../tools/workbench.ts';
import type { Facts } from './facts.ts';

interface ClusterWork {
  state: 'running' | 'queued';
  reasons: string[];
  /** Ways to fix what is wrong. */
  more?: StepAction[];
}

const isOpen = ({ state }: StudyRun): boolean => state === 'queued' || state === 'interrupted' || state === 'running';

/** What clusters do for the runs in these roles, or will if a job works on them; null: nothing. */
export function workOnClusters({ workbench, links }: Facts, roles: RegExp, hasJob: boolean): ClusterWork | null {
  const runs = links.filter(
    (run) =>
      isOpen(run) && !run.held && roles.test(run.role) && (hasJob || run.there !== null || run.state === 'running'),
  );
  const of = (run: StudyRun): string | null => run.there?.cluster ?? (run.state === 'running' ? null : run.place);
  const byCluster = Map.groupBy(runs, of);
  const here = byCluster.get(null) ?? [];
  byCluster.delete(null);
  if (byCluster.size === 0) return null;
  const names = [...byCluster.keys()].flatMap((name) => name ?? []).sort();
  const running = runs.some(({ state }) => state === 'running');
  const hereNow = here.filter(({ state }) => state === 'running').length;
  const counts = names.flatMap((name) => describe(workbench, name, byCluster.get(name) ?? []));
  const troubles = troublesOf(workbench, names);
  return {
    state: running ? 'running' : 'queued',
    reasons: [...troubles, ...counts, ...(hereNow > 0 ? [`${hereNow} running on this computer.`] : [])],
    ...(troubles.length > 0 && { more: [showClusters] }),
  };
}

const showClusters: StepAction = { label: 'Show the clusters', goal: null, link: '/machine', cost: null };

/** `4 running on lab; 12 queued there: other jobs come first.` */
function describe(workbench: Workbench, cluster: string, runs: readonly StudyRun[]): string[] {
  const running = runs.filter(({ there, state }) => there !== null && state === 'running').length;
  const waiting = runs.filter(({ there, state }) => there !== null && state !== 'running');
  const next = runs.filter(({ there }) => there === null).length;
  const parts = [
    running > 0 && `${running} running on ${cluster}`,
    waiting.length > 0 &&
      `${waiting.length} queued ${running > 0 ? 'there' : `on ${cluster}`}${whyWaiting(workbench, waiting)}`,
    next > 0 &&
      `${formatCount(next, 'run')} to be submitted ${running + waiting.length > 0 ? 'there' : `to ${cluster}`}`,
  ].filter((part) => part !== false);
  return [`${parts.join('; ')}.`];
}

/** Reasons that are named. */
const named = 3;

/** The reasons that most of them have, with the number of runs where they differ. */
function whyWaiting({ clusters }: Workbench, waiting: readonly StudyRun[]): string {
  const counts = new Map<string, number>();
  for (const { there } of waiting) {
    const words = there && there.state !== 'packed' ? waitingWords(clusters, there) : null;
    if (words) counts.set(words.what, (counts.get(words.what) ?? 0) + 1);
  }
  const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, named);
  if (most.length === 0) return '';
  return `: ${most.map(([why, count]) => (count === waiting.length ? why : `${why} (${count})`)).join(', ')}`;
}

/** What is wrong with these clusters now, a sentence or two each, and how to fix it. */
function troublesOf({ clusters }: Workbench, names: readonly string[]): string[] {
  if (clusters.length > 0) return clusters.flatMap((each) => each.troubles(names));
  return names.map(
    (name) =>
      `This version of the program cannot reach ${name}. Have these runs done elsewhere: Models screen, “Trainings run on”.`,
  );
}

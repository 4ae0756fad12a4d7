import type { StepAction } from '../../contract/api/studies.ts';
import type { PlacedState } from '../../contract/runs/run.ts';
import type { Executor, RunChange } from '../../executors/executor.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import type { StudyRun } from '../../storage/study-runs.ts';

/** Hears of runs on clusters, also of those of studies that no job works on. */
export interface ClusterListener {
  onRun: (change: RunChange) => void;
  /** A cluster reported anew which tasks wait and run. */
  onObserved: () => void;
}

/** What a person who waits for a study learns of clusters: what goes wrong, and that it works again. */
export type ClusterNews =
  | { type: 'warning'; message: string }
  | { type: 'step'; name: string; detail: string; seconds: null };

/** Why a task does not run. `more`: the cluster's own word and what to do; may be empty. */
export interface WaitingWords {
  what: string;
  more: string;
}

/** The task of a run on a cluster: its state, and why it waits, in the cluster's word. */
interface PlacedTask {
  state: PlacedState;
  reason: string | null;
}

/** What clusters do for runs of a study. `more`: ways to fix what is wrong. */
export interface ClusterWork {
  reasons: string[];
  more?: StepAction[];
}

/**
 * Computers other than this one that trainings can go to. `storage.placements` stores which runs are there; a contribution
 * does them. Hosts give the workbench what contributions offer; a process that has none leaves such runs alone.
 */
export interface Clusters {
  /** Their names. `obstacle`: why trainings of the study cannot go there, as a clause; null: they can. */
  choices(study: StudyRecord): { name: string; obstacle: string | null }[];
  /** @throws UserError where there is no such cluster, or trainings of the study cannot go there */
  check(study: StudyRecord, cluster: string): void;
  /** What does the runs of one study that go there. The caller starts it. @param roles patterns; null: all */
  workers(study: { studyId: number; roles: readonly string[] | null }): Executor;
  /** From now on, reads what becomes of all runs that are there, until `close`. */
  follow(listener: ClusterListener): void;
  /** Looks at once, because something is to stop or was changed. */
  wake(): void;
  /** Lets go of them. Runs go on there. */
  close(): Promise<void>;
  /** Why a task of a run waits, or how it ended; null: it runs. */
  waiting(task: PlacedTask): WaitingWords | null;
  /** What clusters do for these runs, and what is wrong there now. At least one of them is on a cluster, or goes to one. */
  workOn(runs: readonly StudyRun[]): ClusterWork;
  /** @returns a function that removes the listener */
  onNews(listener: (news: ClusterNews) => void): () => void;
  /** The command that has the runs of a study save a checkpoint and come back. */
  stopCommand(study: string): string;
}

/** Why a task of a run waits, or how it ended; null: it runs, or nothing here knows. */
export const waitingWords = (clusters: readonly Clusters[], task: PlacedTask): WaitingWords | null =>
  clusters.map((each) => each.waiting(task)).find((words) => words !== null) ?? null;

/** The cluster that an open run is on, or goes to; null: this computer. */
export const clusterOf = ({ there, state, place }: StudyRun): string | null =>
  there?.cluster ?? (state === 'running' ? null : place);

import type { Job, JobState } from '../../contract/api/jobs.ts';
import type { ShownRunState } from '../../contract/api/runs.ts';
import type { PipelineStep, Status } from '../../contract/wire/status.ts';
import type { RunState } from '../../contract/runs/run.ts';

/** A state as screens and the command line show it: of a study, a step, a run or a job. */
export type ShownState = Status | 'stopping' | 'cancelled';

const words: Record<ShownState, string> = {
  none: 'Not started',
  blocked: 'Blocked',
  queued: 'Queued',
  running: 'Running',
  paused: 'Paused',
  stopping: 'Stopping',
  stopped: 'Stopped',
  partial: 'Partly done',
  done: 'Done',
  stale: 'Stale',
  missed: 'Missed target',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

const meanings: Partial<Record<ShownState, string>> = {
  paused: 'It stays in the queue, and continues when you resume it',
  stopped: 'It has left the queue, and resumes from its last checkpoint when you start it again',
};

/** What a state means, where its word alone does not say it; undefined: it does. */
export const stateMeaning = (state: ShownState): string | undefined => meanings[state];

/** Why all runs are paused. */
export const pausedWords = 'All training is paused; it stays in the queue until resumed.';

export const stateWord = (state: ShownState): string => words[state];

const ofRuns: Record<ShownRunState, ShownState> = {
  running: 'running',
  queued: 'queued',
  held: 'paused',
  interrupted: 'stopped',
  unstarted: 'none',
  failed: 'failed',
  cancelled: 'cancelled',
  missed: 'missed',
  done: 'done',
};

export const runShownAs = (state: ShownRunState): ShownState => ofRuns[state];

const over: ReadonlySet<ShownRunState> = new Set(['done', 'missed', 'failed', 'cancelled']);

/** Whether nothing more happens to a run by itself. */
export const isRunOver = (state: ShownRunState): boolean => over.has(state);

/** Whether it can be tried again: it ended without a result. */
export const isRetryable = (state: ShownRunState): boolean => state === 'failed' || state === 'cancelled';

const ofJobs: Record<JobState, ShownState> = {
  waiting: 'queued',
  running: 'running',
  stopping: 'stopping',
  done: 'done',
  failed: 'failed',
  stopped: 'stopped',
};

export const jobShownAs = ({ state, paused }: Pick<Job, 'state' | 'paused'>): ShownState =>
  state === 'running' && paused ? 'paused' : ofJobs[state];

interface Run {
  state: RunState;
  held: boolean;
  attempts: number;
  /** Whether it ended without meeting any target. */
  missed: boolean;
}

/** Which runs may not work now: all, because the user paused training; or those of this computer, because of the hour. */
export type Pause = 'all' | 'here' | null;

/**
 * A run's state for a person: one that was cut off is queued while a job will resume it, and stopped otherwise.
 * @param working whether a job of this computer, or a cluster, will do the run; null: nothing
 */
export function shownRunState(
  { state, held, attempts, missed }: Run,
  working: 'here' | 'cluster' | null,
  pause: Pause,
): ShownRunState {
  if (state === 'queued' || state === 'interrupted') {
    if (held) return 'held';
    if (working !== null) return pause === 'all' || pause === working ? 'held' : 'queued';
    return attempts > 0 ? 'interrupted' : 'unstarted';
  }
  return missed ? 'missed' : state;
}

const stepTitles: Record<PipelineStep, string> = {
  'data-set': 'Data set',
  generator: 'Generator',
  stimuli: 'Stimuli',
  models: 'Models',
  labeling: 'Labeling',
  analysis: 'Results',
  report: 'Report',
};

export const stepTitle = (step: PipelineStep): string => stepTitles[step];

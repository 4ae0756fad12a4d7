import { remainingTime, type RunSummary } from '../../storage/index.ts';
import type { Workbench } from '../tools/workbench.ts';

interface RunningNow {
  label: string;
  /** Share done, 0 to 1; null while unknown. */
  share: number | null;
  note: string;
}

interface StudyProgress {
  running: RunningNow[];
  done: number;
  total: number;
  /** Estimated time until the queue is empty; null while it cannot be estimated. */
  secondsLeft: number | null;
}

/** @param workers number of runs at a time */
export function studyProgress({ storage, now }: Workbench, studyId: number, workers: number): StudyProgress {
  const runs = storage.runs.list({ studyId });
  const running = runs.filter((run) => run.state === 'running');
  return {
    running: running.map(({ label, progress }) => ({
      label,
      share: progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : null,
      note: progress?.note ?? '',
    })),
    done: runs.filter((run) => run.state === 'done').length,
    total: runs.length,
    secondsLeft: estimate(runs, running, workers, now()),
  };
}

/** Waiting runs are estimated from finished ones of the same kind, and spread over the workers. */
function estimate(
  runs: readonly RunSummary[],
  running: readonly RunSummary[],
  workers: number,
  now: number,
): number | null {
  const left = running.map((run) => remainingTime(run, now));
  if (left.some((ms) => ms === null)) return null;
  const known = left as number[];
  const waiting = runs.filter((run) => run.state === 'queued' || run.state === 'interrupted');
  const times = typicalTimes(runs);
  const typical = waiting.map((run) => times.get(family(run)) ?? null);
  if (typical.some((ms) => ms === null)) return null;
  const total = [...known, ...(typical as number[])].reduce((sum, ms) => sum + ms, 0);
  return Math.max(total / workers, ...known, 0) / 1000;
}

/** CNN2 is judged by CNN1. */
const family = ({ kind, label }: RunSummary): string => `${kind} ${label.replace(/[-\d.]+.*$/, '')}`;

/** Median time of finished runs of each family, in milliseconds. */
function typicalTimes(runs: readonly RunSummary[]): Map<string, number> {
  const finished = Map.groupBy(
    runs.filter(({ state }) => state === 'done'),
    family,
  );
  return new Map(
    [...finished].flatMap(([name, members]): [string, number][] => {
      const times = members
        .flatMap(({ startedAt, endedAt }) => (startedAt !== null && endedAt !== null ? [endedAt - startedAt] : []))
        .sort((a, b) => a - b);
      const median = times[times.length >> 1];
      return median === undefined ? [] : [[name, median]];
    }),
  );
}

import type { TimeRange } from '../../contract/api/jobs.ts';
import { togetherOn } from '../../domain/numbers/time-range.ts';
import type { Standing } from '../../domain/estimates/expect.ts';
import type { RunSummary } from '../../storage/runs/run-record.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { declaredDataSet } from '../declaration/data-set.ts';
import { forecast, standingOf } from '../estimates/forecast.ts';
import type { Settings } from '../workbench/settings.ts';
import type { Workbench } from '../workbench/workbench.ts';

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
  /** Share of the work that is done, 0 to 1, with what is done of runs that were cut off; null without work. */
  share: number | null;
  /**
   * Estimated time until the queue is empty, here and on clusters. Null while nothing is in it, and while a cluster has
   * begun none of the runs that go there: nobody knows when it will.
   */
  secondsLeft: TimeRange | null;
}

interface ProgressTools {
  readonly workbench: Workbench;
  readonly settings: Pick<Settings, 'get'>;
}

/**
 * @param workers number of runs at a time
 * @param since when the work began whose share is asked for, milliseconds since 1970: what was done before is no part of it
 */
export function studyProgress(tools: ProgressTools, study: StudyRecord, workers: number, since = 0): StudyProgress {
  const { storage } = tools.workbench;
  const runs = storage.runs.list({ studyId: study.id });
  const running = runs.filter((run) => run.state === 'running');
  const here = forecast(tools, declaredDataSet(tools.workbench, study));
  const trainings = storage.runTable.trainingsOf(study.id);
  const onCluster = storage.placements.onClusters(study.id);
  const timeOf = (run: RunSummary, standing: Standing | null): TimeRange => {
    const { id, kind } = run;
    const recipe = trainings.get(id)?.recipe;
    if (recipe) return here.training(recipe, standing);
    return here.runs(kind === 'classifier' || kind === 'generator' ? 'stimuli' : kind, 1);
  };
  const left = runs.flatMap((run): Left[] => {
    const works = run.state === 'running';
    if (!works && (run.held || !waiting.has(run.state))) return [];
    const place = onCluster.get(run.id) ?? trainings.get(run.id)?.cluster ?? null;
    return [{ place, works, time: timeOf(run, standingOf(run)) }];
  });
  const asked = runs.filter(({ state, endedAt }) => state !== 'done' || endedAt === null || endedAt >= since);
  const work = asked.map((run) => ({ all: timeOf(run, null).seconds, share: shareOf(run) }));
  const all = work.reduce((sum, run) => sum + run.all, 0);
  return {
    running: running.map((run) => ({
      label: run.label,
      share: run.progress && run.progress.total > 0 ? shareOf(run) : null,
      note: run.progress?.note ?? '',
    })),
    done: runs.filter((run) => run.state === 'done').length,
    total: runs.length,
    share: all === 0 ? null : work.reduce((sum, run) => sum + run.all * run.share, 0) / all,
    secondsLeft: left.length === 0 ? null : untilAllEnd(left, workers),
  };
}

/** What remains of a run, and where it is done; `place`: a cluster, null: this computer. */
interface Left {
  place: string | null;
  works: boolean;
  time: TimeRange;
}

/** The time until the last place is done: a cluster goes on with as many at a time as work there now. */
function untilAllEnd(left: readonly Left[], workers: number): TimeRange | null {
  const all: TimeRange[] = [];
  for (const [place, runs] of Map.groupBy(left, (each) => each.place)) {
    const atATime = place === null ? workers : runs.filter(({ works }) => works).length;
    if (atATime === 0) return null;
    all.push(
      togetherOn(
        runs.map(({ time }) => time),
        atATime,
      ),
    );
  }
  const latest = (key: keyof TimeRange): number => Math.max(...all.map((range) => range[key]));
  return { seconds: latest('seconds'), low: latest('low'), high: latest('high') };
}

/** A paused run keeps what it did. */
function shareOf({ state, progress }: RunSummary): number {
  if (state === 'done') return 1;
  const isOpen = state === 'running' || waiting.has(state);
  return isOpen && progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
}

const waiting: ReadonlySet<string> = new Set(['queued', 'interrupted']);

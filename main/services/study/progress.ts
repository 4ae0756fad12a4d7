import type { TaskKind } from '../../contract/runs/run.ts';
import type { TimeRange } from '../../contract/api/jobs.ts';
import { remainder, togetherOn } from '../../domain/numbers/time-range.ts';
import type { RunSummary } from '../../storage/runs/run-record.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { declaredDataSet } from '../declaration/data-set.ts';
import { bySpeed, type Forecast, forecast, ownSpeedFrom } from '../estimates/forecast.ts';
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
  /** Share of all runs that is done, 0 to 1, with what is done of runs that were cut off; null without runs. */
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

/** @param workers number of runs at a time */
export function studyProgress(tools: ProgressTools, study: StudyRecord, workers: number): StudyProgress {
  const { storage, now } = tools.workbench;
  const runs = storage.runs.list({ studyId: study.id });
  const running = runs.filter((run) => run.state === 'running');
  const here = forecast(tools, declaredDataSet(tools.workbench, study));
  const onCluster = storage.placements.onClusters(study.id);
  const placeOf = ({ id }: RunSummary): string | null => onCluster.get(id) ?? null;
  const left: Left[] = [
    ...running.map((run) => ({
      place: placeOf(run),
      works: true,
      time: remainingOf(run, tools.workbench, here, now()),
    })),
    ...storage.runTable.waitingRecipes(study.id).flatMap(({ recipe, cluster, count, rest }) => {
      const time = remainder(here.classifier(recipe), 1 - rest / count);
      return Array.from({ length: count }, () => ({ place: cluster, works: false, time }));
    }),
    ...runs
      .filter(({ state, held, kind }) => !held && kind !== 'classifier' && waiting.has(state))
      .map((run) => ({ place: placeOf(run), works: false, time: expected(run, tools.workbench, here) })),
  ];
  return {
    running: running.map((run) => ({
      label: run.label,
      share: run.progress && run.progress.total > 0 ? shareOf(run) : null,
      note: run.progress?.note ?? '',
    })),
    done: runs.filter((run) => run.state === 'done').length,
    total: runs.length,
    share: runs.length === 0 ? null : runs.reduce((sum, run) => sum + shareOf(run), 0) / runs.length,
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

function remainingOf(run: RunSummary, workbench: Workbench, here: Forecast, now: number): TimeRange {
  const share = shareOf(run);
  const left = share >= ownSpeedFrom ? bySpeed(run, now) : null;
  return left ?? remainder(expected(run, workbench, here), share);
}

/** All of a run, from its beginning. */
function expected({ id, kind }: { id: number; kind: TaskKind }, { storage }: Workbench, here: Forecast): TimeRange {
  if (kind !== 'classifier' && kind !== 'generator') return here.runs(kind, 1);
  const task = storage.runs.get(id)?.task;
  if (task?.kind === 'classifier') return here.classifier(task.recipe);
  return task?.kind === 'generator' ? here.generator(task.recipe) : here.runs('stimuli', 1);
}

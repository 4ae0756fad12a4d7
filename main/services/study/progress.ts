import type { TaskKind } from '../../contract/run.ts';
import { remainder, type TimeRange, togetherOn } from '../../domain/time-range.ts';
import { remainingTime, type RunSummary, type StudyRecord } from '../../storage/index.ts';
import { declaredDataSet } from '../declaration/data-set.ts';
import { type Forecast, forecast } from '../estimates/forecast.ts';
import type { Settings } from '../tools/settings.ts';
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
  /** Estimated time until the queue is empty; null while nothing is in it. */
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
  const left = [
    ...running.map((run) => remainingOf(run, tools.workbench, here, now())),
    ...storage.runTable
      .waitingRecipes(study.id)
      .flatMap(({ recipe, count, rest }) =>
        Array.from({ length: count }, () => remainder(here.classifier(recipe), 1 - rest / count)),
      ),
    ...runs
      .filter(({ state, held, kind }) => !held && kind !== 'classifier' && waiting.has(state))
      .map((run) => expected(run, tools.workbench, here)),
  ];
  return {
    running: running.map(({ label, progress }) => ({
      label,
      share: progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : null,
      note: progress?.note ?? '',
    })),
    done: runs.filter((run) => run.state === 'done').length,
    total: runs.length,
    secondsLeft: left.length === 0 ? null : togetherOn(left, workers),
  };
}

const waiting: ReadonlySet<string> = new Set(['queued', 'interrupted']);

/** From this share on, a run's own speed says more than the time of others. */
const ownSpeedFrom = 0.2;
/** How far the rest of a run may be from its average speed so far: its last step is an estimate too. */
const ownSpeed = { low: 0.6, high: 1.7 };

function remainingOf(run: RunSummary, workbench: Workbench, here: Forecast, now: number): TimeRange {
  const left = remainingTime(run, now);
  const share = run.progress && run.progress.total > 0 ? run.progress.done / run.progress.total : 0;
  if (left !== null && share >= ownSpeedFrom) {
    const seconds = left / 1000;
    return { seconds, low: seconds * ownSpeed.low, high: seconds * ownSpeed.high };
  }
  return remainder(expected(run, workbench, here), share);
}

/** All of a run, from its beginning. */
function expected({ id, kind }: { id: number; kind: TaskKind }, { storage }: Workbench, here: Forecast): TimeRange {
  if (kind !== 'classifier' && kind !== 'generator') return here.runs(kind, 1);
  const task = storage.runs.get(id)?.task;
  if (task?.kind === 'classifier') return here.classifier(task.recipe);
  return task?.kind === 'generator' ? here.generator(task.recipe) : here.runs('stimuli', 1);
}

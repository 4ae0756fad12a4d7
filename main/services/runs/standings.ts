import type { SeedMatrix } from '../../contract/api/models.ts';
import type { ShownRunState } from '../../contract/api/runs.ts';
import { shownRunState } from '../../domain/networks/status.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import type { StudyRun } from '../../storage/study-runs.ts';
import type { ModelIdentity } from '../declaration/plan.ts';
import { pauseNow } from '../workbench/settings.ts';
import type { Workbench } from '../workbench/workbench.ts';
import type { StatusTools } from '../pipeline/facts.ts';
import { covered } from './table.ts';
import type { Target } from '../../contract/recipes/recipes.ts';

type Cell = Omit<SeedMatrix['groups'][number]['cells'][number], 'repeat'>;

type Standing = 'done' | 'missed' | 'failed' | 'running' | 'waiting' | 'stopped' | 'cancelled' | 'missing';

const byState: Record<ShownRunState, Standing> = {
  queued: 'waiting',
  held: 'waiting',
  interrupted: 'stopped',
  unstarted: 'missing',
  running: 'running',
  failed: 'failed',
  cancelled: 'cancelled',
  missed: 'missed',
  done: 'missed',
};

/** Names of models that have a run which began. */
export const begunNames = (
  { storage }: Pick<Workbench, 'storage'>,
  { id }: Pick<StudyRecord, 'id'>,
): ReadonlySet<string> =>
  new Set(
    storage.studyRuns
      .list(id)
      .flatMap(({ kind, model, state, attempts }) =>
        kind === 'classifier' && model && (state !== 'queued' || attempts > 0) ? [model.modelName] : [],
      ),
  );

const shownRuns = 100;

export interface Standings {
  /** The training of a model; undefined: not queued. */
  run(model: string): StudyRun | undefined;
  /** How many of these models reached the target, and how the others stand. */
  count(models: readonly ModelIdentity[], target: Target): Cell;
}

/** How the trainings of a study stand. */
export function readStandings(tools: StatusTools, study: Pick<StudyRecord, 'id' | 'name'>): Standings {
  const { storage } = tools.workbench;
  const runs = new Map(
    storage.studyRuns.list(study.id).flatMap((link) => (link.kind === 'classifier' ? [[link.role, link]] : [])),
  );
  const isWorking = covered(tools.jobs, study.name);
  const pause = pauseNow(tools);
  const usable = storage.models
    .ofStudy(study.id)
    .filter(({ runState }) => runState !== 'failed' && runState !== 'cancelled');
  const reached = new Set(usable.map(({ runId, target }) => `${runId} ${target}`));
  const run = (model: string): StudyRun | undefined => runs.get(`models/${model}`);
  const standingOf = (found: StudyRun | undefined, target: Target): Standing => {
    if (!found) return 'missing';
    if (reached.has(`${found.runId} ${target}`)) return 'done';
    const place = found.there ? 'cluster' : isWorking(found.role) ? 'here' : null;
    return byState[shownRunState({ ...found, missed: false }, place, pause)];
  };
  return {
    run,
    count(models, target) {
      const none = { done: 0, missed: 0, failed: 0, running: 0, waiting: 0, stopped: 0, cancelled: 0, missing: 0 };
      const cell: Cell = { ...none, target, planned: models.length, runs: [] };
      for (const { name } of models) {
        const found = run(name);
        const standing = standingOf(found, target);
        cell[standing] += 1;
        if (found && standing !== 'done' && cell.runs.length < shownRuns) cell.runs.push(found.runId);
      }
      return cell;
    },
  };
}

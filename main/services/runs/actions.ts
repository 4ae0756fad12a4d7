import { type RunAction, runActions } from '../../contract/api/runs.ts';
import { forEachStep, runInBatches } from '../../storage/batches.ts';
import type { RunSummary } from '../../storage/runs/run-record.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { findStudy } from '../workbench/find.ts';
import type { StudyWork } from '../study/study-work.ts';
import type { Tools } from '../tools/tools.ts';

export type RunTools = Pick<Tools, 'workbench' | 'changes' | 'settings'> & { readonly work: StudyWork };

/** Which runs an action applies to, and why it does not apply to others. */
const rules: Record<RunAction, { can: (run: RunSummary) => boolean; why: string }> = {
  start: {
    can: ({ state, held }) => state !== 'done' && (state !== 'running' || held),
    why: 'done or running already',
  },
  hold: { can: ({ state, held }) => !held && !isOver(state), why: 'finished or paused already' },
  release: { can: ({ state, held }) => held && !isOver(state), why: 'not paused by itself' },
  cancel: { can: ({ state, cancelRequested }) => !isOver(state) && !cancelRequested, why: 'finished already' },
  retry: { can: ({ state }) => state === 'failed' || state === 'cancelled', why: 'neither failed nor cancelled' },
  first: { can: ({ state }) => !isOver(state) && state !== 'running', why: 'running or finished' },
  last: { can: ({ state }) => !isOver(state) && state !== 'running', why: 'running or finished' },
};

const isOver = (state: RunSummary['state']): boolean => state === 'done' || state === 'failed' || state === 'cancelled';

/** Runs to which the action does not apply are counted, not changed. @throws UserError `study.not-found` */
export async function actOnRuns(
  tools: RunTools,
  studyName: string,
  ids: readonly number[],
  action: RunAction,
): Promise<{ changed: number; skipped: number; why: string }> {
  const { workbench, changes } = tools;
  const study = findStudy(workbench, studyName);
  const chosen = chosenRuns(workbench, study, ids).filter(rules[action].can);
  const steps = forEachStep(chosen, (run) => actOn(tools, run, action));
  await runInBatches(steps, { transaction: (batch) => workbench.storage.transaction(batch) });
  const changed = chosen.map(({ id }) => id);
  changes.publish('runs', changed);
  const again = action === 'retry' || action === 'release';
  if (action === 'start' || (again && tools.work.isWorkingOn(study.name))) begin(tools, study.name, chosen.length);
  const skipped = ids.length - chosen.length;
  return {
    changed: chosen.length,
    skipped,
    why: skipped === 0 ? '' : `${skipped} of ${ids.length}: ${rules[action].why}`,
  };
}

/** The actions that would change one of these runs at least. @throws UserError `study.not-found` */
export function possibleActions(
  { workbench }: Pick<RunTools, 'workbench'>,
  studyName: string,
  ids: readonly number[],
): RunAction[] {
  const runs = chosenRuns(workbench, findStudy(workbench, studyName), ids);
  return runActions.filter((action) => runs.some(rules[action].can));
}

function chosenRuns(
  { storage }: RunTools['workbench'],
  { id: studyId }: Pick<StudyRecord, 'id'>,
  ids: readonly number[],
): RunSummary[] {
  const wanted = new Set(ids);
  return storage.runs.list({ studyId }).filter(({ id }) => wanted.has(id));
}

function actOn({ workbench, work }: RunTools, { id }: RunSummary, action: RunAction): void {
  const { runs } = workbench.storage;
  switch (action) {
    case 'start':
      runs.retry(id, workbench.now());
      runs.setRank(id, 1);
      return work.holdRun(id, false);
    case 'hold':
      return work.holdRun(id, true);
    case 'release':
      return work.holdRun(id, false);
    case 'cancel':
      return work.cancelRun(id);
    case 'retry':
      runs.retry(id, workbench.now());
      return;
    case 'first':
      return runs.setRank(id, 1);
    case 'last':
      return runs.setRank(id, -1);
  }
}

/** Work that is running has given up failed runs, so a new job follows it. */
function begin({ work }: RunTools, study: string, count: number): void {
  if (count > 0) work.start(study, 'models', { again: true });
}

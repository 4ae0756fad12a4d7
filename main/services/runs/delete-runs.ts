import type { RunDeletion } from '../../contract/api/models.ts';
import { UserError } from '../../contract/wire/errors.ts';
import type { ModelsSpec } from '../../contract/studies/study.ts';
import { modelEntries, sectionsOf } from '../../domain/plans/model-entries.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import type { StudyRun } from '../../storage/study-runs.ts';
import { identities } from '../declaration/plan.ts';
import { findStudy } from '../workbench/find.ts';
import type { Removals } from '../workbench/removals.ts';
import type { Workbench } from '../workbench/workbench.ts';
import type { RunTools } from './actions.ts';

type DeletionTools = Pick<RunTools, 'workbench' | 'changes'> & { readonly removals: Pick<Removals, 'complete'> };

interface Deletion {
  study: StudyRecord;
  /** Trainings to delete, and the predictions of their snapshots. */
  runs: StudyRun[];
  predictions: StudyRun[];
  /** Entries without any other run leave the study; of others, the deleted models are planned again. */
  removed: ModelsSpec[];
  planned: number;
  running: number;
}

/** What deleting these runs would do. @throws UserError `study.not-found` */
export function planDeletion(
  { workbench }: Pick<RunTools, 'workbench'>,
  name: string,
  ids: readonly number[],
): RunDeletion {
  const { study, runs, removed, planned, running } = findDeletion(workbench, name, ids);
  const elsewhere = (run: StudyRun): boolean =>
    workbench.storage.runTable.places(run.runId).some((place) => place.study !== study.name);
  const chosen = new Set(runs.map(({ runId }) => runId));
  const analyzed = workbench.storage.models.ofStudy(study.id).filter(({ runId }) => chosen.has(runId));
  return {
    runs: runs.length,
    skipped: ids.length - runs.length - running,
    running,
    planned,
    elsewhere: runs.filter(elsewhere).length,
    snapshots: analyzed.length,
    removed: removed.map((entry) => entry.name),
  };
}

/**
 * Deletes trainings of models with their curves, snapshots and predictions, for good. Those that another study has or had
 * only leave this one. Files of weights stay until unused files are removed.
 * @throws UserError `study.not-found`, `runs.not-deletable`; nothing is changed then.
 */
export async function deleteRuns(tools: DeletionTools, name: string, ids: readonly number[]): Promise<RunDeletion> {
  const { workbench, changes, removals } = tools;
  const { storage, now } = workbench;
  const plan = planDeletion(tools, name, ids);
  if (plan.runs === 0) throw notDeletable(name);
  storage.transaction(() => {
    const { study, runs, predictions, removed } = findDeletion(workbench, name, ids);
    const { id, spec } = study;
    if (removed.length > 0) {
      const models = spec.models.filter((entry) => !removed.includes(entry));
      storage.studies.put(study.name, { ...spec, models }, now());
    }
    storage.removals.markRuns(
      id,
      [...runs, ...predictions].map(({ runId }) => runId),
    );
  });
  const publish = (): void => {
    for (const topic of ['studies', 'runs'] as const) changes.publish(topic);
  };
  publish();
  await removals.complete();
  publish();
  return plan;
}

function findDeletion({ storage }: Workbench, name: string, ids: readonly number[]): Deletion {
  const study = findStudy({ storage }, name);
  const wanted = new Set(ids);
  const links = storage.studyRuns.list(study.id);
  const chosen = links.filter(({ runId, kind, model }) => model && kind === 'classifier' && wanted.has(runId));
  // A worker reports to the rows of its run, and a cluster trains until it is stopped, so they stay.
  const predicting = new Set(
    links.flatMap(({ kind, state, model }) =>
      kind === 'predictions' && state === 'running' && model ? [model.modelName] : [],
    ),
  );
  const runs = chosen.filter(
    ({ state, there, model }) => state !== 'running' && there === null && !predicting.has(model?.modelName ?? ''),
  );
  const names = new Set(runs.flatMap(({ model }) => model?.modelName ?? []));
  const { models } = study.spec;
  const { sections } = storage.studies;
  const needed = new Set(sectionsOf(study.spec, sections).flatMap(({ needs }) => needs?.(study.spec) ?? []));
  const isGone = (entry: ModelsSpec): boolean =>
    !needed.has(entry.name) && identities(entry).every((identity) => names.has(identity.name));
  const gone = models.filter(isGone);
  // A study needs at least one model.
  const entries = modelEntries(study.spec, sections);
  const removed = gone.length < entries.length ? gone : [];
  const left = entries.filter((entry) => !removed.includes(entry)).flatMap(identities);
  const predictions = links.filter(
    ({ kind, model }) => kind === 'predictions' && model !== null && names.has(model.modelName),
  );
  return {
    study,
    runs,
    predictions,
    removed,
    planned: left.filter((identity) => names.has(identity.name)).length,
    running: chosen.length - runs.length,
  };
}

const notDeletable = (study: string): UserError =>
  new UserError(
    'runs.not-deletable',
    'None of these runs can be deleted',
    `study ${study}`,
    'Choose trainings of models that are neither running nor on a cluster. Cancel those first.',
  );

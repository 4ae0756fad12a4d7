import type { ClassifierRecipe } from '../../contract/recipes/recipes.ts';
import type { Storage } from '../../storage/open.ts';
import type { StudyRun } from '../../storage/study-runs.ts';

/** A training of a study, and the model that it trains. */
export type StudyTraining = Pick<StudyRun, 'runId' | 'model'>;

/** Trainings of a study, also those that are queued, whatever became of them. */
export const readTrainings = (storage: Storage, studyId: number): StudyTraining[] =>
  storage.studyRuns
    .list(studyId)
    .flatMap(({ kind, runId, model }) => (kind === 'classifier' ? [{ runId, model }] : []));

/** The recipe of a training, as it was run, which never changes; null: the run is none, or is not here. */
export function readRecipe(storage: Storage, runId: number): ClassifierRecipe | null {
  const task = storage.runs.get(runId)?.task;
  return task?.kind === 'classifier' ? task.recipe : null;
}

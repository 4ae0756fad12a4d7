import type { RemainingTraining, SeedMatrix, TrainedCell, TrainingProgress } from '../../contract/api/models.ts';
import type { Cost } from '../../contract/api/studies.ts';
import { declaredDataSet } from '../declaration/data-set.ts';
import { identities, recipeTitle } from '../declaration/plan.ts';
import { type ModelEntry, modelEntries } from '../../domain/plans/model-entries.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { forecast, leastKnown, standingOf } from '../estimates/forecast.ts';
import { together } from '../estimates/study-cost.ts';
import { readFacts, type StatusTools } from '../pipeline/facts.ts';
import { stateOfModels } from '../pipeline/response-steps.ts';
import { findStudy } from '../workbench/find.ts';
import type { Tools } from '../tools/tools.ts';
import { readStandings } from './standings.ts';
import { plannedNames } from './table.ts';

/** What remains to train, and the estimated time. @throws UserError `study.not-found` */
export function remainingTraining(tools: Pick<Tools, 'workbench' | 'settings'>, studyName: string): RemainingTraining {
  const { workbench, settings } = tools;
  const study = findStudy(workbench, studyName);
  const planned = plannedNames(workbench, study);
  const here = forecast(tools, declaredDataSet(workbench, study));
  const trainings = workbench.storage.runTable.trainingsOf(study.id);
  const waiting = workbench.storage.runs.list({ studyId: study.id }).flatMap((run) => {
    const isWaiting = (run.state === 'queued' || run.state === 'interrupted') && !run.held && run.kind === 'classifier';
    const recipe = isWaiting ? trainings.get(run.id)?.recipe : undefined;
    return recipe ? [here.training(recipe, standingOf(run))] : [];
  });
  const unqueued = modelEntries(study.spec, workbench.storage.studies.sections).flatMap((entry) =>
    identities(entry).flatMap(({ name }) => (planned.has(name) ? [here.training(entry.recipe)] : [])),
  );
  const costs = [...waiting, ...unqueued];
  const { workers } = settings.get();
  return {
    ...together(costs, { workers }),
    runs: costs.length,
    timeFrom: leastKnown(costs.map(({ from }) => from)),
    workers,
  };
}

const shownTrainings = 100;

interface ProgressOf {
  /** Progress of entries of one recipe. */
  cell: (entries: readonly ModelEntry[]) => TrainedCell;
  of: (entries: readonly ModelEntry[]) => TrainingProgress;
}

/** How trainings of some of a study's models stand; what is read of the study is read once. */
export function trainingProgress(tools: StatusTools, study: StudyRecord): ProgressOf {
  const standings = readStandings(tools, study);
  const facts = readFacts(tools, study);
  const here = forecast(tools, declaredDataSet(tools.workbench, study));
  return {
    cell: (entries) => {
      const models = entries.flatMap(identities);
      return {
        targets: (entries[0]?.recipe.targets ?? []).map((target) => standings.count(models, target)),
        trainings: models.slice(0, shownTrainings).flatMap(({ name }) => {
          const run = standings.run(name);
          return run ? [{ id: run.runId, name }] : [];
        }),
      };
    },
    of: (entries) => {
      const models = entries.flatMap((entry) => identities(entry).map(({ name }) => ({ name, recipe: entry.recipe })));
      const open = models.flatMap(({ name, recipe }) => {
        const run = standings.run(name);
        const isOver = run !== undefined && ['done', 'failed', 'cancelled'].includes(run.state);
        return isOver ? [] : [here.training(recipe, run ? standingOf(run) : null)];
      });
      return {
        state: stateOfModels(facts, entries),
        runs: models.length,
        done: models.length - open.length,
        cost: together(open, tools.settings.get()),
      };
    },
  };
}

/** For each target and repeat: how many runs reached it, and what is missing. @throws UserError `study.not-found` */
export function seedMatrix(tools: Pick<Tools, 'workbench' | 'settings' | 'jobs'>, studyName: string): SeedMatrix {
  const { workbench, settings } = tools;
  const study = findStudy(workbench, studyName);
  const standings = readStandings(tools, study);
  const facts = readFacts(tools, study);
  const here = forecast(tools, declaredDataSet(workbench, study));
  const costs: Cost[] = [];
  const groups = study.spec.models
    .filter(({ group }) => group === 'seeds')
    .map((entry) => {
      const { name, recipe, seeds, repeats } = entry;
      const models = identities(entry);
      const one = here.training(recipe);
      costs.push(...models.filter((model) => standings.run(model.name)?.state !== 'done').map(() => one));
      const cells = recipe.targets.flatMap((target) =>
        Array.from({ length: repeats }, (_, index) => ({
          ...standings.count(
            models.filter(({ repeat }) => repeat === index + 1),
            target,
          ),
          repeat: index + 1,
        })),
      );
      return {
        name,
        state: stateOfModels(facts, [entry]),
        seeds,
        repeats,
        cells,
        recipe: recipeTitle(recipe),
        targets: recipe.targets,
        architecture: recipe.architecture.kind,
      };
    });
  const { bytes: _, ...time } = together(costs, settings.get());
  return { groups, remaining: costs.length, ...time };
}

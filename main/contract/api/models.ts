import { z } from 'zod';
import { architectureKinds, architectureSchema, classifierRecipeSchema, targetSchema } from '../recipes/recipes.ts';
import { setting } from '../settings/settings.ts';
import { modelsSchema } from '../studies/study.ts';
import { levelsFactorSchema } from '../studies/levels.ts';
import { idSchema, studyName } from '../wire/base.ts';
import { statuses } from '../wire/status.ts';
import { costSchema } from './studies.ts';

/**
 * A grid of models: every combination of levels, as models like all others, with names, group and seeds as asked for.
 * Models are called by its name and the values that it varies, or a number: MLP-lr0.001, MLP4.
 */
export const gridSchema = z.strictObject({
  name: setting(
    z
      .string()
      .max(40)
      .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]*$/, 'letters, digits, space, dot, dash and underscore'),
    { title: 'Name', help: 'Names of the models begin with it' },
  ),
  ...modelsSchema.pick({ group: true, seed: true, seeds: true, repeats: true }).shape,
  base: setting(classifierRecipeSchema.clone(), {
    title: 'Shared settings',
    help: 'Settings of all cells, except the factors',
    isOpaque: true,
  }),
  factors: z.array(levelsFactorSchema).max(8),
});
export type ModelGrid = z.infer<typeof gridSchema>;

/** Runs of one addition at most. */
export const maxAdded = 10_000;

export const additionSchema = z.strictObject({
  study: studyName,
  /** Entries of a study as they are (presets, clones, what was removed); names in use get a number. */
  entries: z.array(modelsSchema).max(200).default([]),
  grid: gridSchema.nullable().default(null),
  /** Runs to train again with the same recipe, each with the next free seed. */
  clones: z.array(idSchema).max(200).default([]),
});

export const additionPlanSchema = z.strictObject({
  entries: z.array(modelsSchema),
  /** Names of the models, the first 200. */
  names: z.array(z.string()),
  runs: z.int().min(0),
  /** Runs among them that another study has trained already: they cost nothing. */
  known: z.int().min(0),
  /** Most likely seconds that all of them take with the workers of this machine, and a range, see `costSchema`. */
  seconds: z.number().min(0),
  low: z.number().min(0),
  high: z.number().min(0),
  /**
   * Where the pace is from: trainings of these networks on this machine, those of others, a short trial of the engine here, or
   * the product's own measurements.
   */
  timeFrom: z.enum(['runs', 'others', 'trial', 'measurements']),
  bytes: z.number().min(0),
  workers: z.int().min(1),
});
export type AdditionPlan = z.infer<typeof additionPlanSchema>;

export const remainingSchema = additionPlanSchema.omit({ entries: true, names: true, known: true });
export type RemainingTraining = z.infer<typeof remainingSchema>;

/** Models that are added as they are: of a preset for the same images, or a recipe of the study, changed in one way. */
export const suggestedSchema = z.strictObject({
  /** Recipes of the study, each with what differs in its suggestions: `another seed`, `half the width`. */
  own: z.array(
    z.strictObject({
      name: z.string(),
      recipe: classifierRecipeSchema,
      ways: z.array(z.strictObject({ way: z.enum(['seed', 'narrow', 'wide']), entry: modelsSchema })),
    }),
  ),
  presets: z.array(z.strictObject({ from: z.string(), entry: modelsSchema })),
});
export type SuggestedModels = z.infer<typeof suggestedSchema>;
export type SuggestedWay = SuggestedModels['own'][number]['ways'][number]['way'];

/** What forms of recipes begin with. */
export const usualModelSchema = z.strictObject({
  recipe: classifierRecipeSchema,
  /** Each architecture as it is usual for the study's images. */
  architectures: z.array(architectureSchema),
});
export type UsualModel = z.infer<typeof usualModelSchema>;

/** What deleting runs of models does. */
export const deletionSchema = z.strictObject({
  /** Trainings that are deleted. */
  runs: z.int().min(0),
  /** Chosen runs that stay: they are running, or are no training of a model. */
  running: z.int().min(0),
  skipped: z.int().min(0),
  /** Trainings that only leave this study, as another one has them. */
  elsewhere: z.int().min(0),
  /** Snapshots that leave the results and later reports. */
  snapshots: z.int().min(0),
  /** Entries that leave the study with all of their runs. */
  removed: z.array(z.string()),
  /** Deleted models that the study still plans: its next start trains them again. */
  planned: z.int().min(0),
});
export type RunDeletion = z.infer<typeof deletionSchema>;

/** Runs of one cell by state. */
export const cellSchema = z.strictObject({
  target: targetSchema,
  planned: z.int().min(0),
  done: z.int().min(0),
  missed: z.int().min(0),
  failed: z.int().min(0),
  running: z.int().min(0),
  waiting: z.int().min(0),
  /** Begun, and no job works on them now. */
  stopped: z.int().min(0),
  cancelled: z.int().min(0),
  /** Not begun, and no job works on them. */
  missing: z.int().min(0),
  /** Runs of the cell without a snapshot at the target, the first 100. */
  runs: z.array(z.int()),
});

/** How the trainings of a sweep or an experiment stand: a cell of its table, and all. */
export const trainedCellShape = {
  /** Seeds by standing, target by target. */
  targets: z.array(cellSchema),
  /** Trainings that are queued or began, the first 100. */
  trainings: z.array(z.strictObject({ id: idSchema, name: z.string() })),
};
export const trainingProgressShape = {
  state: z.enum(statuses),
  /** Trainings, those that ended, and what the others cost. */
  runs: z.int().min(0),
  done: z.int().min(0),
  cost: costSchema,
};
const trainedCellSchema = z.strictObject(trainedCellShape);
const trainingProgressSchema = z.strictObject(trainingProgressShape);
export type TrainedCell = z.infer<typeof trainedCellSchema>;
export type TrainingProgress = z.infer<typeof trainingProgressSchema>;

export const matrixSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      state: z.enum(statuses),
      architecture: z.enum(architectureKinds),
      recipe: z.string(),
      seeds: z.int(),
      repeats: z.int(),
      targets: z.array(targetSchema),
      cells: z.array(cellSchema.extend({ repeat: z.int().min(1) })),
    }),
  ),
  /** Runs that are not done, and about how long they take. */
  remaining: z.int().min(0),
  seconds: z.number().min(0),
  low: z.number().min(0),
  high: z.number().min(0),
});
export type SeedMatrix = z.infer<typeof matrixSchema>;

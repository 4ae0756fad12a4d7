import { z } from 'zod';
import { ofStudy } from '../../../contract/wire/index.ts';
import { sweepSchema } from './sweep.ts';
import { additionPlanSchema, trainedCellShape, trainingProgressShape } from '../../../contract/api/index.ts';

/** A cell as planned. */
const plannedCellSchema = z.strictObject({
  name: z.string(),
  /** The level of each factor. */
  levels: z.array(z.string()),
  /** In short. */
  recipe: z.string(),
  /** First seed; the others follow. */
  seed: z.int(),
});

/** Cells of a plan that are listed. */
export const listedCells = 500;

export const sweepPlanSchema = additionPlanSchema.omit({ entries: true, names: true }).extend({
  /** The first ones; all cells are `count`. */
  cells: z.array(plannedCellSchema),
  count: z.int().min(0),
  /** Trainings that the sweep has already, where it grows. */
  kept: z.int().min(0),
});
export type SweepPlan = z.infer<typeof sweepPlanSchema>;

export const sweepViewSchema = z.strictObject({
  sweep: sweepSchema,
  /** What each factor is of, in words. */
  factors: z.array(z.string()),
  /** Each with its seeds by standing, target by target. */
  cells: z.array(plannedCellSchema.extend(trainedCellShape)),
  ...trainingProgressShape,
});
export type SweepView = z.infer<typeof sweepViewSchema>;

export const putSweepInput = ofStudy.extend({ sweep: sweepSchema });

/** A sweep of a preset, to start from. `from`: the preset's title. */
export const sweepPresetSchema = z.strictObject({ from: z.string(), sweep: sweepSchema });
export type SweepPreset = z.infer<typeof sweepPresetSchema>;

/** A sweep that was taken out of a study, and its trainings, which stay. */
export const removedSweepSchema = z.strictObject({ sweep: sweepSchema, runs: z.int() });

import { z } from 'zod';
import { nothing, oc, ofStudy } from '../base.ts';
import { sweepSchema } from '../sweep.ts';
import { additionPlanSchema, trainedCellShape, trainingProgressShape } from './models.ts';

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

const planSchema = additionPlanSchema.omit({ entries: true, names: true }).extend({
  /** The first ones; all cells are `count`. */
  cells: z.array(plannedCellSchema),
  count: z.int().min(0),
  /** Trainings that the sweep has already, where it grows. */
  kept: z.int().min(0),
});
export type SweepPlan = z.infer<typeof planSchema>;

const sweepViewSchema = z.strictObject({
  sweep: sweepSchema,
  /** What each factor is of, in words. */
  factors: z.array(z.string()),
  /** Each with its seeds by standing, target by target. */
  cells: z.array(plannedCellSchema.extend(trainedCellShape)),
  ...trainingProgressShape,
});
export type SweepView = z.infer<typeof sweepViewSchema>;

const putSchema = ofStudy.extend({ sweep: sweepSchema });

/** A sweep of a preset, to start from. `from`: the preset's title. */
const sweepPresetSchema = z.strictObject({ from: z.string(), sweep: sweepSchema });
export type SweepPreset = z.infer<typeof sweepPresetSchema>;

export const sweepsContract = {
  presets: oc.input(nothing).output(z.array(sweepPresetSchema)),
  list: oc.input(ofStudy).output(z.array(sweepViewSchema)),
  /** What `put` would add, and what that takes. */
  plan: oc.input(putSchema).output(planSchema),
  /** Adds a sweep, or lets the one of that name grow: cells with trainings stay as they are. */
  put: oc.input(putSchema).output(planSchema),
  /** Takes a sweep out of the study; its runs stay, and are found again when it comes back. */
  remove: oc.input(ofStudy.extend({ name: z.string() })).output(z.strictObject({ sweep: sweepSchema, runs: z.int() })),
};

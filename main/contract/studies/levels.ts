import { z } from 'zod';

/** What a level is called, and what else is part of models' names. */
export const shortNameSchema = z
  .string()
  .max(24)
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,23}$/, 'letters, digits, space, dot, dash and underscore; 24 at most');

/** A key of the recipe, or one within it: `optimiser`, `optimiser.stepSize`. */
export const recipePathSchema = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*){0,3}$/, 'a key of the recipe, such as optimiser.stepSize');

/** One value of a factor, as JSON. Null: without it, so that the recipe has its default. */
const levelSchema = z.strictObject({
  value: z.json(),
  /** Absent: told by the value, e.g. `mlp-500x500` (`levelName` in main/domain/settings/level-names.ts). */
  name: shortNameSchema.optional(),
});
export type Level = z.infer<typeof levelSchema>;

/** What varies over recipes, and its values. */
export const levelsFactorSchema = z.strictObject({
  of: recipePathSchema,
  levels: z.array(levelSchema).min(1).max(100),
});
export type LevelsFactor = z.infer<typeof levelsFactorSchema>;

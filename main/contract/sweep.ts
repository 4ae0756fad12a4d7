import { z } from 'zod';
import { classifierRecipeSchema, seedSchema } from './recipes.ts';

/** What a sweep and its levels are called; names of models are made of both. */
const sweepNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,23}$/, 'letters, digits, space, dot, dash and underscore; 24 at most');

/** A key of the recipe, or one within it: `optimiser`, `optimiser.stepSize`. */
const pathSchema = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*){0,3}$/, 'a key of the recipe, such as optimiser.stepSize');

/** One value of a factor, as JSON. Null: without it, so that the recipe has its default. */
const levelSchema = z.strictObject({
  value: z.json(),
  /** Absent: told by the value, e.g. `mlp-500x500` (`levelName` in main/domain/sweep-levels.ts). */
  name: sweepNameSchema.optional(),
});
export type SweepLevel = z.infer<typeof levelSchema>;

export const levelsFactorSchema = z.strictObject({ of: pathSchema, levels: z.array(levelSchema).min(1).max(100) });

/** A range of numbers, which `samples` points of a Latin hypercube cover. */
const rangeFactorSchema = z
  .strictObject({
    of: pathSchema,
    from: z.number(),
    to: z.number(),
    scale: z.enum(['linear', 'log']).default('linear'),
    /** Whole numbers only. */
    whole: z.literal(true).optional(),
  })
  .refine(({ from, to }) => from < to, 'from must be less than to')
  .refine(({ from, scale }) => scale === 'linear' || from > 0, 'a logarithmic range begins above 0');
export type RangeFactor = z.infer<typeof rangeFactorSchema>;
export type LevelsFactor = z.infer<typeof levelsFactorSchema>;

const factorSchema = z.union([levelsFactorSchema, rangeFactorSchema]);
export type SweepFactor = z.infer<typeof factorSchema>;

/** The level's name of some factors, by what they are of. */
const levelsByFactor = z.record(pathSchema, z.string().max(64));

/**
 * Recipes that differ in some factors: every combination of levels, or those in `cells`, without those in `exclude`; each
 * of them at every sampled point of the ranges, if there are ranges. Each cell is trained with `seeds` seeds of its own.
 */
export const sweepSchema = z.strictObject({
  name: sweepNameSchema,
  /** What all cells have but for the factors. */
  base: classifierRecipeSchema,
  factors: z.array(factorSchema).min(1).max(8),
  /** Points of the Latin hypercube, where factors are ranges. Twice as many keep those that there are. */
  samples: z.int().min(1).max(1000).optional(),
  /** Only these combinations, each with a level of every factor that has levels. Absent: all. */
  cells: z.array(levelsByFactor).min(1).max(10_000).optional(),
  /** Combinations that are left out: cells with all of these levels. */
  exclude: z.array(levelsByFactor).min(1).max(1000).optional(),
  /** Decides the seeds of all cells, and the points of ranges. */
  seed: seedSchema.default(1),
  /** Trainings of each cell. */
  seeds: z.int().min(1).max(10_000).default(1),
});
export type Sweep = z.infer<typeof sweepSchema>;

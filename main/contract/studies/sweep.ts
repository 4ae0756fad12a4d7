import { z } from 'zod';
import { classifierRecipeSchema, seedSchema } from '../recipes/recipes.ts';
import { setting } from '../settings/settings.ts';

/** What a sweep and its levels are called; names of models are made of both. */
const sweepNameSchema = z
  .string()
  .max(24)
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,23}$/, 'letters, digits, space, dot, dash and underscore; 24 at most');

/** A key of the recipe, or one within it: `optimiser`, `optimiser.stepSize`. */
const pathSchema = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*){0,3}$/, 'a key of the recipe, such as optimiser.stepSize');

/** One value of a factor, as JSON. Null: without it, so that the recipe has its default. */
const levelSchema = z.strictObject({
  value: z.json(),
  /** Absent: told by the value, e.g. `mlp-500x500` (`levelName` in main/domain/settings/sweep-levels.ts). */
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
  name: setting(sweepNameSchema.clone(), {
    title: 'Name',
    help: 'Unique; names of its models begin with it, and it is their collection',
  }),
  base: setting(classifierRecipeSchema.clone(), {
    title: 'Shared settings',
    help: 'Settings of all cells, except the factors',
    isOpaque: true,
  }),
  factors: setting(z.array(factorSchema).min(1).max(8), {
    title: 'Factors',
    help: 'What varies, below',
  }),
  samples: setting(z.int().min(1).max(1000).optional(), {
    title: 'Samples of the ranges',
    help: 'Required if a factor is a range. Doubling keeps the earlier samples; another number draws new ones',
  }),
  cells: setting(z.array(levelsByFactor).min(1).max(10_000).optional(), {
    title: 'Only these cells',
    help: 'Objects that name a level of each factor that has levels',
    absent: 'all',
  }),
  exclude: setting(z.array(levelsByFactor).min(1).max(1000).optional(), {
    title: 'Cells that are left out',
    help: 'Such objects; each leaves out all cells with its levels',
    absent: 'none',
  }),
  seed: setting(seedSchema.clone().default(1), {
    title: 'Seed',
    help: 'Decides seeds of cells and points of ranges',
    isHidden: true,
  }),
  seeds: setting(z.int().min(1).max(10_000).default(1), { title: 'Seeds of each cell', help: 'Trainings of a cell' }),
});
export type Sweep = z.infer<typeof sweepSchema>;

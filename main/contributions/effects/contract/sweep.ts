import { z } from 'zod';
import { classifierRecipeSchema, seedSchema } from '../../../contract/recipes/index.ts';
import { setting } from '../../../contract/settings/index.ts';
import { levelsFactorSchema, recipePathSchema, shortNameSchema, type Study } from '../../../contract/studies/index.ts';

/** A range of numbers, which `samples` points of a Latin hypercube cover. */
const rangeFactorSchema = z
  .strictObject({
    of: recipePathSchema,
    from: z.number(),
    to: z.number(),
    scale: z.enum(['linear', 'log']).default('linear'),
    /** Whole numbers only. */
    whole: z.literal(true).optional(),
  })
  .refine(({ from, to }) => from < to, 'from must be less than to')
  .refine(({ from, scale }) => scale === 'linear' || from > 0, 'a logarithmic range begins above 0');
export type RangeFactor = z.infer<typeof rangeFactorSchema>;

const factorSchema = z.union([levelsFactorSchema, rangeFactorSchema]);
export type SweepFactor = z.infer<typeof factorSchema>;

/** The level's name of some factors, by what they are of. */
const levelsByFactor = z.record(recipePathSchema, z.string().max(64));

/**
 * Recipes that differ in some factors: every combination of levels, or those in `cells`, without those in `exclude`; each
 * of them at every sampled point of the ranges, if there are ranges. Each cell is trained with `seeds` seeds of its own.
 */
export const sweepSchema = z.strictObject({
  name: setting(shortNameSchema.clone(), {
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

/** What stands in `sweeps` of a study file. */
export const sweepsSchema = z.array(sweepSchema).min(1).max(50);

/** The sweeps of a study, which was read with `sweepsSchema`. */
export const sweepsOf = ({ sweeps }: Pick<Study, 'sweeps'>): readonly Sweep[] => (sweeps ?? []) as readonly Sweep[];

import { z } from 'zod';
import { imageSizeSchema } from '../recipes/images.ts';
import { generatorProvenanceSchema } from '../runs/generator.ts';
import { generatorRecipeSchema, seedSchema, shippedGeneratorNames } from '../recipes/recipes.ts';
import { idSchema, nothing, oc, ofStudy } from '../wire/base.ts';
import { shownStates } from './runs.ts';
import { timeRangeSchema } from './jobs.ts';
import { costSchema } from './studies.ts';

/** Images in a row of a grid, and rows of it. */
export const gridSide = 10;

/** Samples from the same latent points at one step of a training. */
const gridSchema = z.strictObject({
  step: z.int().min(0),
  /** Address of a PNG with `gridSide` by `gridSide` images. */
  image: z.string(),
  at: z.iso.datetime(),
});
export type SampleGrid = z.infer<typeof gridSchema>;

const trainingSchema = z.strictObject({
  run: idSchema,
  state: z.enum(shownStates),
  /** The recipe, seed or data set of the study is another one than that of this run. */
  changed: z.boolean(),
  step: z.int().min(0),
  steps: z.int().min(1),
  /** Estimated seconds to its end; null while unknown. */
  timeLeft: timeRangeSchema.nullable(),
  /** Where it ran last, in words; null: nowhere yet. */
  engine: z.string().nullable(),
  failure: z.string().nullable(),
});

/** Quality of the study's generator by its reference classifier. */
const generatorFiguresSchema = z.strictObject({
  /** By class: the class asked for with a conditional generator, else the predicted class. */
  classes: z.array(z.strictObject({ name: z.string(), samples: z.int(), clear: z.int() })),
  variety: z.number(),
  /** See `frechet` in main/contract/runs/generator.ts; null: too few images or too many features to compare. */
  frechet: z.strictObject({ images: z.int(), samples: z.number(), heldOut: z.number() }).nullable(),
});
export type GeneratorFigures = z.infer<typeof generatorFiguresSchema>;

const generatorViewSchema = z.strictObject({
  /** `none`: the study needs none, as it imports its stimuli; `real-images`: or mixes real ones. */
  kind: z.enum(['shipped', 'trained', 'none', 'real-images', 'test-images']),
  shipped: z.strictObject({ provenance: generatorProvenanceSchema, image: z.string().nullable() }).nullable(),
  own: z
    .strictObject({
      recipe: generatorRecipeSchema,
      seed: seedSchema,
      /** The step that the study takes the weights of; null: the last. */
      checkpoint: z.int().min(1).nullable(),
      cost: costSchema,
    })
    .nullable(),
  training: trainingSchema.nullable(),
  /** Sample grids of the present training, by step. */
  grids: z.array(gridSchema),
  /** A grid of real images and the name of their data set; null while it cannot be read. */
  real: z.strictObject({ image: z.string(), name: z.string() }).nullable(),
  /** The samples that the study's candidates were found among; null until then, and for runs of earlier versions. */
  quality: generatorFiguresSchema.nullable(),
  /** What of the data set decides how a generator is trained; null while it is unknown. */
  images: imageSizeSchema.extend({ trainCount: z.int().min(0) }).nullable(),
  available: z.array(z.enum(shippedGeneratorNames)),
  working: z.boolean(),
  /** Whether its stimuli are frozen: another generator makes them stale. */
  frozen: z.boolean(),
});
export type GeneratorView = z.infer<typeof generatorViewSchema>;

export const lossSeries = ['lossD', 'lossG', 'dReal', 'dFake'] as const;

const recipeChange = ofStudy.extend({ recipe: generatorRecipeSchema, seed: seedSchema });

const lossCurveSchema = z.strictObject({
  series: z.enum(lossSeries),
  steps: z.array(z.int()),
  values: z.array(z.number()),
});
export type LossCurve = z.infer<typeof lossCurveSchema>;

export const generatorContract = {
  get: oc.input(ofStudy).output(generatorViewSchema),
  /** Losses of the present training, thinned out to at most `points` a series; peaks stay. */
  losses: oc.input(ofStudy.extend({ points: z.int().min(4).max(4000) })).output(z.array(lossCurveSchema)),
  /** Takes the weights of a step that has a grid; null: the last ones. */
  setCheckpoint: oc.input(ofStudy.extend({ step: z.int().min(1).nullable() })).output(nothing),
  /** Generators trained with other recipes stay in the history. */
  setRecipe: oc.input(recipeChange).output(nothing),
  useShipped: oc.input(ofStudy.extend({ name: z.enum(shippedGeneratorNames) })).output(nothing),
};

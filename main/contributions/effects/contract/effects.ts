import { z } from 'zod';
import {
  aboutPeople,
  cellSchema,
  effectNumberSchema,
  exhibitSchema,
  figureSchema,
  imageIds,
  peopleInput,
} from '../../../contract/results/index.ts';
import { outcomeUnits } from '../../contrasts/contract/size-plan.ts';

/** Effects of what a study's networks differ in. */

const key = z.string().max(200);
/** A level's value, as an answer names it. */
const level = z.string().max(1000);

/** Null: as the study suggests. */
export const effectsInput = peopleInput.pick({ study: true, labelers: true }).extend({
  outcome: key.nullable(),
  factor: key.nullable(),
  reference: level.nullable(),
  /** Whose interaction with the factor is asked for; null: none. */
  second: key.nullable(),
  /** Networks of this target alone; null: of all. */
  target: level.nullable(),
  /** All, or those on which people agree or disagree. */
  images: z.enum(['all', 'agree', 'disagree']),
  /** These very people, or people like these. */
  people: z.enum(['fixed', 'random']),
  /** Networks in a group. */
  m: z.int().min(2).max(10_000).nullable(),
});
export type EffectsInput = z.infer<typeof effectsInput>;

const factorSchema = z.strictObject({
  key,
  /** `Optimizer, with learning rate`. */
  title: z.string(),
  numeric: z.boolean(),
  /** Networks with predictions at each level, and those planned that have none. */
  levels: z.array(z.strictObject({ value: level, text: z.string(), networks: z.int(), absent: z.int() })),
});

export const effectsSchema = z.strictObject({
  ...aboutPeople,
  /** Why there are no effects; then all that follows but choices is empty. */
  undefined: z.string().nullable(),
  factors: z.array(factorSchema),
  targets: z.array(z.strictObject({ value: level, text: z.string() })),
  outcomes: z.array(
    z.strictObject({
      key,
      title: z.string(),
      /** Why it cannot be chosen; null: it can. */
      missing: z.string().nullable(),
      /** It can be about people like these. */
      drawsPeople: z.boolean(),
    }),
  ),
  /** What was answered. */
  asked: z
    .strictObject({
      outcome: key,
      factor: key,
      reference: level,
      second: key.nullable(),
      people: effectsInput.shape.people,
      /** Null: the outcome is not of groups of any size. */
      m: z.int().nullable(),
      unit: z.enum(outcomeUnits),
      /** `Type A: only networks disagree`. */
      title: z.string(),
      lower: z.string(),
    })
    .nullable(),
  /** Every level against the reference, drawn; null: there are no effects. */
  differences: figureSchema.nullable(),
  /** Every level against the reference, then cells, shares of variance, ranks, interactions: without rows where there are none. */
  table: exhibitSchema.nullable(),
  cells: exhibitSchema.nullable(),
  variance: exhibitSchema.nullable(),
  ranking: exhibitSchema.nullable(),
  interaction: exhibitSchema.nullable(),
  slope: z.strictObject({ title: z.string(), cell: cellSchema }).nullable(),
  /** Means at each level, in a line for each level of the second factor; null: none is known. */
  means: figureSchema.nullable(),
});
export type EffectsResult = z.infer<typeof effectsSchema>;

/** What is behind a number. */
export const effectSourceInput = effectsInput.extend({ of: effectNumberSchema });
export type EffectSourceInput = z.infer<typeof effectSourceInput>;

export const effectSourceSchema = z.strictObject({
  /** What is compared, or whose mean it is: `ViT, 98 %`. */
  groups: z.array(
    z.strictObject({ title: z.string(), networks: z.array(z.strictObject({ name: z.string(), runId: z.int() })) }),
  ),
  /** Images that count, and those on which the number is not 0, the largest first. */
  images: imageIds,
  apart: imageIds,
});
export type EffectSource = z.infer<typeof effectSourceSchema>;

export const effectPlanInput = effectsInput.extend({
  level,
  /** The smallest difference to see: percentage points, bits, or alpha. */
  difference: z.number().gt(0).max(1000),
});
export type EffectPlanInput = z.infer<typeof effectPlanInput>;

/** Other studies of the data folder in which networks differ in the same way. */
export const effectStudiesInput = z.strictObject({
  study: effectsInput.shape.study,
  factor: key,
  level,
  reference: level,
});
export type EffectStudiesInput = z.infer<typeof effectStudiesInput>;

export const effectStudiesSchema = z.strictObject({ studies: z.array(z.string()) });
export type EffectStudies = z.infer<typeof effectStudiesSchema>;

/** Studies that are combined at once. */
export const mostStudies = 100;

export const overStudiesInput = effectsInput.extend({
  level,
  /** Besides `study`. */
  studies: z
    .array(z.strictObject({ study: effectsInput.shape.study }))
    .min(1)
    .max(mostStudies),
});
export type OverStudiesInput = z.infer<typeof overStudiesInput>;

/** A question over studies as a report has it: asked from its own study, with all who labeled. */
export const reportedOverStudiesSchema = overStudiesInput
  .omit({ study: true, labelers: true, second: true })
  .extend({ outcome: key, factor: key, reference: level, title: z.string().max(2000) });
export type ReportedOverStudies = z.infer<typeof reportedOverStudiesSchema>;

export const overStudiesSchema = z.strictObject({
  /** How many studies have an interval; with fewer than two nothing is combined. */
  combined: z.int(),
  /** The study itself first, then the mean over studies with its prediction interval. */
  figure: figureSchema,
  table: exhibitSchema,
});
export type OverStudiesResult = z.infer<typeof overStudiesSchema>;

import { z } from 'zod';
import { maxCompared, runRowSchema } from '../../contract/api/index.ts';
import { idSchema, ofStudy } from '../../contract/wire/index.ts';
import { channelsSchema, targetSchema } from '../../contract/recipes/index.ts';

export const compareInputSchema = ofStudy.extend({
  ids: z.array(idSchema).min(1).max(maxCompared),
  /** The snapshots that are compared; null: the highest target that most of the runs reached. */
  target: targetSchema.nullable().default(null),
});

export const comparisonSchema = z.strictObject({
  rows: z.array(runRowSchema),
  /** Keys of the recipes that differ, and their values as JSON in the order of `rows`; null: missing. */
  differences: z.array(z.strictObject({ key: z.string(), values: z.array(z.string().nullable()) })),
  /** Keys that are the same everywhere. */
  sameKeys: z.int().min(0),
  /** Targets that at least one of them reached. */
  targets: z.array(targetSchema),
  target: targetSchema.nullable(),
  /** The snapshots' predictions for the study's stimuli; null without stimuli. */
  stimuli: z
    .strictObject({
      count: z.int().min(1),
      classes: z.array(z.string()),
      width: z.int(),
      height: z.int(),
      channels: channelsSchema,
      /** In the order of `rows`: whether the snapshot at the target has predictions. */
      predicted: z.array(z.boolean()),
      /** Images that two runs label differently, [row][row]; null where one of them has no predictions. */
      disagreements: z.array(z.array(z.int().nullable())),
      /** Images on which not all agree, and the first of them, those with the most different labels first. */
      differing: z.int().min(0),
      images: z.array(
        z.strictObject({
          image: z.int(),
          /** Null: between no two classes. */
          pair: z.tuple([z.int(), z.int()]).nullable(),
          alpha: z.number().nullable(),
          /** In the order of `rows`; null: no prediction. */
          labels: z.array(z.int().nullable()),
          /** Base64 of uint8 [height, width, channels]. */
          pixels: z.string(),
        }),
      ),
    })
    .nullable(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

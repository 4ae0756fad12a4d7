import { z } from 'zod';

const plannerPointSchema = z.strictObject({
  people: z.int().min(1),
  /** Images with two or more labelers; shares refer to these. */
  images: z.int().min(1),
  /** Smallest and largest number of labelers of these images. */
  labelers: z.strictObject({ least: z.int().min(2), most: z.int().min(2) }),
  disagree: z.number().min(0).max(1),
  /** Its 95 % interval, for other anchors and pairs of classes; null for the reason in `noInterval`. */
  low: z.number().min(0).max(1).nullable(),
  high: z.number().min(0).max(1).nullable(),
  /** `one_pair`: fewer than two pairs; `one_anchor`: one in more than half of the pairs; `no_variation`: all pairs alike. */
  noInterval: z.enum(['one_pair', 'one_anchor', 'no_variation']).nullable(),
  unanimous: z.number().min(0).max(1),
});

export const plannerSchema = z.strictObject({
  /**
   * `rarefied`: exact, from existing labels; `extrapolated`: from their shares, with replacement; `assumed`: from the share
   * that the researcher assumes. A number of people that gives no image two labelers has no point.
   */
  points: z.array(plannerPointSchema.extend({ basis: z.enum(['rarefied', 'extrapolated', 'assumed']) })),
  images: z.int().min(1),
  /** Labelers whose labels were used; 0: none. */
  labelers: z.int().min(0),
  assumptions: z.array(z.string()),
  minutes: z.number().min(0),
});
export type Planner = z.infer<typeof plannerSchema>;

export const planPreviewSchema = z.strictObject({
  trials: z.strictObject({
    real: z.int().min(0),
    repeat: z.int().min(0),
    practice: z.int().min(0),
    attention: z.int().min(0),
  }),
  /** Number of orders whose distances were checked, of all planned people: all, unless that takes long. */
  ordersChecked: z.strictObject({ checked: z.int().min(1), of: z.int().min(1) }),
  /** The orders of the first three labelers. */
  orders: z.array(
    z.strictObject({
      /** Smallest distance of neighboring alphas; null: no neighbors. */
      apart: z.int().min(1).nullable(),
      /** Image ids of the first forty trials. */
      first: z.array(z.int().min(0)).max(40),
    }),
  ),
  /** Smallest and largest number of labelers of an image. */
  perImage: z.strictObject({ least: z.int().min(0), most: z.int().min(0) }),
  minutes: z.number().min(0),
  /** Requirements that cannot be met, one sentence each. */
  warnings: z.array(z.string()),
});
export type PlanPreview = z.infer<typeof planPreviewSchema>;

import { z } from 'zod';

/** How well "people disagree" and "all people agree" will be known with so many people. */
export const plannerPointSchema = z.strictObject({
  people: z.int().min(1),
  /** Images with two labelers or more; the shares are of these. */
  images: z.int().min(1),
  /** Labelers of each of them, fewest and most. */
  labelers: z.strictObject({ least: z.int().min(2), most: z.int().min(2) }),
  /** Expected share of images on which not everybody gives the same label. */
  disagree: z.number().min(0).max(1),
  /** 95 % Wilson interval of that share with so many images. */
  low: z.number().min(0).max(1),
  high: z.number().min(0).max(1),
  /** `high - low`. */
  width: z.number().min(0).max(1),
  /** 1 - `disagree`. */
  unanimous: z.number().min(0).max(1),
});

export const plannerSchema = z.strictObject({
  /**
   * `rarefied`: exact, from the labels that are there; `extrapolated`: from their shares, as if drawn again and again;
   * `assumed`: from the share that the researcher assumes. Numbers of people who give no image two labelers have no point.
   */
  points: z.array(plannerPointSchema.extend({ basis: z.enum(['rarefied', 'extrapolated', 'assumed']) })),
  images: z.int().min(1),
  /** Labelers whose labels it is computed from; 0: none. */
  labelers: z.int().min(0),
  /** What has to be true for the numbers to be, one sentence each. */
  assumptions: z.array(z.string()),
  /** Estimated minutes of one person. */
  minutes: z.number().min(0),
});
export type Planner = z.infer<typeof plannerSchema>;

/** What a plan comes to before anybody labels. */
export const planPreviewSchema = z.strictObject({
  /** Trials of one person by kind. */
  trials: z.strictObject({
    real: z.int().min(0),
    repeat: z.int().min(0),
    practice: z.int().min(0),
    attention: z.int().min(0),
  }),
  /** Orders that distances were checked in, of the people planned: all, unless that takes long. */
  looked: z.strictObject({ checked: z.int().min(1), of: z.int().min(1) }),
  /** The orders of the first three labelers. */
  orders: z.array(
    z.strictObject({
      /** Smallest distance of neighbours along alpha that is met; null: there are none. */
      apart: z.int().min(1).nullable(),
      /** Image ids of the first forty trials. */
      first: z.array(z.int().min(0)).max(40),
    }),
  ),
  /** Labelers of an image with the people planned: fewest and most. */
  perImage: z.strictObject({ least: z.int().min(0), most: z.int().min(0) }),
  minutes: z.number().min(0),
  /** What cannot be met as wished, one sentence each. */
  warnings: z.array(z.string()),
});
export type PlanPreview = z.infer<typeof planPreviewSchema>;

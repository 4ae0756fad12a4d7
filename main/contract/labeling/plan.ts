import { z } from 'zod';

/**
 * The choice "can't tell". It is not a class, so it has no label: `toLabel` of `domain/labeling/answers.ts` gives null for
 * it, and the analysis counts the answer as missing.
 */
export const cannotTellChoice = -1;

/** What a person chose: a class index, or `cannotTellChoice`. */
export const choiceSchema = z.int().min(cannotTellChoice).max(999);

const orderSchema = z.strictObject({
  seed: z.int().min(0).max(0xffff_ffff),
  /** Smallest distance of neighboring alphas of a pair, in positions; 3: two other images between; 1: no requirement. */
  apart: z.int().min(1).max(50),
  blocks: z.int().min(1).max(50),
  /** Practice shows different anchors, none twice in a row, if there are enough. Plans of earlier versions lack it and keep their orders. */
  practice: z.literal('different-anchors').optional(),
});

const text = (longest: number) => z.string().trim().min(1).max(longest);

export const labelingPlanSchema = z.strictObject({
  /** Shown beside each image, e.g. "What is this?". */
  question: text(500),
  /** The classes as people read them, in the order of the stimulus set's classes. */
  names: z.array(text(100)).min(2).max(1000),
  /**
   * What a person presses for each answer, in order: one character each, or two each. Rules: `findKeyProblem` of
   * `domain/labeling/answers.ts`. Absent, as in all plans of earlier versions: digits, then letters, by place.
   */
  keys: z.array(z.string().max(2)).min(2).max(1000).optional(),
  /** Name of the answer without a class, e.g. "Can't tell"; null: not offered. */
  cannotTell: text(100).nullable(),
  instructions: z.string().trim().max(20_000),
  /** Consent text, to be accepted first; null: consent is obtained elsewhere. */
  consent: text(20_000).nullable(),
  /** `grid`: pages of images, one of them in focus. `single`: one at a time, with response times. */
  mode: z.enum(['grid', 'single']),
  grid: z.strictObject({ columns: z.int().min(1).max(20), rows: z.int().min(1).max(20) }),
  /** Longer side of the image. `grid`: of the image in focus; others are smaller. */
  size: z.strictObject({ unit: z.enum(['mm', 'px']), value: z.number().min(1).max(2000) }),
  interpolation: z.enum(['pixelated', 'smooth']),
  /** `single`: milliseconds of the cross before each image. */
  fixationMs: z.int().min(0).max(10_000),
  /** null: no limit. An image that times out is left blank. */
  timeLimit: z.strictObject({
    imageSeconds: z.number().min(0.1).max(3600).nullable(),
    sessionMinutes: z.number().min(1).max(1440).nullable(),
  }),
  order: orderSchema,
  /** Images that each person labels; null: all. Each image gets the same number of labelers, or one more. */
  perPerson: z.int().min(1).max(100_000).nullable(),
  /** Images shown a second time, unannounced, to measure consistency; not analyzed. */
  repeats: z.int().min(0).max(5000),
  /** Smallest number of positions between an image and its repeat, if there is room. */
  repeatApart: z.int().min(1).max(1000),
  /** Practice trials at the start, announced as practice; not analyzed. */
  practice: z.int().min(0).max(100),
  /** Attention trials: clear images with a known class; not analyzed. */
  attention: z.int().min(0).max(200),
  people: z.int().min(1).max(1000),
});
export type LabelingPlan = z.infer<typeof labelingPlanSchema>;

/** Version number of each text, which increases with every change. */
export const textVersionsSchema = z.strictObject({
  question: z.int().min(1),
  labels: z.int().min(1),
  instructions: z.int().min(1),
  consent: z.int().min(1),
});
export type TextVersions = z.infer<typeof textVersionsSchema>;

/** Purpose of a trial. Only real trials are analyzed. */
export const trialKinds = ['real', 'repeat', 'practice', 'attention'] as const;
export type TrialKind = (typeof trialKinds)[number];

export const mediumSchema = z.enum(['screen', 'kit', 'paper']);
export type Medium = z.infer<typeof mediumSchema>;

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

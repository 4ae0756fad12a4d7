import { z } from 'zod';

/**
 * The choice "can't tell". It is not a class, so it has no label: `toLabel` of `domain/labeling/answers.ts` gives null for
 * it, and the analysis counts the answer as missing.
 */
export const cannotTellChoice = -1;

/** What a person chose: a class index, or `cannotTellChoice`. */
export const choiceSchema = z.int().min(cannotTellChoice).max(999);

/** How one labeler's stimuli are put in order. */
export const orderSchema = z.strictObject({
  /** Of all orders of the plan; each labeler's differs. */
  seed: z.int().min(0).max(0xffff_ffff),
  /** Positions from an image to a neighbour along alpha of its pair, at least; 3: two others between; 1: no condition. */
  apart: z.int().min(1).max(50),
  /** Equal parts with a break between them. */
  blocks: z.int().min(1).max(50),
});
export type OrderPlan = z.infer<typeof orderSchema>;

const text = (longest: number) => z.string().trim().min(1).max(longest);

/** What people are asked, about which images, and how they see them. */
export const labelingPlanSchema = z.strictObject({
  /** Asked beside each image, e.g. "Which digit is this?". */
  question: text(500),
  /** The classes as people read them, in the order of the stimulus set's classes. */
  names: z.array(text(100)).min(2).max(1000),
  /** What the answer without a class is called, e.g. "Can't tell"; null: there is none. */
  cannotTell: text(100).nullable(),
  instructions: z.string().trim().max(20_000),
  /** To be agreed to before anything else; null: consent is taken elsewhere. */
  consent: text(20_000).nullable(),
  /** `grid`: pages of images, one of them focused. `single`: one at a time, with reaction times. */
  mode: z.enum(['grid', 'single']),
  grid: z.strictObject({ columns: z.int().min(1).max(20), rows: z.int().min(1).max(20) }),
  /** Side of the image that is judged (the longer one, where it is not square). `grid`: of the one in focus, others are smaller. */
  size: z.strictObject({ unit: z.enum(['mm', 'px']), value: z.number().min(1).max(2000) }),
  /** How an image is enlarged. */
  interpolation: z.enum(['pixelated', 'smooth']),
  /** Milliseconds of the cross before each image of `single`. */
  fixationMs: z.int().min(0).max(10_000),
  /** null: none. An image that runs out of time is left blank. */
  timeLimit: z.strictObject({
    imageSeconds: z.number().min(0.1).max(3600).nullable(),
    sessionMinutes: z.number().min(1).max(1440).nullable(),
  }),
  order: orderSchema,
  /** Images of the set that each person labels; null: all. Each image then gets equally many labelers, or one more. */
  perPerson: z.int().min(1).max(100_000).nullable(),
  /** Images that come a second time, unannounced, to learn how consistent a person is; not analysed. */
  repeats: z.int().min(0).max(5000),
  /** Positions from an image to its repeat, at least (where there is room). */
  repeatApart: z.int().min(1).max(1000),
  /** Trials before the first real one, called practice on screen; not analysed. */
  practice: z.int().min(0).max(100),
  /** Clear images in between, whose class is known; not analysed. */
  attention: z.int().min(0).max(200),
  /** People that are to come. */
  people: z.int().min(1).max(1000),
});
export type LabelingPlan = z.infer<typeof labelingPlanSchema>;

/** Texts that carry a number of their own, which grows whenever they change. */
export const textVersionsSchema = z.strictObject({
  question: z.int().min(1),
  labels: z.int().min(1),
  instructions: z.int().min(1),
  consent: z.int().min(1),
});
export type TextVersions = z.infer<typeof textVersionsSchema>;

/** What a trial is for. Only real ones are analysed. */
export const trialKinds = ['real', 'repeat', 'practice', 'attention'] as const;
export type TrialKind = (typeof trialKinds)[number];

/** Where a session is done. */
export const mediumSchema = z.enum(['screen', 'kit', 'paper']);
export type Medium = z.infer<typeof mediumSchema>;

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
  ordersChecked: z.strictObject({ checked: z.int().min(1), of: z.int().min(1) }),
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

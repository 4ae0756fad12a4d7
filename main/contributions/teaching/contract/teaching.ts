import { z } from 'zod';
import { ofStudy } from '../../../contract/wire/index.ts';
import { exhibitSchema, figureSchema } from '../../../contract/results/index.ts';
import { targetSchema } from '../../../contract/recipes/index.ts';
import { targetArms } from '../../contrasts/contract/target-arms.ts';
import { halfNames, teachingSchema } from './design.ts';
import { additionPlanSchema, trainedCellShape, trainingProgressShape } from '../../../contract/api/index.ts';

/** Networks that are taught a study's images by people's labels, against other targets. */

const armSchema = z.enum(targetArms);
const halfSchema = z.enum(halfNames);
const share = z.number().nullable();

/** How well labels of the people who examine can be predicted at all (metrics.md 17.3); null: not defined. */
const floorSchema = z.strictObject({
  /** Images with two of their labels or more. */
  n: z.int(),
  /** What the true distribution would score with so many labels. */
  brier_floor: share,
  nll_floor: share,
  /** What half of the people score who predict the other half. */
  brier_ceiling: share,
  nll_ceiling: share,
});

/** What an experiment would train, or trains. */
export const teachingPlanSchema = additionPlanSchema.omit({ entries: true, names: true }).extend({
  cells: z.int().min(0),
  /** Trainings that the experiment has already. */
  kept: z.int().min(0),
  simulated: z.boolean(),
  /** Images in each fold. */
  folds: z.array(z.int()),
  /** What is split: people, or, of counts, the labels of each image, so that one person may be in both halves. */
  halvesOf: z.enum(['people', 'labels']),
  /** How many of these each half has. */
  people: z.strictObject({ a: z.int(), b: z.int() }),
  /** Images of the study that are never taught, as they are test images of the data set. */
  untaught: z.int(),
  /** Taught images and, of the arm `distill`, the chosen temperature. */
  parts: z.array(
    z.strictObject({ fold: z.int(), teachers: halfSchema, images: z.int(), temperature: z.number().nullable() }),
  ),
  /** For each half that teaches, how well the other half's labels can be predicted. */
  floors: z.array(z.strictObject({ teachers: halfSchema, floor: floorSchema })),
});
export type TeachingPlan = z.infer<typeof teachingPlanSchema>;

/** How the trainings of an experiment stand. */
export const teachingViewSchema = z.strictObject({
  teaching: teachingSchema,
  /** Whether labels of the study are of a rehearsal. */
  simulated: z.boolean(),
  /** Cells with models; cells with the same targets share them. None: nothing was made. */
  cells: z.array(
    z.strictObject({
      name: z.string(),
      arm: armSchema,
      fold: z.int(),
      teachers: halfSchema,
      ...trainedCellShape,
    }),
  ),
  ...trainingProgressShape,
});
export type TeachingView = z.infer<typeof teachingViewSchema>;

/** What a design can be made of. */
export const teachingChoicesSchema = z.strictObject({
  /** Entries of `models` whose recipe the networks may have. */
  bases: z.array(z.strictObject({ name: z.string(), recipe: z.string(), targets: z.array(targetSchema) })),
  /** Entries whose networks may teach the arm `distill`. */
  teachers: z.array(z.string()),
  /** Every arm. `missing`: why these images cannot have it; null: they can, or it is not known yet. */
  arms: z.array(z.strictObject({ arm: armSchema, missing: z.string().nullable() })),
  /** What the study needs first: a sentence; null: nothing. */
  missing: z.string().nullable(),
  /** Images that are frozen. */
  images: z.int(),
  /** Labelers; of counts, answers. */
  labelers: z.int(),
  simulated: z.boolean(),
});

export type TeachingChoices = z.infer<typeof teachingChoicesSchema>;

/** The size of an experiment with taught networks. */
const sizeSchema = z.strictObject({
  /** Pairs of classes, or images that lie between none. */
  units: z.int(),
  images: z.int(),
  /** In both halves together, who label every image; of counts, labels of each image. */
  people: z.int(),
  seeds: z.int(),
});
export type TeachingSize = z.infer<typeof sizeSchema>;

/** An arm against the reference: lower scores are better, so a difference below 0 is in its favor. Null: one seed or one pair has no intervals. */
const plannedArmSchema = z.strictObject({
  arm: armSchema,
  /**
   * What labels allow: the difference of networks that predict exactly what endlessly many people would have taught, so `human`
   * the true shares and `majority` their mode; and the smallest that these images and people who examine tell of it, whatever the seeds.
   */
  most: z.number(),
  mostTold: share,
  /** Difference of networks as they are assumed, and the smallest that the design tells. */
  expected: z.number(),
  told: share,
  /** `hopeless`: these images and people do not even tell the most that labels allow. `more`: they might, but the design does not tell what is expected. */
  verdict: z.enum(['enough', 'more', 'hopeless']),
  /** The smallest size that tells it; null: none that is tried. */
  needed: sizeSchema.nullable(),
});
export type PlannedArm = z.infer<typeof plannedArmSchema>;

/** What an experiment can show before anything is trained (`analysis/planner.ts`). */
const teachingEnoughSchema = z.strictObject({
  /** There are no labels yet: people are assumed. */
  assumed: z.boolean(),
  /** Untaught networks of the study that say how networks vary; 0: that is assumed. */
  networks: z.int().min(0),
  units: z.enum(['pairs', 'images']),
  outcome: z.enum(['brier', 'nll']),
  reference: armSchema,
  design: sizeSchema,
  /** Labels of each image in the halves of this design: of those who teach, on average, and of those who examine. */
  halves: z.strictObject({ teaching: z.number(), examining: z.number() }),
  /** Each arm but the reference. */
  arms: z.array(plannedArmSchema),
  /** The arm that all that follows is about. */
  main: armSchema,
  /** Half-width of the 95 % interval, the smallest detectable difference, and the expected one. */
  sizes: z.array(sizeSchema.extend({ half: share, told: share, expected: z.number() })),
  /** The smallest size that tells it, and which arms that tells; null: none that was tried. */
  needed: sizeSchema.nullable(),
  tells: z.array(armSchema),
});
export type TeachingEnough = z.infer<typeof teachingEnoughSchema>;

/** A plan, as far as one can be made: sentences say what is not planned, and why. */
export const teachingForecastSchema = z.strictObject({
  plan: teachingEnoughSchema.nullable(),
  notPlanned: z.array(z.string()),
});
export type TeachingForecast = z.infer<typeof teachingForecastSchema>;

export const makeSchema = ofStudy.extend({
  teaching: teachingSchema,
  /** Makes targets anew although trainings with other ones have begun: these leave the study. */
  again: z.boolean().default(false),
});

export const outcomesInput = ofStudy.extend({
  /** Networks of this target; null: of the first one of the base recipe. */
  target: z.string().max(100).nullable(),
});
export type OutcomesInput = z.infer<typeof outcomesInput>;

/** Plans the next experiment from the variances of this one. */
export const sizePlanInput = outcomesInput.extend({
  arm: armSchema,
  /** The half that teaches. */
  teachers: halfSchema,
  /** The smallest difference from the reference to see, in the declared outcome. */
  difference: z.number().gt(0).max(1000),
});
export type SizePlanInput = z.infer<typeof sizePlanInput>;

/** Outcomes of the arms on held-out images, against people who taught none of them. */
export const outcomesSchema = z.strictObject({
  /** Why there are none; then all that follows but `targets` is empty. */
  undefined: z.string().nullable(),
  rehearsal: z.boolean(),
  targets: z.array(z.strictObject({ value: z.string(), text: z.string() })),
  asked: z.strictObject({ target: z.string(), reference: armSchema, outcome: z.enum(['brier', 'nll']) }).nullable(),
  /** Directions of the experiment that are not there yet, and what to do: sentences. */
  missing: z.array(z.string()),
  /** What can be planned: arms but the reference, of each half that teaches. */
  directions: z.array(z.strictObject({ teachers: halfSchema, arms: z.array(armSchema) })),
  figure: figureSchema.nullable(),
  /** Scores of every arm with floor and ceiling, and differences from the reference. */
  scores: exhibitSchema.nullable(),
  differences: exhibitSchema.nullable(),
  /** How single people's own labels are predicted; null: no network was taught by one person. */
  own: exhibitSchema.nullable(),
});
export type OutcomesResult = z.infer<typeof outcomesSchema>;

import { z } from 'zod';
import { hashSchema, seedSchema, targetSchema } from './recipes.ts';

/** What networks may be taught of the same images (metrics.md 17.1). */
export const targetArms = [
  'alpha_hard',
  'alpha_soft',
  'majority',
  'human',
  'permuted',
  'smoothing',
  'distill',
  'human_forced',
  'truth',
  'person',
] as const;
export type TargetArm = (typeof targetArms)[number];

/** The halves of the people: where one teaches, the other examines. */
export const halfNames = ['a', 'b'] as const;
export type Half = (typeof halfNames)[number];

const armSchema = z.enum(targetArms);
const halfSchema = z.enum(halfNames);
const entryNameSchema = z.string().min(1).max(64);
const mostFolds = 20;
const mostSeeds = 1000;
const foldSchema = z.int().min(1).max(mostFolds);

/** Temperatures that the arm `distill` chooses from, unless others are asked for. */
export const usualTemperatures = [0.5, 1, 1.5, 2, 3, 4, 6, 8];

/** How the arm `distill` gets its targets. */
const distillationSchema = z.strictObject({
  /** Entries of `models`: their networks teach together. Absent: all diverse ones without a collection. */
  teachers: z.array(entryNameSchema).min(1).max(100).optional(),
  /** Target of the teachers' snapshots. Absent: the first target of each entry. */
  target: targetSchema.optional(),
  /** One is chosen for each part, on its training images alone. */
  temperatures: z.array(z.number().gt(0).lte(100)).min(1).max(50).default(usualTemperatures),
});

/** How the arm `person` trains networks of the base entry on, each by the labels of one person who teaches. */
const tuningSchema = z.strictObject({
  /** Target of the snapshots that tuning starts from. Absent: the first target of the entry. */
  target: targetSchema.optional(),
  /** How long each is trained on; data set and images are mixed as in the other arms. */
  epochs: z.number().gt(0).max(100).default(1),
  /** Learning rate. Absent: that of the base recipe. */
  stepSize: z.number().gt(0).max(10).optional(),
});

/** What was made of a study's labels: files of targets by their hashes. It decides the recipes, so it is declared. */
const madeSchema = z.strictObject({
  /** The frozen set, and the file of its pixels. */
  stimuli: hashSchema,
  pixels: hashSchema,
  /** Hash of the labels that it was made from. */
  labels: hashSchema,
  /** File that says who and what made each target (`teachingRecordSchema`). */
  record: hashSchema,
  /** `fold`: the one whose images are held out, from 1. `teachers`: the half whose labels made the targets. */
  cells: z
    .array(
      z.strictObject({
        arm: armSchema,
        fold: foldSchema,
        teachers: halfSchema,
        targets: hashSchema,
        /** Only for the arm `person`: the number of the seed, from 0, and the weights that its network starts from. */
        tuned: z
          .strictObject({
            seed: z
              .int()
              .min(0)
              .max(mostSeeds - 1),
            start: hashSchema,
          })
          .optional(),
      }),
    )
    .min(1)
    .max((targetArms.length + mostSeeds) * mostFolds * halfNames.length),
});
export type MadeTargets = z.infer<typeof madeSchema>;

/**
 * An experiment that teaches networks the same images by different targets, made of the study's labels. Folds go over pairs
 * with all that share an anchor, or over images that lie between no classes. Each cell is an arm, a held-out fold and a half
 * of people who teach, trained with `seeds` seeds, the same ones in every cell.
 */
export const teachingSchema = z.strictObject({
  /** Names of its models begin with it, and it is their collection. */
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,23}$/, 'letters, digits, space, dot, dash and underscore; 24 at most')
    .default('teach'),
  /** The entry of `models` whose recipe all cells have but for their soft labels. */
  base: entryNameSchema,
  arms: z.array(armSchema).min(2).max(targetArms.length),
  /** The arm that others are compared with; not `person`. Absent: the first. */
  reference: armSchema.optional(),
  folds: foldSchema.min(2).default(5),
  /** `one`: half a teaches, half b examines. `both`: the reverse, too. */
  directions: z.enum(['one', 'both']).default('one'),
  /** How much of each batch the study's images are. */
  share: z.number().gt(0).lte(1).default(0.25),
  seeds: z.int().min(1).max(mostSeeds).default(20),
  /** Decides folds, halves and the seeds of the networks. */
  seed: seedSchema.default(1),
  distill: distillationSchema.optional(),
  person: tuningSchema.optional(),
  /** Differences in it are the family of tests that Holm's method adjusts for. */
  outcome: z.enum(['brier', 'nll']).default('brier'),
  /** How much lower accuracy on the test set may be, as a share. */
  margin: z.number().gt(0).lt(1).default(0.001),
  /** Absent: nothing was made yet, so nothing is trained. */
  made: madeSchema.optional(),
});
export type Teaching = z.infer<typeof teachingSchema>;

const ids = z.array(z.int().min(0)).max(1_000_000);

/** A file: how images and people were split, and what made the targets. People are known by hashes of their names. */
export const teachingRecordSchema = z.strictObject({
  schema: z.literal('boundary-workbench/teaching/1'),
  stimuli: hashSchema,
  simulated: z.boolean(),
  images: z.array(z.strictObject({ id: z.int().min(0), fold: foldSchema })).max(1_000_000),
  people: z.array(z.strictObject({ key: hashSchema, half: halfSchema })).max(1_000_000),
  /** Ids of images that are test images of the data set. Those between two classes are never taught. */
  testImages: ids,
  /** Weights of the networks that teach the arm `distill`. */
  networks: z.array(hashSchema).max(10_000),
  /** What one fold is held out of, and one half of people taught: all of its arms teach the same images. */
  parts: z
    .array(
      z.strictObject({
        fold: foldSchema,
        teachers: halfSchema,
        images: ids,
        /** Labels of the teaching people, image by image, class by class. */
        counts: ids,
        /** Epsilon of the arm `smoothing`. */
        epsilon: z.number(),
        /** Ids of the images whose distributions `permuted` gives to `images`. */
        permutation: ids,
        /** Negative log-likelihood of the teaching people's labels under each temperature, and the chosen one. */
        temperature: z.number().nullable(),
        temperatures: z.array(z.strictObject({ temperature: z.number(), nll: z.number() })),
        /** Whose labels each seed of the arm `person` was taught, and of which images. Absent: there is no such arm. */
        persons: z
          .array(z.strictObject({ seed: z.int().min(0), person: hashSchema, images: ids }))
          .max(mostSeeds)
          .optional(),
      }),
    )
    .max(mostFolds * halfNames.length),
});
export type TeachingRecord = z.infer<typeof teachingRecordSchema>;

import { z } from 'zod';
import { hashSchema } from '../../../contract/recipes/index.ts';
import { foldSchema, halfNames, halfSchema, mostFolds, mostSeeds } from './design.ts';

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

import { z } from 'zod';
import { typeSchema } from '../results/exhibit.ts';
import { aboutPeople, viewInput } from '../results/results-parts.ts';
import { targetSchema } from '../recipes/recipes.ts';

export const imageInput = z.strictObject({
  study: viewInput.shape.study,
  labelers: viewInput.shape.labelers,
  image: z.int().min(0),
});

/** What stands in place of a label: `none`: the labeler has not come to the image. */
const insteadSchema = z.enum(['cannot-tell', 'timeout', 'blank', 'none']);

/** A label or what stands in its place, and when that was, ISO 8601; null: unknown. */
const saidSchema = { label: z.int().nullable(), instead: insteadSchema.nullable(), at: z.string().nullable() };

export const imageDetailSchema = z.strictObject({
  ...aboutPeople,
  id: z.int(),
  /** The pair and alpha; null where the images lie between no two classes. */
  i: z.int().nullable(),
  j: z.int().nullable(),
  alpha: z.number().nullable(),
  /** The true class, where the set states it. */
  truth: z.int().nullable(),
  z: z.array(z.number()).nullable(),
  /** Other images of the pair, alpha ascending; none without a pair. */
  strip: z.array(z.strictObject({ id: z.int(), alpha: z.number() })),
  people: z.array(z.number()),
  status: z.enum(['agree', 'disagree']).nullable(),
  certainty: z.number().nullable(),
  entropy: z.number().nullable(),
  labels: z.array(
    z.strictObject({
      labelerId: z.int(),
      pseudonym: z.string(),
      simulated: z.boolean(),
      ...saidSchema,
      /** Where answers are sets or ratings: the classes named, with their ratings; null: they are not, or there is none. */
      named: z.array(z.strictObject({ label: z.int(), rating: z.number().nullable() })).nullable(),
      /** What `at` is the time of: `entered`: typed in from paper. */
      how: z.enum(['given', 'entered', 'imported', 'simulated']),
      /** From the frame in which the image was shown to the answer; null where it was not measured. */
      responseMs: z.number().nullable(),
      /** Earlier answers, which were changed. */
      earlier: z.array(z.strictObject(saidSchema)),
    }),
  ),
  predictions: z.array(
    z.strictObject({
      key: z.string(),
      name: z.string(),
      architecture: z.string(),
      /** Null, like `runId`: an outside model. */
      target: targetSchema.nullable(),
      repeat: z.int().nullable(),
      runId: z.int().nullable(),
      label: z.int(),
      /** Null: not known. */
      softmax: z.array(z.number()).nullable(),
      /** Largest softmax; null: not known. */
      confidence: z.number().nullable(),
    }),
  ),
  groups: z.array(
    z.strictObject({
      title: z.string(),
      kind: z.enum(['diverse', 'seeds', 'outside']),
      architecture: z.string().nullable(),
      /** Null: outside models. */
      target: targetSchema.nullable(),
      repeat: z.int().nullable(),
      type: typeSchema.nullable(),
      exception: z.boolean(),
      votes: z.array(z.int()),
      divergence: z.number().nullable(),
    }),
  ),
});
export type ImageDetail = z.infer<typeof imageDetailSchema>;

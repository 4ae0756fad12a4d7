import { z } from 'zod';
import { aboutPeople, imageIds, intervalSchema, typeSchema, viewInput } from './results-parts.ts';

/** One test; `holm` is adjusted for all the tests of the answer. */
const testSchema = z.strictObject({
  name: z.string(),
  /** What it compares, in words. */
  about: z.string(),
  unit: z.enum(['image', 'pair']),
  /** First minus second: percent, or bits. Null: undefined. */
  difference: z.number().nullable(),
  in: z.enum(['percent', 'bits']),
  interval: intervalSchema.nullable(),
  p: z.number().nullable(),
  holm: z.number().nullable(),
  method: z.string(),
  n: z.int(),
  undefined: z.string().nullable(),
});

const sideSchema = z.strictObject({ ...aboutPeople, study: z.string(), title: z.string(), models: z.int() });

export const compareInput = z.strictObject({ a: viewInput, b: viewInput });

/** Two groups, targets, studies of the same stimuli, or subsets of labelers. */
export const compareSchema = z.strictObject({
  a: sideSchema,
  b: sideSchema,
  /** Why they cannot be compared image by image (other stimuli); then `tests` and `changed` are empty. */
  undefined: z.string().nullable(),
  /** Images that are determined on both sides. */
  images: z.int(),
  tests: z.array(testSchema),
  /** Images whose type is not the same: type on each side. */
  changed: z.array(z.strictObject({ image: z.int(), a: typeSchema.nullable(), b: typeSchema.nullable() })),
  /** Images by type on both sides. */
  transitions: z.array(z.strictObject({ a: typeSchema, b: typeSchema, images: imageIds })),
});
export type CompareResult = z.infer<typeof compareSchema>;

export const imageInput = z.strictObject({
  study: viewInput.shape.study,
  labelers: viewInput.shape.labelers,
  image: z.int().min(0),
});

/** All that is known of one image. */
export const imageDetailSchema = z.strictObject({
  ...aboutPeople,
  id: z.int(),
  i: z.int(),
  j: z.int(),
  alpha: z.number(),
  z: z.array(z.number()).nullable(),
  /** Other images of the pair, alpha ascending. */
  strip: z.array(z.strictObject({ id: z.int(), alpha: z.number() })),
  people: z.array(z.int()),
  status: z.enum(['agree', 'disagree']).nullable(),
  certainty: z.number().nullable(),
  entropy: z.number().nullable(),
  labels: z.array(
    z.strictObject({
      labelerId: z.int(),
      pseudonym: z.string(),
      simulated: z.boolean(),
      label: z.int().nullable(),
      /** ISO 8601; null: no label. */
      at: z.string().nullable(),
      /** Labels given and changed before the last one. */
      earlier: z.array(z.strictObject({ label: z.int().nullable(), at: z.string() })),
    }),
  ),
  predictions: z.array(
    z.strictObject({
      key: z.string(),
      name: z.string(),
      architecture: z.string(),
      target: z.number(),
      repeat: z.int().nullable(),
      runId: z.int(),
      label: z.int(),
      softmax: z.array(z.number()),
    }),
  ),
  groups: z.array(
    z.strictObject({
      title: z.string(),
      kind: z.enum(['diverse', 'seeds']),
      architecture: z.string().nullable(),
      target: z.number(),
      repeat: z.int().nullable(),
      type: typeSchema.nullable(),
      exception: z.boolean(),
      votes: z.array(z.int()),
      /** Null without labels. */
      divergence: z.number().nullable(),
    }),
  ),
});
export type ImageDetail = z.infer<typeof imageDetailSchema>;

export const selfTestSchema = z.strictObject({
  passed: z.boolean(),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      /** What was put in, in words. */
      of: z.string(),
      expected: z.number(),
      found: z.number().nullable(),
      tolerance: z.number(),
      passed: z.boolean(),
      source: z.string(),
    }),
  ),
});
export type SelfTest = z.infer<typeof selfTestSchema>;

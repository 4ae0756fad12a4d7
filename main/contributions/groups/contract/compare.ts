import { z } from 'zod';
import { aboutPeople, imageIds, typeSchema, viewInput } from '../../../contract/results/index.ts';
import { comparisonTestSchema } from './test.ts';

const sideSchema = z.strictObject({ ...aboutPeople, study: z.string(), title: z.string(), models: z.int() });

export const compareInputSchema = z.strictObject({ a: viewInput, b: viewInput });
export type CompareInput = z.infer<typeof compareInputSchema>;

/** Two groups, targets, studies of the same stimuli, or subsets of labelers. */
export const compareSchema = z.strictObject({
  a: sideSchema,
  b: sideSchema,
  /** Why they cannot be compared image by image (other stimuli); then `tests` and `changed` are empty. */
  undefined: z.string().nullable(),
  /** Images that are determined on both sides. */
  images: z.int(),
  /** Images that have a type on both sides. */
  typed: z.int(),
  tests: z.array(comparisonTestSchema),
  /** Images that have another type on each side. */
  changed: z.array(z.strictObject({ image: z.int(), a: typeSchema, b: typeSchema })),
  /** Images that have a type on one side only: not among `changed`. */
  typedOnce: z.strictObject({ first: imageIds, second: imageIds }),
  /** Images by type on both sides. */
  transitions: z.array(z.strictObject({ a: typeSchema, b: typeSchema, images: imageIds })),
});
export type CompareResult = z.infer<typeof compareSchema>;

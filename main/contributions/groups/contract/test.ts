import { z } from 'zod';
import { imageIds, intervalSchema } from '../../../contract/results/index.ts';

/** One test of two sides, as pages show it; `holm` is adjusted for all tests of the comparison that have a p. */
export const comparisonTestSchema = z.strictObject({
  name: z.string(),
  about: z.string(),
  /** First minus second: percent, or bits. Null: undefined. */
  difference: z.number().nullable(),
  in: z.enum(['percent', 'bits']),
  /** Interval of the difference. */
  interval: intervalSchema.nullable(),
  p: z.number().nullable(),
  holm: z.number().nullable(),
  method: z.string(),
  n: z.int(),
  /** Images that are counted on one side only; null where it is not a count. A description: no test is made of it. */
  discordant: z.strictObject({ first: imageIds, second: imageIds }).nullable(),
  /** What was done about sides of different sizes, or why nothing could be: a sentence; null: their sizes are the same. */
  sizes: z.string().nullable(),
  /** Why there is no difference: a sentence. */
  undefined: z.string().nullable(),
});

/** Digits behind the point of a difference. */
export const differenceDecimals = ({ in: unit }: Pick<z.infer<typeof comparisonTestSchema>, 'in'>): number =>
  unit === 'bits' ? 4 : 1;

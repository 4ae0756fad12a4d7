import { z } from 'zod';
import { hashSchema } from './recipes.ts';

/** One generated image that may become an anchor. What ranks it: main/domain/candidates.ts. */
const candidateSchema = z.strictObject({
  /** Position among the samples drawn. */
  index: z.int().min(0),
  /** Softmax of its class, by the reference classifier, and its logarithm less that of the next class. */
  confidence: z.number(),
  margin: z.number(),
  /** From real images of its class, in grey levels; null where it was not measured. */
  distance: z.number().nullable(),
  score: z.number(),
  /** The latent point; every number is a float32. */
  z: z.array(z.number()).min(1),
});
export type CandidateRecord = z.infer<typeof candidateSchema>;

/** The JSON that a `candidates` run results in. `classes[k]`: candidates of class k, best first. */
export const candidatesSchema = z.strictObject({
  schema: z.literal('boundary-workbench/candidates/2'),
  classes: z.array(z.array(candidateSchema).min(1)).min(2),
  /** As the generator makes them: blob of uint8 [all candidates in the order above, height, width]. */
  width: z.int().min(1),
  height: z.int().min(1),
  pixels: hashSchema,
});
export type Candidates = z.infer<typeof candidatesSchema>;

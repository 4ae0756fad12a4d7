import { z } from 'zod';
import { hashSchema } from './recipes.ts';

/** One generated image that may become an anchor. */
const candidateSchema = z.strictObject({
  /** Position among the samples drawn. */
  index: z.int().min(0),
  /** Softmax of its class, by the reference classifier. */
  confidence: z.number(),
  /** Likeness to the class's mean, and the product that candidates are ranked by. */
  typicality: z.number(),
  score: z.number(),
  /** The latent point; every number is a float32. */
  z: z.array(z.number()).min(1),
});
export type CandidateRecord = z.infer<typeof candidateSchema>;

/** The JSON that a `candidates` run results in. `classes[k]`: candidates of class k, best first. */
export const candidatesSchema = z.strictObject({
  schema: z.literal('boundary-workbench/candidates/1'),
  classes: z.array(z.array(candidateSchema).min(1)).min(2),
  /** As the generator makes them: blob of uint8 [all candidates in the order above, height, width]. */
  width: z.int().min(1),
  height: z.int().min(1),
  pixels: hashSchema,
});
export type Candidates = z.infer<typeof candidatesSchema>;

import { z } from 'zod';
import { addedAnswersSchema } from './outside-models.ts';

/** What a model of a table answered, as hashes of blobs that are stored. */
const storedAnswersSchema = z.strictObject({
  name: z.string(),
  labels: z.string(),
  softmax: z.string().nullable(),
  confidence: z.string().nullable(),
  /** Labels that are the true class; null: the stimuli state no true class. */
  tested: z.strictObject({ images: z.int(), errors: z.int() }).nullable(),
});
export type StoredModelAnswers = z.infer<typeof storedAnswersSchema>;

/** `set`: hash of the stimulus set that they are for. */
export const storedModelsSchema = z.strictObject({
  set: z.string(),
  models: z.array(storedAnswersSchema),
  ...addedAnswersSchema.pick({ unknown: true, notes: true }).shape,
});

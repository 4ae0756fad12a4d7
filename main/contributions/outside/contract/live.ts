import { z } from 'zod';
import { idSchema } from '../../../contract/wire/index.ts';

/** Outside models that vote at once, at most. */
export const maxOutsideVoters = 24;

/** A model that was not trained here. `id`: of its place in the study. */
export const outsideVoterSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  /** What stands in place of an architecture. */
  title: z.string(),
  /** Percent of the labeled images that it was tried on; null: of none. */
  accuracy: z.number().nullable(),
  /** Whether it can be asked about any images; otherwise only its answers to the frozen ones are known. */
  canPredict: z.boolean(),
});
export type OutsideVoter = z.infer<typeof outsideVoterSchema>;

/** An outside model's predictions. `softmax`: float32 [count, classes] as base64; null: only its labels are known. */
const liveVoteSchema = z.strictObject({
  id: idSchema,
  softmax: z.base64().nullable(),
  labels: z.array(z.int().min(0)),
});
export type LiveVote = z.infer<typeof liveVoteSchema>;

/** What one outside model says, or why it says nothing: sentences. */
export const livePartSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('vote'), ...liveVoteSchema.shape }),
  z.strictObject({ type: z.literal('failed'), id: idSchema, why: z.string() }),
]);
export type LivePart = z.infer<typeof livePartSchema>;

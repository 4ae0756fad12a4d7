import { z } from 'zod';
import { hashSchema } from '../../contract/recipes/index.ts';
import { stimulusSources } from '../../contract/stimuli/index.ts';

/** A set that the study used before its current one. */
export const earlierSetSchema = z.strictObject({
  hash: hashSchema,
  images: z.int(),
  pairs: z.int(),
  source: z.enum(stimulusSources),
  /** When the study last used it. */
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  /** Labelers whose labels count again with it, and whether they are simulated; its sessions, begun or not. */
  labelers: z.int(),
  simulated: z.boolean(),
  sessions: z.int(),
  /** Snapshots of the study with stored predictions of it, and all of them. */
  predicted: z.int(),
  snapshots: z.int(),
});
export type EarlierSet = z.infer<typeof earlierSetSchema>;

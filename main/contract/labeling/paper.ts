import { z } from 'zod';
import { choiceSchema } from './plan.ts';

/** Where the double entry of a labeler's paper stands. */
export const paperStateSchema = z.strictObject({
  trials: z.int().min(0),
  /** What was typed in, by trial: first and second time; null: not yet. */
  first: z.array(choiceSchema.nullable()),
  second: z.array(choiceSchema.nullable()),
  /** Trials that were typed twice, differently. */
  mismatches: z.array(z.int().min(0)),
  /** Trials that lack an entry, the first or the second. */
  missing: z.int().min(0),
  /** Whether it was accepted: its answers are in the log. */
  accepted: z.boolean(),
});
export type PaperState = z.infer<typeof paperStateSchema>;

/** One typed answer: `pass` 1 is the first time, 2 the second. null takes an entry back. */
export const paperEntrySchema = z.strictObject({
  pass: z.union([z.literal(1), z.literal(2)]),
  trial: z.int().min(0).max(200_000),
  choice: choiceSchema.nullable(),
});

import { z } from 'zod';
import { choiceSchema } from './plan.ts';

/** What a sheet says of an image: an answer, or that it was left blank. */
export const paperWordSchema = z.union([choiceSchema, z.literal('blank')]);
export type PaperWord = z.infer<typeof paperWordSchema>;

/** Where the double entry of a labeler's paper stands. */
export const paperStateSchema = z.strictObject({
  trials: z.int().min(0),
  /** What was typed in, by trial: first and second time; null: not yet. */
  first: z.array(paperWordSchema.nullable()),
  second: z.array(paperWordSchema.nullable()),
  /** Trials that were typed twice, differently. */
  mismatches: z.array(z.int().min(0)),
  /** Trials that were typed only once, and not at all. */
  once: z.array(z.int().min(0)),
  untyped: z.array(z.int().min(0)),
  /** Whether the plan asks for consent, and whether the sheet says that it was given. */
  asksConsent: z.boolean(),
  consented: z.boolean(),
  /** Whether it was accepted: its answers are in the log. */
  accepted: z.boolean(),
});
export type PaperState = z.infer<typeof paperStateSchema>;

/** One typed answer: `pass` 1 is the first time, 2 the second. null takes an entry back. */
export const paperEntrySchema = z.strictObject({
  pass: z.union([z.literal(1), z.literal(2)]),
  trial: z.int().min(0).max(200_000),
  choice: paperWordSchema.nullable(),
});
export type PaperEntry = z.infer<typeof paperEntrySchema>;

import { z } from 'zod';
import { choiceSchema } from '../../contract/labeling/index.ts';

/** The entry of an image on a sheet: an answer, or left blank. */
const paperWordSchema = z.union([choiceSchema, z.literal('blank')]);
export type PaperWord = z.infer<typeof paperWordSchema>;

export const paperStateSchema = z.strictObject({
  trials: z.int().min(0),
  /** First and second entry, by trial; null: not entered. */
  first: z.array(paperWordSchema.nullable()),
  second: z.array(paperWordSchema.nullable()),
  mismatches: z.array(z.int().min(0)),
  /** Trials entered only once, and trials not entered. */
  once: z.array(z.int().min(0)),
  untyped: z.array(z.int().min(0)),
  /** Whether the plan asks for consent, and whether the sheet says that it was given. */
  asksConsent: z.boolean(),
  consented: z.boolean(),
  /** Whether the entries were accepted, so that the log has the answers. */
  accepted: z.boolean(),
});
export type PaperState = z.infer<typeof paperStateSchema>;

/** One entry: `pass` 1 or 2. A null choice removes the entry. */
export const paperEntrySchema = z.strictObject({
  pass: z.union([z.literal(1), z.literal(2)]),
  trial: z.int().min(0).max(200_000),
  choice: paperWordSchema.nullable(),
});
export type PaperEntry = z.infer<typeof paperEntrySchema>;

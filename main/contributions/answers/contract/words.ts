import { z } from 'zod';

/** In place of a class in a mapping: the person could not tell. */
export const cannotTell = 'cannot-tell';

/** What each spelling in a table of answers means: a class; null: no answer; "can't tell". */
export const wordsSchema = z.record(
  z.string().max(200),
  z.union([z.int().min(0).max(999), z.literal(cannotTell)]).nullable(),
);
export type PeopleWords = z.infer<typeof wordsSchema>;

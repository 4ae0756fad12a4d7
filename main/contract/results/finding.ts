import { z } from 'zod';

/**
 * What was found about one group of networks and people, the same on the overview and above results; of diverse networks and
 * of people alone also in reports.
 */
export const findingSchema = z.strictObject({
  /** Null: nothing can be said yet. */
  sentence: z.string().nullable(),
  /** A sentence: why nothing, or no more, can be said. */
  why: z.string().nullable(),
  /** Sentences: when people agree by such answers, and for whom its interval holds, or why there is none. */
  holds: z.string().nullable(),
});
export type StudyFinding = z.infer<typeof findingSchema>;

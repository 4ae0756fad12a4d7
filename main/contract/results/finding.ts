import { z } from 'zod';

/** What was found about one group of networks and people, the same on the overview, above results and in reports. */
export const findingSchema = z.strictObject({
  /** Null: nothing can be said yet. */
  sentence: z.string().nullable(),
  /** A sentence: why nothing, or no more, can be said. */
  why: z.string().nullable(),
  /** A sentence: for whom its interval holds, or why there is none. */
  holds: z.string().nullable(),
});
export type StudyFinding = z.infer<typeof findingSchema>;

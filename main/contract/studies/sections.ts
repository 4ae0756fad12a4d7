import type { z } from 'zod';

/** Parts of study files that contributions read. Without them, a study keeps its part as it stands. */
export const sectionKeys = ['sweeps', 'teaching'] as const;
export type SectionKey = (typeof sectionKeys)[number];

/** What such a part has to be. */
export interface SectionSchema {
  readonly key: SectionKey;
  readonly schema: z.ZodType;
}

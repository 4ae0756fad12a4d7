import { z } from 'zod';
import { reportChoiceSchema } from '../../contract/api/report.ts';
import { runEnvironmentSchema } from '../../contract/run.ts';
import { placesSchema } from '../tools/places.ts';

const requestSchema = placesSchema.extend({
  environment: runEnvironmentSchema,
  study: z.string(),
  choice: reportChoiceSchema,
  /** Where the files go. */
  folder: z.string(),
});
export type ReportRequest = z.infer<typeof requestSchema>;

const headSchema = z.strictObject({
  study: z.string(),
  rehearsal: z.boolean(),
  createdAt: z.string(),
  product: z.strictObject({ version: z.string(), commit: z.string().nullable() }),
  stimuli: z.string(),
  choice: reportChoiceSchema,
});

/**
 * `names`: files of the choice. `kept`: those to keep beside the study's data, in order; all from one reading of the
 * data. `leftOut`: what was chosen and is too large.
 */
const writtenSchema = z.strictObject({
  head: headSchema,
  names: z.array(z.string()),
  kept: z.array(z.string()),
  leftOut: z.array(z.string()),
});
export type WrittenReport = z.infer<typeof writtenSchema>;

/** What a report process can be asked. `page`: index.html alone; `kept`: what is kept; `files`: both, and all of the choice. */
export const reportCalls = {
  page: { input: requestSchema, output: writtenSchema },
  kept: { input: requestSchema, output: writtenSchema },
  files: { input: requestSchema, output: writtenSchema },
};

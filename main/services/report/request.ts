import { z } from 'zod';
import { refusalSchema } from '../../contract/base.ts';
import { reportChoiceSchema } from '../../contract/api/report.ts';

/** What the process that works out reports is asked, and what it answers. */
export const reportRequestSchema = z.strictObject({
  /** `page`: index.html alone. `kept`: what is kept beside the study's data. `files`: both, and all of the choice. */
  kind: z.enum(['page', 'kept', 'files']),
  root: z.string(),
  resources: z.string(),
  dataFolder: z.string(),
  study: z.string(),
  choice: reportChoiceSchema,
  /** Where the files go. */
  folder: z.string(),
});
export type ReportRequest = z.infer<typeof reportRequestSchema>;

const headSchema = z.strictObject({
  study: z.string(),
  rehearsal: z.boolean(),
  createdAt: z.string(),
  product: z.strictObject({ version: z.string(), commit: z.string().nullable() }),
  stimuli: z.string(),
  choice: reportChoiceSchema,
});

export const reportAnswerSchema = z.discriminatedUnion('ok', [
  /**
   * `names`: files of the choice. `kept`: those to be kept, in order; all of one reading of the data. `leftOut`: what was
   * asked for and is too large.
   */
  z.strictObject({
    ...{ ok: z.literal(true), head: headSchema },
    ...{ names: z.array(z.string()), kept: z.array(z.string()), leftOut: z.array(z.string()) },
  }),
  z.strictObject({ ok: z.literal(false), refusal: refusalSchema.nullable(), message: z.string() }),
]);
export type ReportAnswer = z.infer<typeof reportAnswerSchema>;

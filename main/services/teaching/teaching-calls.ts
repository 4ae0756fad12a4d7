import { z } from 'zod';
import { teachingChoicesSchema, teachingForecastSchema, teachingPlanSchema } from '../../contract/api/teachers.ts';
import { runEnvironmentSchema } from '../../contract/run.ts';
import { teachingSchema } from '../../contract/teaching.ts';
import { placesSchema } from '../tools/places.ts';

/** A study and its data folder, which the process only reads but for blobs. */
const request = placesSchema.extend({ environment: runEnvironmentSchema, study: z.string() });
export type TeachingRequest = z.infer<typeof request>;

const design = request.extend({ teaching: teachingSchema, again: z.boolean() });

/** What the process that makes targets of people's labels can be asked. */
export const teachingCalls = {
  choices: { input: request, output: teachingChoicesSchema },
  enough: { input: request.extend({ teaching: teachingSchema }), output: teachingForecastSchema },
  plan: { input: design, output: teachingPlanSchema },
  /** Stores the targets as blobs; the host declares them. */
  store: {
    input: design,
    output: z.strictObject({ plan: teachingPlanSchema, teaching: teachingSchema, declared: z.string() }),
  },
};

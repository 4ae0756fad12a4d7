import { z } from 'zod';
import { drawnAlikeSchema, drawRequestSchema } from './request.ts';
import { exhibitSchema, figureSchema } from '../../../contract/results/index.ts';
import { runStates } from '../../../contract/runs/index.ts';

/** Anchor draws of a study. */
export const drawsResultSchema = z.strictObject({
  /** The study's own design and rule; null: its stimuli were made elsewhere. */
  own: drawnAlikeSchema.nullable(),
  runs: z.array(
    z.strictObject({
      runId: z.int(),
      /** E.g. `any clear sample, fresh anchors`. */
      title: z.string(),
      request: drawRequestSchema,
      state: z.enum(runStates),
      /** Draws that are done. */
      done: z.int(),
      /** Why it failed. */
      failure: z.string().nullable(),
      /** Null: no draw is known yet. */
      figure: figureSchema.nullable(),
    }),
  ),
  /** All finished ones; without rows while there are none. */
  exhibit: exhibitSchema,
});
export type DrawsResult = z.infer<typeof drawsResultSchema>;

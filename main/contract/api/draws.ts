import { z } from 'zod';
import { exhibitSchema } from '../exhibit.ts';
import { figureSchema } from '../figure.ts';
import { drawnRules } from '../draws.ts';
import { seedSchema } from '../recipes.ts';
import { runStates } from '../run.ts';
import { setting } from '../settings.ts';
import { anchorDesignFacts, anchorDesignSchema, anchorRuleFacts } from '../stimuli.ts';

/** Anchor draws that a person asks for: pairs, alphas, interpolation and search are those of the study. */
export const drawRequestSchema = z.strictObject({
  anchorDesign: setting(anchorDesignSchema, anchorDesignFacts),
  rule: setting(z.enum(drawnRules), anchorRuleFacts),
  draws: setting(z.int().min(1).max(10_000).default(100), { title: 'Draws', help: 'Number of sets' }),
  seed: setting(seedSchema.clone().default(1), { title: 'Seed', help: 'Of the first draw; the others count up' }),
});
export type DrawRequest = z.infer<typeof drawRequestSchema>;

/** What stimulus sets are drawn alike in. */
const drawnAlikeSchema = drawRequestSchema.pick({ rule: true, anchorDesign: true });
export type DrawnAlike = z.infer<typeof drawnAlikeSchema>;

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

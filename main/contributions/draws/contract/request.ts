import { z } from 'zod';
import { drawnRules } from './task.ts';
import { seedSchema } from '../../../contract/recipes/index.ts';
import { setting } from '../../../contract/settings/index.ts';
import { readSettings, type Setting } from '../../../domain/settings/index.ts';
import { anchorDesignFacts, anchorDesignSchema, anchorRuleFacts } from '../../../contract/stimuli/index.ts';

/** Anchor draws that a person asks for: pairs, alphas, interpolation and search are those of the study. */
export const drawRequestSchema = z.strictObject({
  anchorDesign: setting(anchorDesignSchema, anchorDesignFacts),
  rule: setting(z.enum(drawnRules), anchorRuleFacts),
  draws: setting(z.int().min(1).max(10_000).default(100), { title: 'Draws', help: 'Number of sets' }),
  seed: setting(seedSchema.clone().default(1), { title: 'Seed', help: 'Of the first draw; the others count up' }),
});
export type DrawRequest = z.infer<typeof drawRequestSchema>;

/** The settings of anchor draws. */
export const drawSettings: readonly Setting[] = readSettings(drawRequestSchema);

/** What stimulus sets are drawn alike in. */
export const drawnAlikeSchema = drawRequestSchema.pick({ rule: true, anchorDesign: true });
export type DrawnAlike = z.infer<typeof drawnAlikeSchema>;

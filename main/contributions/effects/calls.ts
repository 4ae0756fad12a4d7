import { z } from 'zod';
import { sizePlanSchema } from '../contrasts/contract/size-plan.ts';
import { nothing, ofStudy } from '../../contract/wire/index.ts';
import { call } from '../../services/api/index.ts';
import { withCosts } from '../contrasts/size-costs.ts';
import {
  effectPlanInput,
  effectsInput,
  effectsSchema,
  effectSourceInput,
  effectSourceSchema,
  effectStudiesInput,
  effectStudiesSchema,
  overStudiesInput,
  overStudiesSchema,
} from './contract/effects.ts';
import {
  putSweepInput,
  removedSweepSchema,
  sweepPlanSchema,
  sweepPresetSchema,
  sweepViewSchema,
} from './contract/sweeps.ts';
import type { EffectsQuestions } from './results.ts';
import { listSweeps, planSweep, putSweep, removeSweep, sweepPresets } from './sweeps.ts';

const calls = {
  /** Effects of what networks differ in. Refused also with `results.unknown-effect`, as are the next two. */
  result: call
    .input(effectsInput)
    .output(effectsSchema)
    .handler(({ input, context: { lab }, signal }) =>
      lab.analysis.askOf<EffectsQuestions, 'result'>('effects', 'result', input, signal),
    ),
  /** Networks and images behind a number of it. */
  source: call
    .input(effectSourceInput)
    .output(effectSourceSchema)
    .handler(({ input, context: { lab }, signal }) =>
      lab.analysis.askOf<EffectsQuestions, 'source'>('effects', 'source', input, signal),
    ),
  /** How many pairs and seeds show a difference, and what they cost. */
  plan: call
    .input(effectPlanInput)
    .output(sizePlanSchema)
    .handler(async ({ input, context: { lab }, signal }) =>
      withCosts(lab, input, await lab.analysis.askOf<EffectsQuestions, 'plan'>('effects', 'plan', input, signal)),
    ),
  /** Names of other studies that declare networks at both levels. */
  studies: call
    .input(effectStudiesInput)
    .output(effectStudiesSchema)
    .handler(({ input, context: { lab }, signal }) =>
      lab.analysis.askOf<EffectsQuestions, 'studies'>('effects', 'studies', input, signal),
    ),
  /** An effect in several studies, and over all of them. */
  overStudies: call
    .input(overStudiesInput)
    .output(overStudiesSchema)
    .handler(({ input, context: { lab }, signal }) =>
      lab.analysis.askOf<EffectsQuestions, 'overStudies'>('effects', 'overStudies', input, signal),
    ),
  sweepPresets: call
    .input(nothing)
    .output(z.array(sweepPresetSchema))
    .handler(({ context: { lab } }) => sweepPresets(lab.workbench.resources)),
  sweeps: call
    .input(ofStudy)
    .output(z.array(sweepViewSchema))
    .handler(({ input, context: { lab } }) => listSweeps(lab, input.study)),
  /** What `putSweep` would add, and what that takes. */
  planSweep: call
    .input(putSweepInput)
    .output(sweepPlanSchema)
    .handler(({ input, context: { lab } }) => planSweep(lab, input.study, input.sweep)),
  /** Adds a sweep, or lets the one of that name grow: cells with trainings stay as they are. */
  putSweep: call
    .input(putSweepInput)
    .output(sweepPlanSchema)
    .handler(({ input, context: { lab } }) => putSweep(lab, input.study, input.sweep)),
  /** Takes a sweep out of the study; its runs stay, and are found again when it comes back. */
  removeSweep: call
    .input(ofStudy.extend({ name: z.string() }))
    .output(removedSweepSchema)
    .handler(({ input, context: { lab } }) => removeSweep(lab, input.study, input.name)),
};
export default calls;
export type EffectsCalls = typeof calls;

import { z } from 'zod';
import { ofStudy } from '../../contract/wire/index.ts';
import { sizePlanSchema } from '../contrasts/contract/size-plan.ts';
import { teachingSchema } from './contract/design.ts';
import { call } from '../../services/api/index.ts';
import { withCosts } from '../contrasts/size-costs.ts';
import { placesOf } from '../../services/workbench/index.ts';
import {
  makeSchema,
  outcomesInput,
  outcomesSchema,
  sizePlanInput,
  teachingChoicesSchema,
  teachingForecastSchema,
  teachingPlanSchema,
  teachingViewSchema,
} from './contract/teaching.ts';
import { findTeaching, removeTeaching, restoreTeaching } from './list.ts';
import { processOf } from './process.ts';
import type { TeachingQuestions } from './results.ts';
import { declareTargets } from './targets/declare.ts';

const ofDesign = ofStudy.extend({ teaching: teachingSchema });

const calls = {
  /** The study's experiment, and how its trainings stand; null: it declares none. */
  list: call
    .input(ofStudy)
    .output(teachingViewSchema.nullable())
    .handler(({ input, context: { lab } }) => findTeaching(lab, input.study)),
  choices: call
    .input(ofStudy)
    .output(teachingChoicesSchema)
    .handler(({ input, context: { lab }, signal }) =>
      processOf(lab).ask('choices', { ...input, ...placesOf(lab.workbench) }, { signal }),
    ),
  /** Whether that many images, people and seeds are enough. */
  enough: call
    .input(ofDesign)
    .output(teachingForecastSchema)
    .handler(({ input, context: { lab }, signal }) =>
      processOf(lab).ask('enough', { ...input, ...placesOf(lab.workbench) }, { signal }),
    ),
  /** What `make` would train, and what that takes. */
  plan: call
    .input(makeSchema)
    .output(teachingPlanSchema)
    .handler(({ input, context: { lab }, signal }) =>
      processOf(lab).ask('plan', { ...input, ...placesOf(lab.workbench) }, { signal }),
    ),
  /** Declares the experiment, makes its targets of the study's labels and queues the trainings. */
  make: call
    .input(makeSchema)
    .output(teachingPlanSchema)
    .handler(async ({ input, context: { lab } }) => {
      const stored = await processOf(lab).ask('store', { ...input, ...placesOf(lab.workbench) });
      await declareTargets(lab, input.study, stored);
      return stored.plan;
    }),
  /** Puts a removed experiment back with the targets that it had, also where labels have changed since. */
  restore: call
    .input(ofDesign)
    .output(z.null())
    .handler(async ({ input: { study, teaching }, context: { lab } }) => {
      await restoreTeaching(lab, study, teaching);
      return null;
    }),
  /** Takes the experiment out of the study; its runs stay, and are found again when it comes back. */
  remove: call
    .input(ofStudy)
    .output(z.strictObject({ teaching: teachingSchema, runs: z.int() }))
    .handler(({ input, context: { lab } }) => removeTeaching(lab, input.study)),
  /** Outcomes of networks that people's labels taught, against other targets. */
  outcomes: call
    .input(outcomesInput)
    .output(outcomesSchema)
    .handler(({ input, context: { lab }, signal }) =>
      lab.analysis.askOf<TeachingQuestions, 'outcomes'>('teaching', 'outcomes', input, signal),
    ),
  /** How many pairs and seeds show a difference between two of them, and what they cost. */
  sizePlan: call
    .input(sizePlanInput)
    .output(sizePlanSchema)
    .handler(async ({ input, context: { lab }, signal }) =>
      withCosts(
        lab,
        input,
        await lab.analysis.askOf<TeachingQuestions, 'sizePlan'>('teaching', 'sizePlan', input, signal),
      ),
    ),
};
export default calls;
export type TeachingCalls = typeof calls;

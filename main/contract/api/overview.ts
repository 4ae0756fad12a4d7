import { z } from 'zod';
import { oc, studyName } from './base.ts';
import { costSchema, studyCardSchema } from './studies.ts';
import { goalSchema } from './work.ts';

/** What a study is made of, each step from those before it. */
export const pipelineSteps = ['data-set', 'generator', 'stimuli', 'models', 'labeling', 'analysis', 'report'] as const;
export type PipelineStep = (typeof pipelineSteps)[number];

/** `stale`: it is there, and something that it was made from is another one by now. `blocked`: waits for steps before. */
export const stepStates = ['none', 'blocked', 'working', 'ready', 'stale', 'failed'] as const;
export type StepState = (typeof stepStates)[number];

/** What can be done next in a step. */
export const stepActionSchema = z.strictObject({
  /** On its button. */
  label: z.string(),
  /** Start the study's work up to this goal; null: go to `link`. */
  goal: goalSchema.nullable(),
  /** Address in the page; null for work that starts here. */
  link: z.string().nullable(),
  cost: costSchema.nullable(),
});
export type StepAction = z.infer<typeof stepActionSchema>;

export const stepSchema = z.strictObject({
  step: z.enum(pipelineSteps),
  state: z.enum(stepStates),
  /** The one number to see, e.g. `7 of 9`, and what it counts. Null: there is none yet. */
  figure: z.strictObject({ value: z.string(), of: z.string() }).nullable(),
  /** A line more. */
  detail: z.string(),
  /** Why it is stale, or failed; one sentence each. */
  reasons: z.array(z.string()).max(20),
  /** Simulated labels are in it. */
  simulated: z.boolean(),
  action: stepActionSchema.nullable(),
});
export type Step = z.infer<typeof stepSchema>;

export const overviewSchema = z.strictObject({
  study: studyCardSchema,
  steps: z.array(stepSchema).length(pipelineSteps.length),
  /** Everything that is left, in one go; null: nothing is, or it is being done. */
  rest: stepActionSchema.nullable(),
  /** Id of the job that works on the study, or null. */
  job: z.string().nullable(),
  /** Classes of images by who disagrees, in the diverse group at its first target; null while it cannot be known. */
  types: z
    .strictObject({
      target: z.number(),
      models: z.int(),
      determined: z.int().min(0),
      type_a: z.int().min(0),
      both_disagree: z.int().min(0),
      both_agree: z.int().min(0),
      type_c: z.int().min(0),
    })
    .nullable(),
});
export type Overview = z.infer<typeof overviewSchema>;

export const overviewContract = {
  /** Every step of a study from data set to report: where it stands, what is stale and why, what comes next. */
  get: oc.input(z.strictObject({ study: studyName })).output(overviewSchema),
};

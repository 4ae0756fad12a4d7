import { z } from 'zod';
import { nothing, oc, studyName } from './base.ts';

/**
 * How far a study is to go: `generator` trains it, `candidates` also finds anchors to choose from (and trains the
 * reference), `stimuli` also freezes the set, `models` trains the models without stimuli, `report` does everything.
 */
export const goals = ['generator', 'candidates', 'stimuli', 'models', 'report'] as const;
export const goalSchema = z.enum(goals);
export type Goal = z.infer<typeof goalSchema>;

export const workContract = {
  /** Starts (or goes on with) a study, up to a goal. One study works at a time; others wait in line. */
  start: oc.input(z.strictObject({ study: studyName, goal: goalSchema })).output(z.strictObject({ job: z.string() })),
  /** Has every run of the study checkpoint and leave. */
  stop: oc.input(z.strictObject({ study: studyName })).output(nothing),
  /** What works now and how: whether all runs are paused. */
  state: oc.input(nothing).output(z.strictObject({ study: studyName.nullable(), paused: z.boolean() })),
  /** Running runs checkpoint and wait; nothing new begins until `resumeAll`. Kept over restarts. */
  pauseAll: oc.input(nothing).output(nothing),
  resumeAll: oc.input(nothing).output(nothing),
};

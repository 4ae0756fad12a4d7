import { z } from 'zod';
import { nothing, oc } from './base.ts';

export const jobStates = ['waiting', 'running', 'stopping', 'done', 'failed', 'stopped'] as const;
export type JobState = (typeof jobStates)[number];

/** Long work that the user started, as the one list of it shows it. */
export const jobSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['study', 'install', 'engine-check', 'export', 'import', 'clean-up', 'back-up']),
  title: z.string(),
  state: z.enum(jobStates),
  /** The name of the study that it belongs to, or null. */
  study: z.string().nullable(),
  /** Share done, 0 to 1; null while unknown. */
  share: z.number().min(0).max(1).nullable(),
  /** What is being done, in a few words. */
  note: z.string(),
  /** Estimated seconds that are left; null while unknown. */
  secondsLeft: z.number().min(0).nullable(),
  /** ISO 8601, UTC. */
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  /** Why it failed, or what it wants said at its end. */
  messages: z.array(z.string()),
  /** Address in the page that shows what it made, e.g. `/studies/quick/models`. */
  link: z.string().nullable(),
  /** Whether the user can stop it. */
  stoppable: z.boolean(),
});
export type Job = z.infer<typeof jobSchema>;

export const jobsContract = {
  /** Running ones first, then ended ones, newest first. */
  list: oc.input(nothing).output(z.array(jobSchema)),
  /** What was done so far is kept where that can be: a study goes on where it stopped. */
  stop: oc.input(z.strictObject({ id: z.string().max(64) })).output(nothing),
  /** Takes an ended job off the list. */
  dismiss: oc.input(z.strictObject({ id: z.string().max(64) })).output(nothing),
};

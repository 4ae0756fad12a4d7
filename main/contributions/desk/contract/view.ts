import { z } from 'zod';
import { channelsSchema } from '../../../contract/recipes/index.ts';
import { choiceSchema } from '../../../contract/labeling/index.ts';
import { pseudonymSchema } from '../../sessions/contract/volunteer.ts';
import { shownPlanSchema } from '../../sessions/contract/shown-plan.ts';

/**
 * Everything that the page of a labeling session may know: no pair, alpha, image id, prediction, or label of other people.
 * Trials are identified by their position in the session's order, from 0.
 */

const choiceOptionSchema = z.strictObject({
  choice: choiceSchema,
  name: z.string().max(100),
  /** One character, as `KeyboardEvent.key`, or two that are pressed one after the other; '' for none. */
  key: z.string().max(2),
});

/**
 * `ready`: no answers yet. `finished`: ended by the person, can no longer change. `time-up`: ended by its time limit.
 */
const volunteerStateSchema = z.enum(['ready', 'active', 'finished', 'time-up', 'declined']);

/** Everything that a session's page needs when it opens, also after a crash. */
export const volunteerViewSchema = z.strictObject({
  state: volunteerStateSchema,
  pseudonym: pseudonymSchema,
  ...shownPlanSchema.shape,
  /** Whether consent was given, if the plan asks for it. */
  consented: z.boolean(),
  options: z.array(choiceOptionSchema).min(2).max(1001),
  image: z.strictObject({ width: z.int().min(1), height: z.int().min(1), channels: channelsSchema }),
  trials: z.int().min(0).max(200_000),
  practice: z.int().min(0).max(100),
  /** Trials before which a break is offered. */
  breaks: z.array(z.int().min(1)).max(50),
  /** The person's current answers, by trial; null: none. */
  answers: z.array(choiceSchema.nullable()).max(200_000),
  /** Trials that timed out; they stay without an answer. */
  timedOut: z.array(z.int().min(0)).max(200_000),
  /** Remaining milliseconds of the session's time limit; null: no limit. */
  leftMs: z.number().min(0).nullable(),
  /** The next trial: the first unanswered one after the last answered one, else the first unanswered one; null: none. */
  next: z.int().min(0).nullable(),
  hasPin: z.boolean(),
});
export type VolunteerView = z.infer<typeof volunteerViewSchema>;

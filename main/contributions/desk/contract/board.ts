import { z } from 'zod';
import { idSchema } from '../../../contract/wire/index.ts';
import { labelingPlanSchema, mediumSchema, textVersionsSchema, trialKinds } from '../../sessions/contract/plan.ts';
import { sessionStates } from '../../../contract/labeling/index.ts';
import { sessionTokenSchema } from '../../sessions/contract/volunteer.ts';

const time = z.iso.datetime();

/** A saved plan. Sessions keep the version they were created with. */
export const savedPlanSchema = z.strictObject({
  id: idSchema,
  version: z.int().min(1),
  texts: textVersionsSchema,
  savedAt: time,
  plan: labelingPlanSchema,
});
export type SavedPlan = z.infer<typeof savedPlanSchema>;

/** One session as the researcher sees it: its progress, without answers. */
export const boardRowSchema = z.strictObject({
  id: idSchema,
  token: sessionTokenSchema,
  pseudonym: z.string(),
  medium: mediumSchema,
  state: z.enum(sessionStates),
  planVersion: z.int().min(1),
  trials: z.int().min(0),
  /** Trials that currently have an answer, practice included. */
  answered: z.int().min(0),
  /** Current position; null: not started, or ended. */
  at: z.strictObject({ trial: z.int().min(0), kind: z.enum(trialKinds), block: z.int().min(1) }).nullable(),
  blocks: z.int().min(1),
  createdAt: time,
  startedAt: time.nullable(),
  lastSeenAt: time.nullable(),
  finishedAt: time.nullable(),
  /** Number of sittings; more than one after a crash or a pause. */
  sittings: z.int().min(0),
  focusLost: z.int().min(0),
  /** Images without an answer when the time limit ended the session; null: it did not. */
  imagesLeft: z.int().min(0).nullable(),
  secondWindows: z.int().min(0),
  /** Whether it was opened, entered from paper, or put into a kit. It can then no longer be removed. */
  isUsed: z.boolean(),
  /** Reason why figures exclude it; null: they include it. */
  excluded: z.string().nullable(),
});
export type BoardRow = z.infer<typeof boardRowSchema>;

export const boardSchema = z.strictObject({
  plan: savedPlanSchema.nullable(),
  hasPin: z.boolean(),
  sessions: z.array(boardRowSchema),
  withdrawn: z.array(z.strictObject({ at: time })),
});
export type Board = z.infer<typeof boardSchema>;

/** `low` to `high`: 95 % interval (Wilson) of this person's share of all images that these were drawn from at random. */
const share = z.strictObject({ k: z.int().min(0), n: z.int().min(0), low: z.number(), high: z.number() });

/** Advice on one session. It never excludes anything. */
const flagSchema = z.strictObject({
  kind: z.enum([
    'straight-lining',
    'one-answer',
    'too-fast',
    'focus-lost',
    'attention-missed',
    'inconsistent',
    'time-up',
    'late',
    'misdated',
  ]),
  message: z.string(),
});
export type Flag = z.infer<typeof flagSchema>;

export const qualitySchema = z.strictObject({
  session: idSchema,
  pseudonym: z.string(),
  excluded: z.string().nullable(),
  real: z.int().min(0),
  answered: z.int().min(0),
  blank: z.int().min(0),
  cannotTell: z.int().min(0),
  /** Trials with several different answers. */
  changed: z.int().min(0),
  /** Seconds from the first image to the last answer, without gaps between sittings. */
  seconds: z.number().min(0),
  /** Milliseconds to the first answer: median and quartiles of real trials; null: none. */
  responseMs: z.strictObject({ q1: z.number(), median: z.number(), q3: z.number() }).nullable(),
  /** Repeats with the same answer; null without repeats. */
  consistency: share.nullable(),
  /** Attention trials answered with the known class; null without any. */
  attention: share.nullable(),
  /** How often the window lost focus, and for how many seconds in total. */
  focusLost: z.strictObject({ times: z.int().min(0), seconds: z.number().min(0) }),
  flags: z.array(flagSchema),
});
export type Quality = z.infer<typeof qualitySchema>;

import { z } from 'zod';
import { channelsSchema } from '../images.ts';
import { choiceSchema } from './choice.ts';
import { shownPlanSchema } from './shown-plan.ts';

/**
 * Everything that the page of a labeling session may know: no pair, alpha, image id, prediction, or label of other people.
 * Trials are identified by their position in the session's order, from 0.
 */

/** Token of a session in its address and kit: 128 random bits. */
export const sessionTokenSchema = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
/** Key of a sitting, chosen by the page: from opening to closing or a crash. A UUID. */
export const sittingKeySchema = z.uuid();

/** Milliseconds on a monotonic clock (performance.now()) since the sitting's page was opened. */
export const momentSchema = z.number().min(0).max(1e10);

export const screenSchema = z.strictObject({
  refreshHz: z.number().min(1).max(1000).nullable(),
  width: z.int().min(0).max(100_000),
  height: z.int().min(0).max(100_000),
  pixelRatio: z.number().min(0.05).max(20),
  /** CSS pixels per millimeter, as measured with a card; null: not measured. */
  pixelsPerMm: z.number().min(0.1).max(200).nullable(),
});
export type Screen = z.infer<typeof screenSchema>;

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
  pseudonym: z.string().max(40),
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

/** An answer (also a changed one), an answer taken back, or a timeout. */
export const trialEventKinds = ['answer', 'undo', 'timeout'] as const;

export const trialEventSchema = z
  .strictObject({
    /** Number of the event in its sitting, from 0, notes included. It identifies the event. */
    seq: z.int().min(0).max(10_000_000),
    trial: z.int().min(0).max(200_000),
    kind: z.enum(trialEventKinds),
    choice: choiceSchema.nullable(),
    /** When the image was first shown (`single`: the frame it was painted in) or focused (`grid`). */
    shownMs: momentSchema,
    /** Time of the key, button or timeout. */
    atMs: momentSchema,
  })
  .refine(({ kind, choice }) => (kind === 'answer') === (choice !== null), 'only an answer has a choice')
  .refine(({ shownMs, atMs }) => atMs >= shownMs, 'an answer cannot come before its image');
export type TrialEvent = z.infer<typeof trialEventSchema>;

/** The time limit that an event missed. A late event is stored but does not count. */
export const lateKinds = ['image', 'session'] as const;
export type Late = (typeof lateKinds)[number];

export const noteKinds = [
  'focus-lost',
  'focus-back',
  'hidden',
  'visible',
  'full-screen-left',
  'full-screen-entered',
  'break-began',
  'break-ended',
  'review',
  // Only with a session time limit: the first image of the sitting, a regular sign of work, the end.
  'work-began',
  'working',
  'time-up',
  'wrong-pin',
  // Somebody opened another address of the program, by Back or by typing, and was brought back.
  'tried-to-leave',
  // The session was also open in another window.
  'second-window',
  'left',
] as const;
export const noteSchema = z.strictObject({
  seq: z.int().min(0).max(10_000_000),
  kind: z.enum(noteKinds),
  /** The trial that was in focus; null: none. */
  trial: z.int().min(0).max(200_000).nullable(),
  atMs: momentSchema,
});
export type SessionNote = z.infer<typeof noteSchema>;

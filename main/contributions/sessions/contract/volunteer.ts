import { z } from 'zod';
import { choiceSchema } from '../../../contract/labeling/index.ts';

/** What happens on the page of a labeling session, as it is stored. Trials are positions in the session's order, from 0. */

/** Token of a session in its address and kit: 128 random bits. */
export const sessionTokenSchema = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
export const pseudonymSchema = z.string().max(40);
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

import { z } from 'zod';
import { choiceSchema, labelingPlanSchema } from './plan.ts';

/**
 * What the page of a labeling session may know, and nothing else: no pair, alpha, image id, prediction, or label of
 * anybody else. Trials are known by their position in the session's own order, from 0.
 */

/** What a session's address and kit name it by: 128 random bits. */
export const sessionTokenSchema = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
/** The page's own name for one sitting: from opening to closing or a crash. A UUID. */
export const sittingKeySchema = z.uuid();

/** Milliseconds of a clock that never jumps (performance.now()), since the sitting's page was opened. */
export const momentSchema = z.number().min(0).max(1e10);

/** What the images were shown on. */
export const screenSchema = z.strictObject({
  /** Measured frames a second; null: not measured. */
  refreshHz: z.number().min(1).max(1000).nullable(),
  /** CSS pixels. */
  width: z.int().min(0).max(100_000),
  height: z.int().min(0).max(100_000),
  pixelRatio: z.number().min(0.05).max(20),
  /** CSS pixels of a millimetre, as set with a ruler or card; null: not set. */
  pixelsPerMm: z.number().min(0.1).max(200).nullable(),
});
export type Screen = z.infer<typeof screenSchema>;

export const choiceOptionSchema = z.strictObject({
  choice: choiceSchema,
  name: z.string().max(100),
  /** As `KeyboardEvent.key`; '' for none. */
  key: z.string().max(1),
});

/**
 * `ready`: nothing was answered yet. `finished`: it may be read, not changed. `time-up`: the same, ended by its time limit.
 */
const volunteerStateSchema = z.enum(['ready', 'active', 'finished', 'time-up', 'declined']);

/** All that a session's page starts from, at first and after a crash. */
export const volunteerViewSchema = z.strictObject({
  state: volunteerStateSchema,
  pseudonym: z.string().max(40),
  ...labelingPlanSchema.pick({
    question: true,
    instructions: true,
    consent: true,
    mode: true,
    grid: true,
    size: true,
    interpolation: true,
    fixationMs: true,
    timeLimit: true,
  }).shape,
  /** Whether consent was given, where it is asked for. */
  consented: z.boolean(),
  options: z.array(choiceOptionSchema).min(2).max(1001),
  image: z.strictObject({ width: z.int().min(1), height: z.int().min(1) }),
  /** Number of trials, practice included. */
  trials: z.int().min(0).max(200_000),
  /** The first so many trials are practice. */
  practice: z.int().min(0).max(100),
  /** Trials before which a break is offered. */
  breaks: z.array(z.int().min(1)).max(50),
  /** The person's own current answers, by trial; null: none. */
  answers: z.array(choiceSchema.nullable()).max(200_000),
  /** Trials whose time ran out; those stay without an answer. */
  timedOut: z.array(z.int().min(0)).max(200_000),
  /** Milliseconds that are left of the session's time limit; null: it has none. */
  leftMs: z.number().min(0).nullable(),
  /** The trial to go on with: the first open one after the last one that was answered, else the first open one. */
  next: z.int().min(0).nullable(),
  /** Whether leaving needs the researcher's PIN. */
  hasPin: z.boolean(),
});
export type VolunteerView = z.infer<typeof volunteerViewSchema>;

/** What happens to a trial: it is answered (again), its answer is taken back, or its time runs out. */
export const trialEventKinds = ['answer', 'undo', 'timeout'] as const;

/** One entry of the response log, as a page or a kit tells it. */
export const trialEventSchema = z
  .strictObject({
    /** Counts the events of a sitting from 0, notes included; the same number again is the same event. */
    seq: z.int().min(0).max(10_000_000),
    trial: z.int().min(0).max(200_000),
    kind: z.enum(trialEventKinds),
    /** For `answer`; else null. */
    choice: choiceSchema.nullable(),
    /** When the image was first shown (`single`: the frame it was painted in) or focused (`grid`). */
    shownMs: momentSchema,
    /** When the key, button or time limit came. */
    atMs: momentSchema,
  })
  .refine(({ kind, choice }) => (kind === 'answer') === (choice !== null), 'only an answer has a choice')
  .refine(({ shownMs, atMs }) => atMs >= shownMs, 'an answer cannot come before its image');
export type TrialEvent = z.infer<typeof trialEventSchema>;

/** Whose time was up when an event came: it is kept, and nothing follows from it. */
export const lateKinds = ['image', 'session'] as const;
export type Late = (typeof lateKinds)[number];

/** Things that happen around trials. */
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
  // Only where the session has a time limit: its first image in this sitting, a sign of work every now and then, the end.
  'work-began',
  'working',
  'time-up',
  'wrong-pin',
  // Somebody came to another address of the program, by Back or by typing, and was led back.
  'tried-to-leave',
  // The session was opened in another window as well.
  'second-window',
  'left',
] as const;
export const noteSchema = z.strictObject({
  /** See `trialEventSchema`. */
  seq: z.int().min(0).max(10_000_000),
  kind: z.enum(noteKinds),
  /** The trial that was in focus; null: none. */
  trial: z.int().min(0).max(200_000).nullable(),
  atMs: momentSchema,
});
export type SessionNote = z.infer<typeof noteSchema>;

import { z } from 'zod';
import { idSchema } from '../base.ts';
import { labelingPlanSchema, mediumSchema, textVersionsSchema, trialKinds, choiceSchema } from './plan.ts';
import { sessionTokenSchema } from './volunteer.ts';

const time = z.iso.datetime();
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** A plan as it was saved. Sessions keep the version that they were made with. */
export const savedPlanSchema = z.strictObject({
  id: idSchema,
  /** Counts the study's plans from 1. */
  version: z.int().min(1),
  /** Of each text, see `textVersionsSchema`. */
  texts: textVersionsSchema,
  savedAt: time,
  plan: labelingPlanSchema,
});
export type SavedPlan = z.infer<typeof savedPlanSchema>;

/** The stimulus set that is labelled. */
export const labelingStimuliSchema = z.strictObject({
  hash,
  images: z.int().min(1),
  width: z.int().min(1),
  height: z.int().min(1),
  classes: z.array(z.string()),
  /** Images whose class is beyond doubt (alpha 0 or 1): what practice and attention trials are taken from. */
  clear: z.int().min(0),
});

export const sessionStates = ['planned', 'active', 'finished', 'declined'] as const;

/** One session as the researcher sees it while it runs: where it is, never what was answered. */
export const boardRowSchema = z.strictObject({
  id: idSchema,
  token: sessionTokenSchema,
  pseudonym: z.string(),
  medium: mediumSchema,
  state: z.enum(sessionStates),
  planVersion: z.int().min(1),
  trials: z.int().min(0),
  /** Trials with an answer now, practice included. */
  answered: z.int().min(0),
  /** Where the person is; null: not begun, or ended. */
  at: z.strictObject({ trial: z.int().min(0), kind: z.enum(trialKinds), block: z.int().min(1) }).nullable(),
  blocks: z.int().min(1),
  createdAt: time,
  startedAt: time.nullable(),
  lastSeenAt: time.nullable(),
  finishedAt: time.nullable(),
  /** Times that the page was opened: more than one after a crash or a pause. */
  sittings: z.int().min(0),
  /** How often the window was left: it lost the focus, was hidden, or both at once. */
  focusLost: z.int().min(0),
  /** Images without an answer when the time limit ended the session; null: that did not end it. */
  imagesLeft: z.int().min(0).nullable(),
  /** How often a second window had it open at the same time. */
  secondWindows: z.int().min(0),
  /** Whether it was opened, typed in, or put into a kit: it is not removed any more. */
  isUsed: z.boolean(),
  /** Why it is left out of every figure; null: it is not. */
  excluded: z.string().nullable(),
});
export type BoardRow = z.infer<typeof boardRowSchema>;

/** The labels of people, frozen. */
export const lockSchema = z.strictObject({
  /** SHA-256 over every label of everybody who counts: see docs/data-formats.md. */
  hash,
  lockedAt: time,
  sessions: z.int().min(0),
  labels: z.int().min(0),
  /** False once it was opened again. A withdrawal locks anew by itself. */
  reason: z.enum(['researcher', 'withdrawal']),
});
export type Lock = z.infer<typeof lockSchema>;

export const boardSchema = z.strictObject({
  stimuli: labelingStimuliSchema.nullable(),
  plan: savedPlanSchema.nullable(),
  hasPin: z.boolean(),
  sessions: z.array(boardRowSchema),
  /** Dates of withdrawals; nothing else is left of them. */
  withdrawn: z.array(z.strictObject({ at: time })),
  lock: lockSchema.nullable(),
  /** Everybody whose labels figures are about, from sessions or files; no simulated ones. They are what a lock is of. */
  people: z.int().min(0),
  /** Labelers of the study that came with a file or a rehearsal. */
  otherLabelers: z.strictObject({ people: z.int().min(0), simulated: z.int().min(0) }),
});
export type Board = z.infer<typeof boardSchema>;

/** k of n. */
const share = z.strictObject({ k: z.int().min(0), n: z.int().min(0), low: z.number(), high: z.number() });

/** Advice on one session: what may be wrong with it. Nothing is ever left out because of it. */
export const flagSchema = z.strictObject({
  kind: z.enum([
    'straight-lining',
    'one-answer',
    'too-fast',
    'focus-lost',
    'attention-missed',
    'inconsistent',
    'time-up',
    'late',
  ]),
  /** What was seen, in one sentence with its numbers. */
  message: z.string(),
});
export type Flag = z.infer<typeof flagSchema>;

/** A finished session after the fact. */
export const qualitySchema = z.strictObject({
  session: idSchema,
  pseudonym: z.string(),
  excluded: z.string().nullable(),
  real: z.int().min(0),
  answered: z.int().min(0),
  blank: z.int().min(0),
  cannotTell: z.int().min(0),
  /** Trials that got different answers, one after another. */
  changed: z.int().min(0),
  /** Seconds from first image to last answer, gaps between sittings left out. */
  seconds: z.number().min(0),
  /** Milliseconds to the first answer: median and quartiles over real trials; null: none. */
  responseMs: z.strictObject({ q1: z.number(), median: z.number(), q3: z.number() }).nullable(),
  /** Repeats that got the same answer again, with a 95 % Wilson interval; null without repeats. */
  consistency: share.nullable(),
  /** Attention trials answered with the known class; null without any. */
  attention: share.nullable(),
  /** Times the focus was lost, and for how many seconds altogether. */
  focusLost: z.strictObject({ times: z.int().min(0), seconds: z.number().min(0) }),
  flags: z.array(flagSchema),
});
export type Quality = z.infer<typeof qualitySchema>;

/** What a sheet says of an image: an answer, or that it was left blank. */
export const paperWordSchema = z.union([choiceSchema, z.literal('blank')]);
export type PaperWord = z.infer<typeof paperWordSchema>;

/** Where the double entry of a labeler's paper stands. */
export const paperStateSchema = z.strictObject({
  trials: z.int().min(0),
  /** What was typed in, by trial: first and second time; null: not yet. */
  first: z.array(paperWordSchema.nullable()),
  second: z.array(paperWordSchema.nullable()),
  /** Trials that were typed twice, differently. */
  mismatches: z.array(z.int().min(0)),
  /** Trials that were typed only once, and not at all. */
  once: z.array(z.int().min(0)),
  untyped: z.array(z.int().min(0)),
  /** Whether the plan asks for consent, and whether the sheet says that it was given. */
  asksConsent: z.boolean(),
  consented: z.boolean(),
  /** Whether it was accepted: its answers are in the log. */
  accepted: z.boolean(),
});
export type PaperState = z.infer<typeof paperStateSchema>;

/** One typed answer: `pass` 1 is the first time, 2 the second. null takes an entry back. */
export const paperEntrySchema = z.strictObject({
  pass: z.union([z.literal(1), z.literal(2)]),
  trial: z.int().min(0).max(200_000),
  choice: paperWordSchema.nullable(),
});
export type PaperEntry = z.infer<typeof paperEntrySchema>;

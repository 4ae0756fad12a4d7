import { z } from 'zod';
import { sessionStates } from './labeling/board.ts';
import { choiceSchema, labelingPlanSchema, mediumSchema, textVersionsSchema, trialKinds } from './labeling/plan.ts';
import {
  lateKinds,
  momentSchema,
  noteSchema,
  screenSchema,
  trialEventSchema,
  volunteerViewSchema,
} from './labeling/volunteer.ts';
import { hashSchema } from './recipes.ts';

/**
 * What people did in a study's labeling sessions, as its archive has it: `labeling.json` and `sessions/<place>.json`.
 * No address of a session, no PIN and no key of a kit is in it. Times are milliseconds since 1970.
 */
const time = z.int().min(0).max(8.64e15);
const count = z.int().min(0);

/** What all sessions have in common, and what became of them. */
export const labelingArchiveSchema = z.strictObject({
  /** Every version of the plan, with its texts, oldest first. */
  plans: z
    .array(
      z.strictObject({
        version: z.int().min(1),
        plan: labelingPlanSchema,
        texts: textVersionsSchema,
        savedAt: time,
      }),
    )
    .max(10_000),
  /** Frozen sets of labels, oldest first; at most the last one is not open again. */
  locks: z
    .array(
      z.strictObject({
        hash: hashSchema,
        sessions: count,
        labels: count,
        reason: z.enum(['researcher', 'withdrawal']),
        lockedAt: time,
        openedAt: time.nullable(),
      }),
    )
    .max(10_000),
  /** What stays of people who withdrew: docs/privacy.md. */
  withdrawals: z
    .array(
      z.strictObject({
        trace: hashSchema,
        name: z.strictObject({ salt: z.string().max(100), hash: hashSchema }).nullable(),
        withdrawnAt: time,
      }),
    )
    .max(10_000),
});
export type LabelingArchive = z.infer<typeof labelingArchiveSchema>;

/** A position in a session's order: image, index of its kind in `trialKinds`, block from 1. */
const trialSchema = z.tuple([
  z.int().min(0),
  z
    .int()
    .min(0)
    .max(trialKinds.length - 1),
  z.int().min(1),
]);

const eventSchema = trialEventSchema.safeExtend({
  /** Index into `sittings`. */
  sitting: count,
  storedAt: time,
  late: z.enum(lateKinds).nullable(),
});

/** One session with all that was done in it. */
export const sessionArchiveSchema = z.strictObject({
  /** One line of text, as it stands in tables and on sheets. */
  pseudonym: volunteerViewSchema.shape.pseudonym.min(1).regex(/^\P{Cc}+$/u),
  /** Where its labeler comes from: a hash of the session's first address, by which the person is known again. */
  source: z.string().regex(/^labeling:[0-9a-f]{64}$/),
  /** Version of the plan that it was made with. */
  plan: z.int().min(1),
  setHash: hashSchema,
  medium: mediumSchema,
  /** Among the sessions of its study: it decided the order of its images. */
  place: z.int().min(0).max(1_000_000),
  trials: z.array(trialSchema).min(1).max(200_000),
  state: z.enum(sessionStates),
  atTrial: count.nullable(),
  createdAt: time,
  consentedAt: time.nullable(),
  startedAt: time.nullable(),
  lastSeenAt: time.nullable(),
  finishedAt: time.nullable(),
  imagesLeft: count.nullable(),
  /** So many of its sittings do not count for its time limit any more. */
  clockAfter: count,
  excluded: z.string().min(1).max(500).nullable(),
  /** In the order in which they came. */
  sittings: z
    .array(
      z.strictObject({
        key: z.string().min(1).max(100),
        medium: mediumSchema,
        openedAt: time,
        openedMs: momentSchema.nullable(),
        screen: screenSchema,
        notes: z.array(noteSchema.extend({ storedAt: time })).max(1_000_000),
      }),
    )
    .max(100_000),
  /** Of all sittings, in the order in which they were stored. */
  events: z.array(eventSchema).max(5_000_000),
  /** What was typed in from paper. */
  paper: z
    .array(
      z.strictObject({
        pass: z.literal([1, 2]),
        trial: count,
        choice: choiceSchema.nullable(),
        enteredAt: time,
      }),
    )
    .max(400_000),
});
export type SessionArchive = z.infer<typeof sessionArchiveSchema>;

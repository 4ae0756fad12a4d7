import { z } from 'zod';
import { choiceSchema, mediumSchema, trialKinds } from './plan.ts';
import { lateKinds, noteKinds, screenSchema, trialEventKinds } from './volunteer.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const time = z.iso.datetime();

/** The labels of a study as one JSON file: every session with its order and its log. */
export const labelsJsonSchema = z.strictObject({
  schema: z.literal('boundary-workbench/labels/1'),
  study: z.string(),
  /** Hash of the stimulus set that image ids are of. */
  stimulusSet: hash,
  classes: z.array(z.string()).min(2).max(1000),
  /** Hash of the locked labels; null: they are not locked. */
  lock: hash.nullable(),
  sessions: z.array(
    z.strictObject({
      labeler: z.string().min(1).max(200),
      medium: mediumSchema,
      state: z.enum(['planned', 'active', 'finished', 'declined']),
      planVersion: z.int().min(1),
      /** The question and the names of the classes as this person read them. */
      question: z.string(),
      names: z.array(z.string()),
      /** Why the session is left out of every figure; null: it is not. */
      excluded: z.string().nullable(),
      startedAt: time.nullable(),
      finishedAt: time.nullable(),
      /** Images without an answer when the time limit ended the session; null: that did not end it. */
      imagesLeft: z.int().min(0).nullable().default(null),
      /** In the order in which they were shown. */
      trials: z.array(z.strictObject({ image: z.int().min(0), kind: z.enum(trialKinds), block: z.int().min(1) })),
      sittings: z.array(
        z.strictObject({
          openedAt: time,
          screen: screenSchema,
          /** In the order of the sitting. */
          events: z.array(
            z.strictObject({
              seq: z.int().min(0),
              trial: z.int().min(0),
              kind: z.enum(trialEventKinds),
              /** A class index, -1 for "can't tell", null unless it is an answer. */
              choice: choiceSchema.nullable(),
              shownMs: z.number(),
              atMs: z.number(),
              /** Place in the session's log, over all sittings: the last one of a trial counts. Earlier versions lack it. */
              order: z.int().min(0).optional(),
              /** Whose time was up when it came, so that it does not count; null: nothing's. Earlier versions lack it. */
              late: z.enum(lateKinds).nullable().optional(),
              /** When it was stored, by the clock of the researcher's computer. Earlier versions lack it. */
              storedAt: time.optional(),
            }),
          ),
          notes: z.array(
            z.strictObject({
              seq: z.int().min(0),
              kind: z.enum(noteKinds),
              trial: z.int().min(0).nullable(),
              atMs: z.number(),
            }),
          ),
        }),
      ),
    }),
  ),
});
export type LabelsJson = z.infer<typeof labelsJsonSchema>;

import { z } from 'zod';
import { boardSchema, boardRowSchema, qualitySchema, savedPlanSchema } from '../labeling/board.ts';
import { labelingStateSchema, lockSchema } from '../labeling/state.ts';
import { labelingPlanSchema, mediumSchema, planPreviewSchema, plannerSchema } from '../labeling/plan.ts';
import {
  momentSchema,
  noteSchema,
  screenSchema,
  sessionTokenSchema,
  sittingKeySchema,
  trialEventSchema,
  volunteerViewSchema,
} from '../labeling/volunteer.ts';
import { idSchema, nothing, oc, ofStudy } from '../base.ts';

const ofSession = z.strictObject({ session: idSchema });
const reason = z.string().trim().min(1).max(500);

const remains = z.strictObject({ remains: z.array(z.strictObject({ path: z.string(), why: z.string() })) });

const plan = {
  /** The saved plan, or a proposal for the study's stimuli; null while it has none. */
  get: oc
    .input(ofStudy)
    .output(z.strictObject({ saved: savedPlanSchema.nullable(), proposal: labelingPlanSchema.nullable() })),
  preview: oc.input(ofStudy.extend({ plan: labelingPlanSchema })).output(planPreviewSchema),
  /** Saves a new version if anything changed. Existing sessions keep theirs. */
  save: oc.input(ofStudy.extend({ plan: labelingPlanSchema })).output(savedPlanSchema),
  /**
   * Expected disagreement for 2 to `people` people and `images` images, of which each person labels `perPerson` (null: all).
   * `assumed`: share of images on which ten people disagree, used while nobody has labeled.
   */
  planner: oc
    .input(
      ofStudy.extend({
        people: z.int().min(2).max(1000),
        images: z.int().min(1).max(1_000_000),
        perPerson: z.int().min(1).max(1_000_000).nullable(),
        secondsPerImage: z.number().min(0.1).max(600),
        assumed: z.number().min(0.001).max(0.999),
      }),
    )
    .output(plannerSchema),
};

const sessions = {
  /** Creates sessions from the newest plan, each with its own pseudonym and order. */
  create: oc
    .input(ofStudy.extend({ count: z.int().min(1).max(300), medium: mediumSchema }))
    .output(z.array(boardRowSchema)),
  remove: oc.input(ofSession).output(nothing),
  /** Excludes a session from all figures, with a reason that reports show. */
  exclude: oc.input(ofSession.extend({ reason })).output(nothing),
  include: oc.input(ofSession).output(nothing),
  /** Reopens a finished session, or lets a person who declined be asked again. */
  reopen: oc.input(ofSession).output(nothing),
  /**
   * Deletes all data of a person for good; only a date stays. `remains`: files that still contain some of it and why,
   * e.g. reports written before.
   */
  withdraw: oc.input(ofSession).output(remains),
};

/** Labelers of a study from a file, an archive or a rehearsal. */
const others = {
  list: oc.input(ofStudy).output(
    z.array(
      z.strictObject({
        labeler: idSchema,
        pseudonym: z.string(),
        simulated: z.boolean(),
        source: z.string(),
        /** What their table called them, and the table's file name; null: not known, or deleted. */
        name: z.string().nullable(),
        file: z.string().nullable(),
      }),
    ),
  ),
  /** The list of names and pseudonyms as a CSV file, to keep outside the program. */
  saveNames: oc.input(ofStudy).output(z.strictObject({ address: z.string() })),
  /** Deletes the names and file names of all tables of these labelers for good. */
  deleteNames: oc.input(ofStudy).output(nothing),
  /** Withdraws a labeler without a session. Importing the same file or an earlier archive does not bring the labeler back. */
  withdraw: oc.input(ofStudy.extend({ labeler: idSchema })).output(remains),
};

const lock = {
  /** Locks the labels of all people, so that they cannot change. */
  set: oc.input(ofStudy).output(lockSchema),
  open: oc.input(ofStudy).output(nothing),
};

const ofSitting = z.strictObject({ token: sessionTokenSchema, sitting: sittingKeySchema });

const ofDesk = oc.meta({ desk: true });

/** The calls of a labeling session's page, and no others. They reveal only what a volunteer may know. */
const volunteer = {
  /** Begins a sitting or returns to it. If the plan asks for consent, a sitting begins only after consent. */
  open: ofDesk
    .input(ofSitting.extend({ screen: screenSchema, openedMs: momentSchema.nullable().default(null) }))
    .output(volunteerViewSchema),
  /** uint8 [count, height, width, channels] of consecutive trials' images, in base64. */
  images: ofDesk
    .input(
      z.strictObject({ token: sessionTokenSchema, from: z.int().min(0).max(200_000), count: z.int().min(1).max(500) }),
    )
    .output(z.strictObject({ pixels: z.string() })),
  /** Declining leaves no data. */
  consent: ofDesk.input(ofSitting.extend({ agrees: z.boolean() })).output(nothing),
  /** The events are on disk when it returns. Repeating it changes nothing. */
  addEvents: ofDesk
    .input(ofSitting.extend({ events: z.array(trialEventSchema).min(1).max(500) }))
    .output(z.strictObject({ answered: z.int().min(0) })),
  addNotes: ofDesk.input(ofSitting.extend({ notes: z.array(noteSchema).min(1).max(100) })).output(nothing),
  /** Ends the session. Refused if images have no answer, unless `leaveBlank`. */
  finish: ofDesk.input(ofSitting.extend({ leaveBlank: z.boolean() })).output(nothing),
  /** Ends the session because its time is up, which the log must show. Ending it again changes nothing. */
  timeUp: ofDesk.input(ofSitting).output(nothing),
  /**
   * Whether the PIN is correct, so that the page may be left. Slow after five wrong PINs. `study`: the study of the
   * session, once the page may be left; null before.
   */
  checkPin: ofDesk
    .input(ofSitting.extend({ pin: z.string().max(64) }))
    .output(z.strictObject({ ok: z.boolean(), waitSeconds: z.number().min(0), study: z.string().nullable() })),
};

export const labelingContract = {
  plan,
  sessions,
  others,
  /** Whose labels the study has, and what is locked. */
  state: oc.input(ofStudy).output(labelingStateSchema),
  board: oc.input(ofStudy).output(boardSchema),
  /** Times, consistency and advice on finished sessions. */
  quality: oc.input(ofStudy).output(z.array(qualitySchema)),
  /** Sets the PIN for leaving a labeling session; null removes it. */
  setPin: oc
    .input(
      ofStudy.extend({
        pin: z
          .string()
          .regex(/^\d{4,12}$/)
          .nullable(),
      }),
    )
    .output(nothing),
  lock,
  volunteer,
};

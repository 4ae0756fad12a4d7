import { z } from 'zod';
import { idSchema, nothing, ofStudy } from '../../contract/wire/index.ts';
import { labelingPlanSchema, mediumSchema } from '../sessions/contract/plan.ts';
import {
  momentSchema,
  noteSchema,
  screenSchema,
  sessionTokenSchema,
  sittingKeySchema,
  trialEventSchema,
} from '../sessions/contract/volunteer.ts';
import { remainsSchema } from '../../contract/labeling/index.ts';
import { call, done } from '../../services/api/index.ts';
import { withdrawSession } from '../../services/labeling/index.ts';
import { refusals } from '../../services/labels/index.ts';
import { findStudy } from '../../services/workbench/index.ts';
import { readBoard } from './board.ts';
import { boardRowSchema, boardSchema, qualitySchema, savedPlanSchema } from './contract/board.ts';
import { plannerSchema, planPreviewSchema } from './contract/plan.ts';
import { volunteerViewSchema } from './contract/view.ts';
import { currentPlan, planner, previewPlan, savePlan } from './plans.ts';
import { readQuality } from './quality.ts';
import { deskOf } from './service.ts';
import { createSessions, excludeSession, includeSession, removeSession, reopenSession } from './sessions.ts';
import {
  addEvents,
  addNotes,
  endAtTimeLimit,
  finishSession,
  openSession,
  pinStudy,
  prepareEnd,
  recordConsent,
  trialImages,
} from './volunteer.ts';

const ofSession = z.strictObject({ session: idSchema });
const ofPlan = ofStudy.extend({ plan: labelingPlanSchema });

const plan = {
  /** The saved plan, or a proposal for the study's stimuli; null while it has none. */
  get: call
    .input(ofStudy)
    .output(z.strictObject({ saved: savedPlanSchema.nullable(), proposal: labelingPlanSchema.nullable() }))
    .handler(({ input, context: { lab } }) => currentPlan(lab.workbench, input.study)),
  preview: call
    .input(ofPlan)
    .output(planPreviewSchema)
    .handler(({ input, context: { lab } }) => previewPlan(lab.workbench, input.study, input.plan)),
  /** Saves a new version if anything changed. Existing sessions keep theirs. */
  save: call
    .input(ofPlan)
    .output(savedPlanSchema)
    .handler(({ input, context: { lab } }) => savePlan(deskOf(lab), input.study, input.plan)),
  /**
   * Expected disagreement for 2 to `people` people and `images` images, of which each person labels `perPerson` (null: all).
   * `assumed`: share of images on which ten people disagree, used while nobody has labeled.
   */
  planner: call
    .input(
      ofStudy.extend({
        people: z.int().min(2).max(1000),
        images: z.int().min(1).max(1_000_000),
        perPerson: z.int().min(1).max(1_000_000).nullable(),
        secondsPerImage: z.number().min(0.1).max(600),
        assumed: z.number().min(0.001).max(0.999),
      }),
    )
    .output(plannerSchema)
    .handler(({ input, context: { lab } }) => planner(lab.workbench, input)),
};

const sessions = {
  /** Creates sessions from the newest plan, each with its own pseudonym and order. */
  create: call
    .input(ofStudy.extend({ count: z.int().min(1).max(300), medium: mediumSchema }))
    .output(z.array(boardRowSchema))
    .handler(({ input, context: { lab } }) => createSessions(deskOf(lab), input.study, input.count, input.medium)),
  remove: call
    .input(ofSession)
    .output(nothing)
    .handler(({ input, context: { lab } }) => done(removeSession(deskOf(lab), input.session))),
  /** Excludes a session from all figures, with a reason that reports show. */
  exclude: call
    .input(ofSession.extend({ reason: z.string().trim().min(1).max(500) }))
    .output(nothing)
    .handler(({ input, context: { lab } }) => done(excludeSession(deskOf(lab), input.session, input.reason))),
  include: call
    .input(ofSession)
    .output(nothing)
    .handler(({ input, context: { lab } }) => done(includeSession(deskOf(lab), input.session))),
  /** Reopens a finished session, or lets a person who declined be asked again. */
  reopen: call
    .input(ofSession)
    .output(nothing)
    .handler(({ input, context: { lab } }) => done(reopenSession(deskOf(lab), input.session))),
  /**
   * Deletes all data of a person for good; only a date stays. `remains`: files that still contain some of it and why,
   * e.g. reports written before.
   */
  withdraw: call
    .input(ofSession)
    .output(remainsSchema)
    .handler(async ({ input, context: { lab } }) => ({
      remains: await withdrawSession(lab.labeling, input.session, () => lab.forgetLabels()),
    })),
};

const ofSitting = z.strictObject({ token: sessionTokenSchema, sitting: sittingKeySchema });

const ofDesk = call.meta({ limited: true });

/** The calls of a labeling session's page, and no others. They reveal only what a volunteer may know. */
const volunteer = {
  /** Begins a sitting or returns to it. If the plan asks for consent, a sitting begins only after consent. */
  open: ofDesk
    .input(ofSitting.extend({ screen: screenSchema, openedMs: momentSchema.nullable().default(null) }))
    .output(volunteerViewSchema)
    .handler(({ input, context: { lab } }) => openSession(deskOf(lab), input, input)),
  /** uint8 [count, height, width, channels] of consecutive trials' images, in base64. */
  images: ofDesk
    .input(
      z.strictObject({ token: sessionTokenSchema, from: z.int().min(0).max(200_000), count: z.int().min(1).max(500) }),
    )
    .output(z.strictObject({ pixels: z.string() }))
    .handler(({ input, context: { lab } }) => ({
      pixels: trialImages(deskOf(lab), input.token, input.from, input.count),
    })),
  /** Declining leaves no data. */
  consent: ofDesk
    .input(ofSitting.extend({ agrees: z.boolean() }))
    .output(nothing)
    .handler(({ input, context: { lab } }) => done(recordConsent(deskOf(lab), input.token, input.agrees))),
  /** The events are on disk when it returns. Repeating it changes nothing. */
  addEvents: ofDesk
    .input(ofSitting.extend({ events: z.array(trialEventSchema).min(1).max(500) }))
    .output(z.strictObject({ answered: z.int().min(0) }))
    .handler(({ input, context: { lab } }) => ({ answered: addEvents(deskOf(lab), input, input.events) })),
  addNotes: ofDesk
    .input(ofSitting.extend({ notes: z.array(noteSchema).min(1).max(100) }))
    .output(nothing)
    .handler(({ input, context: { lab } }) => done(addNotes(deskOf(lab), input, input.notes))),
  /** Ends the session. Refused if images have no answer, unless `leaveBlank`. */
  finish: ofDesk
    .input(ofSitting.extend({ leaveBlank: z.boolean() }))
    .output(nothing)
    .handler(async ({ input, context: { lab } }) => {
      await prepareEnd(deskOf(lab), input);
      return done(finishSession(deskOf(lab), input, input.leaveBlank));
    }),
  /** Ends the session because its time is up, which the log must show. Ending it again changes nothing. */
  timeUp: ofDesk
    .input(ofSitting)
    .output(nothing)
    .handler(async ({ input, context: { lab } }) => {
      await prepareEnd(deskOf(lab), input);
      return done(endAtTimeLimit(deskOf(lab), input));
    }),
  /**
   * Whether the PIN is correct, so that the page may be left. Slow after five wrong PINs. `study`: the study of the
   * session, once the page may be left; null before.
   */
  checkPin: ofDesk
    .input(ofSitting.extend({ pin: z.string().max(64) }))
    .output(z.strictObject({ ok: z.boolean(), waitSeconds: z.number().min(0), study: z.string().nullable() }))
    .handler(({ input, context: { lab, page } }) => {
      const study = pinStudy(lab.workbench, input.token, page?.limits?.study ?? null);
      if (study === null) {
        page?.limits?.release('orphaned');
        throw refusals.noSession('this desk');
      }
      const checked = deskOf(lab).pins.check(study, input.pin);
      if (checked.ok) page?.limits?.release('checked');
      return { ...checked, study: checked.ok ? (lab.workbench.storage.studies.get(study)?.name ?? null) : null };
    }),
};

const calls = {
  plan,
  sessions,
  board: call
    .input(ofStudy)
    .output(boardSchema)
    .handler(({ input, context: { lab } }) => readBoard(deskOf(lab), input.study)),
  /** Times, consistency and advice on finished sessions. */
  quality: call
    .input(ofStudy)
    .output(z.array(qualitySchema))
    .handler(({ input, context: { lab } }) => readQuality(lab.workbench, input.study)),
  /** Sets the PIN for leaving a labeling session; null removes it. */
  setPin: call
    .input(
      ofStudy.extend({
        pin: z
          .string()
          .regex(/^\d{4,12}$/)
          .nullable(),
      }),
    )
    .output(nothing)
    .handler(({ input, context: { lab } }) => {
      deskOf(lab).pins.set(findStudy(lab.workbench, input.study).id, input.pin);
      return done(lab.labeling.notify());
    }),
  volunteer,
};
export default calls;
export type DeskCalls = typeof calls;

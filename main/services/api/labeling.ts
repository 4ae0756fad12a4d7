import { readBoard, readQuality } from '../labeling/board.ts';
import { readLabeling } from '../labeling/state.ts';
import { findStudy } from '../tools/find.ts';
import { lockLabels, openLock } from '../labeling/lock.ts';
import { currentPlan, planner, previewPlan, savePlan } from '../labeling/plans.ts';
import { createSessions, excludeSession, includeSession, removeSession, reopenSession } from '../labeling/sessions.ts';
import {
  endAtTimeLimit,
  finishSession,
  prepareEnd,
  recordConsent,
  pinStudy,
  openSession,
  addEvents,
  addNotes,
  trialImages,
} from '../labeling/volunteer.ts';
import { deleteNames, listOthers, offerNames } from '../labeling/imported-people.ts';
import { withdrawLabeler, withdrawSession } from '../labeling/withdraw.ts';
import { refusals } from '../labels/refusals.ts';
import { api, done } from './base.ts';

const { plan, sessions, others, lock, volunteer } = api.labeling;

export const labelingHandlers = {
  plan: {
    get: plan.get.handler(({ input, context: { lab } }) => currentPlan(lab.workbench, input.study)),
    preview: plan.preview.handler(({ input, context: { lab } }) => previewPlan(lab.workbench, input.study, input.plan)),
    save: plan.save.handler(({ input, context: { lab } }) => savePlan(lab.labeling, input.study, input.plan)),
    planner: plan.planner.handler(({ input, context: { lab } }) => planner(lab.workbench, input)),
  },
  sessions: {
    create: sessions.create.handler(({ input, context: { lab } }) =>
      createSessions(lab.labeling, input.study, input.count, input.medium),
    ),
    remove: sessions.remove.handler(({ input, context: { lab } }) => done(removeSession(lab.labeling, input.session))),
    exclude: sessions.exclude.handler(({ input, context: { lab } }) =>
      done(excludeSession(lab.labeling, input.session, input.reason)),
    ),
    include: sessions.include.handler(({ input, context: { lab } }) =>
      done(includeSession(lab.labeling, input.session)),
    ),
    reopen: sessions.reopen.handler(({ input, context: { lab } }) => done(reopenSession(lab.labeling, input.session))),
    withdraw: sessions.withdraw.handler(async ({ input, context: { lab } }) => ({
      remains: await withdrawSession(lab.labeling, input.session, () => lab.forgetLabels()),
    })),
  },
  others: {
    list: others.list.handler(({ input, context: { lab } }) =>
      listOthers(lab.labeling, findStudy(lab.workbench, input.study).id),
    ),
    saveNames: others.saveNames.handler(({ input, context: { lab } }) => ({
      address: offerNames(lab.labeling, input.study),
    })),
    deleteNames: others.deleteNames.handler(({ input, context: { lab } }) =>
      done(deleteNames(lab.labeling, input.study)),
    ),
    withdraw: others.withdraw.handler(async ({ input, context: { lab } }) => ({
      remains: await withdrawLabeler(lab.labeling, input, () => lab.forgetLabels()),
    })),
  },
  state: api.labeling.state.handler(({ input, context: { lab } }) => readLabeling(lab.labeling, input.study)),
  board: api.labeling.board.handler(({ input, context: { lab } }) => readBoard(lab.labeling, input.study)),
  quality: api.labeling.quality.handler(({ input, context: { lab } }) => readQuality(lab.workbench, input.study)),
  setPin: api.labeling.setPin.handler(({ input, context: { lab } }) => {
    lab.labeling.pins.set(findStudy(lab.workbench, input.study).id, input.pin);
    return done(lab.labeling.notify());
  }),
  lock: {
    set: lock.set.handler(({ input, context: { lab } }) => lockLabels(lab.labeling, input.study)),
    open: lock.open.handler(({ input, context: { lab } }) => done(openLock(lab.labeling, input.study))),
  },
  volunteer: {
    open: volunteer.open.handler(({ input, context: { lab } }) => openSession(lab.labeling, input, input)),
    images: volunteer.images.handler(({ input, context: { lab } }) => ({
      pixels: trialImages(lab.labeling, input.token, input.from, input.count),
    })),
    consent: volunteer.consent.handler(({ input, context: { lab } }) =>
      done(recordConsent(lab.labeling, input.token, input.agrees)),
    ),
    addEvents: volunteer.addEvents.handler(({ input, context: { lab } }) => ({
      answered: addEvents(lab.labeling, input, input.events),
    })),
    addNotes: volunteer.addNotes.handler(({ input, context: { lab } }) =>
      done(addNotes(lab.labeling, input, input.notes)),
    ),
    finish: volunteer.finish.handler(async ({ input, context: { lab } }) => {
      await prepareEnd(lab.labeling, input);
      return done(finishSession(lab.labeling, input, input.leaveBlank));
    }),
    timeUp: volunteer.timeUp.handler(async ({ input, context: { lab } }) => {
      await prepareEnd(lab.labeling, input);
      return done(endAtTimeLimit(lab.labeling, input));
    }),
    checkPin: volunteer.checkPin.handler(({ input, context: { lab, page } }) => {
      const study = pinStudy(lab.workbench, input.token, page?.desk?.study ?? null);
      if (study === null) {
        page?.desk?.release('orphaned');
        throw refusals.noSession('this desk');
      }
      const checked = lab.labeling.pins.check(study, input.pin);
      if (checked.ok) page?.desk?.release('pin');
      return { ...checked, study: checked.ok ? (lab.workbench.storage.studies.get(study)?.name ?? null) : null };
    }),
  },
};

import { cannotTellChoice } from '../../contract/labeling/index.ts';
import type { LabelingPlan } from '../sessions/contract/plan.ts';
import type { Screen, SessionNote, TrialEvent } from '../sessions/contract/volunteer.ts';
import { shownPlanSchema } from '../sessions/contract/shown-plan.ts';
import { imageLength, sizeOf } from '../../domain/data/index.ts';
import { answerKeys, cannotTellKey } from './analysis/choices.ts';
import type { VolunteerView } from './contract/view.ts';
import { breakPositions, practiceCount } from './analysis/order.ts';
import { runInBatches, type StimulusSetHeader } from '../../storage/index.ts';
import type { SessionRecord } from '../../storage/labeling/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';
import {
  checkEvent,
  endingSteps,
  unansweredTrials,
  endSession,
  isTimeUp,
  missedLimit,
  remainingSessionMs,
} from './answers.ts';
import type { DeskService } from './service.ts';
import { lockedWith, sessionPlan, refuseLockedLabels, sessionByToken } from './find.ts';
import { deskRefusals } from './refusals.ts';
import { deskTables } from './storage/tables.ts';
import { sessionTables } from '../sessions/storage/tables.ts';

/** Largest number of sittings and notes of a session: pages add both, and may belong to anyone. */
const maxSittings = 500;
const maxNotes = 20_000;

/** Identifies a page: the session's token and the sitting's key. */
export interface Sitting {
  token: string;
  sitting: string;
}

interface Opening {
  screen: Screen;
  /** The page's clock in milliseconds; null: unknown. */
  openedMs: number | null;
}

/**
 * Begins a sitting or returns to it, and returns everything the page needs. Before consent, where the plan asks for it,
 * nothing is stored: the sitting begins when the page opens the session again after consent.
 * @throws UserError `labeling.no-session`, `labeling.too-many-sittings`
 */
export function openSession(service: DeskService, { token, sitting }: Sitting, at: Opening): VolunteerView {
  const { workbench } = service;
  const session = sessionByToken(workbench, token);
  const mayStore = session.consentedAt !== null || sessionPlan(workbench, session).consent === null;
  if (mayStore && (session.state === 'planned' || session.state === 'active')) {
    const { screen, openedMs } = at;
    const about = { medium: session.medium, openedAt: workbench.now(), openedMs, screen };
    const isOver = remainingSessionMs(workbench, session) === 0 && lockedWith(workbench, session).length === 0;
    workbench.storage.transaction(() => {
      const { log } = deskTables(workbench.storage);
      if (log.sittingId(session.id, sitting) === undefined && log.sittings(session.id).length >= maxSittings) {
        throw deskRefusals.tooManySittings(session.pseudonym);
      }
      log.ensureSitting(session.id, sitting, about);
      deskTables(workbench.storage).sessions.markSeen(session.id, workbench.now());
      // The page closed before it could report that the time was up.
      if (isOver) endSession(workbench, session, 'time');
    });
    if (isOver) service.notifyLabels();
    else service.notify([session.id]);
  }
  return volunteerView(service, sessionByToken(workbench, token));
}

/** Everything that a session's page may know, on this screen or in a kit. */
export function volunteerView({ workbench, pins }: DeskService, session: SessionRecord): VolunteerView {
  const { storage } = workbench;
  const plan = sessionPlan(workbench, session);
  const trials = sessionTables(storage).sessions.trials(session.id);
  const image = sizeOf(sessionStimuli(workbench, session));
  return {
    ...shownPlanSchema.strip().parse(plan),
    state: viewState(session),
    pseudonym: session.pseudonym,
    consented: session.consentedAt !== null,
    options: answerOptions(plan),
    image,
    trials: trials.length,
    practice: practiceCount(trials),
    breaks: breakPositions(trials),
    answers: sessionTables(storage).log.choices(session.id, trials.length),
    timedOut: sessionTables(storage).log.timedOutTrials(session.id),
    leftMs: remainingSessionMs(workbench, session),
    next: nextTrial(session, unansweredTrials(workbench, session)),
    hasPin: pins.has(session.studyId),
  };
}

function viewState({ state, imagesLeft }: SessionRecord): VolunteerView['state'] {
  if (state === 'planned') return 'ready';
  return state === 'finished' && imagesLeft !== null ? 'time-up' : state;
}

function answerOptions(plan: LabelingPlan): VolunteerView['options'] {
  const { names, cannotTell: none } = plan;
  const keys = answerKeys(plan);
  const options = names.map((name, choice) => ({ choice, name, key: keys[choice] ?? '' }));
  return none === null ? options : [...options, { choice: cannotTellChoice, name: none, key: cannotTellKey }];
}

function nextTrial({ atTrial }: SessionRecord, open: readonly number[]): number | null {
  return open.find((trial) => trial >= (atTrial ?? 0)) ?? open[0] ?? null;
}

/** uint8 [count, height, width, channels] of consecutive trials, in base64. @throws UserError `labeling.no-session`, `labeling.unknown-image`, `blob.*` */
export function trialImages(service: DeskService, token: string, from: number, count: number): string {
  const session = sessionByToken(service.workbench, token);
  const trials = sessionTables(service.workbench.storage)
    .sessions.trials(session.id)
    .slice(from, from + count);
  const image = imageReader(service, session);
  return Buffer.concat(trials.map((trial) => image(trial.image))).toString('base64');
}

/**
 * Reads images of a session's stimulus set by id, uint8 [height, width, channels].
 * The function it returns throws UserError `labeling.unknown-image`: another image in its place would get the label.
 */
export function imageReader(service: DeskService, session: SessionRecord): (id: number) => Uint8Array {
  const set = sessionStimuli(service.workbench, session);
  const ids = service.workbench.storage.stimulusSets.ids(session.setHash);
  const positions = new Map(ids.map((id, position) => [id, position]));
  const [pixels, size] = [service.pixels(set), imageLength(set)];
  return (id) => {
    const position = positions.get(id);
    if (position === undefined) throw deskRefusals.unknownImage(id);
    return pixels.subarray(position * size, (position + 1) * size);
  };
}

function sessionStimuli({ storage }: Workbench, { setHash }: SessionRecord): StimulusSetHeader {
  const set = storage.stimulusSets.header(setHash);
  if (!set) throw new Error(`The stimulus set ${setHash} of a session is missing`);
  return set;
}

/**
 * Records consent. Declining deletes all data of the session. A person who answered something has agreed before, so must
 * withdraw instead.
 * @throws UserError `labeling.*`
 */
export function recordConsent(service: DeskService, token: string, agrees: boolean): void {
  const { workbench } = service;
  const { log, sessions } = deskTables(workbench.storage);
  const session = sessionByToken(workbench, token);
  refuseClosed(workbench, session);
  if (agrees) sessions.recordConsent(session.id, workbench.now());
  else {
    workbench.storage.transaction(() => {
      if (log.events(session.id).length > 0) throw deskRefusals.begun(session.pseudonym, 'sitting');
      log.deleteSittings(session.id);
      sessions.setState(session.id, 'declined', workbench.now());
    });
  }
  service.notify([session.id]);
}

/**
 * Stores events; they are on disk when it returns. Events stored before change nothing. Events after the time limit of
 * their image or session do not count. Returns the number of answered trials.
 * @throws UserError `labeling.*`, `storage.disk-full`; nothing of the call is stored then
 */
export function addEvents(service: DeskService, page: Sitting, events: readonly TrialEvent[]): number {
  const { workbench } = service;
  const { storage } = workbench;
  const { log, sessions } = deskTables(storage);
  return storage.transaction(() => {
    const { session, sittingId } = findSitting(workbench, page);
    const isNew = events.some(({ seq }) => log.findEvent(sittingId, seq) === undefined);
    if (isNew) refuseClosed(workbench, session);
    const plan = sessionPlan(workbench, session);
    if (isNew && plan.consent !== null && session.consentedAt === null) throw deskRefusals.noConsent();
    for (const event of events) {
      checkEvent(plan, session, event);
      const late = missedLimit(workbench, session, sittingId, event);
      const added = log.add(session.id, sittingId, event, workbench.now(), late);
      if (added === 'conflict') throw deskRefusals.conflict(event.seq);
    }
    if (session.state === 'planned') sessions.setState(session.id, 'active', workbench.now());
    service.notify([session.id]);
    return sessions.get(session.id)?.answered ?? 0;
  });
}

/** Stores notes; notes stored before, or beyond `maxNotes` of a session, change nothing. @throws UserError `labeling.*` */
export function addNotes(service: DeskService, page: Sitting, notes: readonly SessionNote[]): void {
  const { workbench } = service;
  workbench.storage.transaction(() => {
    const { session, sittingId } = findSitting(workbench, page);
    const { log } = deskTables(workbench.storage);
    const free = Math.max(0, maxNotes - log.countNotes(session.id));
    for (const note of notes.slice(0, free)) log.addNote(session.id, sittingId, note, workbench.now());
    deskTables(workbench.storage).sessions.markSeen(session.id, workbench.now());
    service.notify([session.id]);
  });
}

/**
 * Stores most labels of a session that is about to end, in batches, so that others are answered meanwhile.
 * @throws UserError `labeling.no-session`, `labeling.no-sitting`, `labeling.locked`
 */
export async function prepareEnd({ workbench }: DeskService, page: Sitting): Promise<void> {
  const { storage } = workbench;
  const { session } = findSitting(workbench, page);
  if (session.state !== 'active') return;
  await runInBatches(endingSteps(workbench, session), {
    transaction: (batch) =>
      storage.transaction(() => {
        // Whoever withdraws meanwhile gets no labels any more.
        refuseLockedLabels(workbench, findSitting(workbench, page).session);
        batch();
      }),
  });
}

/** Ends the session, which makes its labels count. Ending it again changes nothing. @throws UserError `labeling.*` */
export function finishSession(service: DeskService, page: Sitting, leaveBlank: boolean): void {
  const { workbench } = service;
  workbench.storage.transaction(() => {
    const { session } = findSitting(workbench, page);
    if (session.state === 'finished') return;
    refuseClosed(workbench, session);
    const open = unansweredTrials(workbench, session).length;
    if (open > 0 && !leaveBlank) throw deskRefusals.unfinished(open);
    endSession(workbench, session);
  });
  service.notifyLabels();
}

/**
 * Ends the session because its time is up. Its answers count; other images stay without an answer. Ending it again
 * changes nothing.
 * @throws UserError `labeling.*`; `labeling.time-left` if the log does not show that the time is up
 */
export function endAtTimeLimit(service: DeskService, page: Sitting): void {
  const { workbench } = service;
  workbench.storage.transaction(() => {
    const { session } = findSitting(workbench, page);
    if (session.state === 'finished') return;
    refuseClosed(workbench, session);
    if (!isTimeUp(workbench, session)) throw deskRefusals.timeRemains();
    endSession(workbench, session, 'time');
  });
  service.notifyLabels();
}

/**
 * The study whose PIN lets somebody leave a session: also that of a session that was removed meanwhile. Null: neither
 * exists. @param opened id of the study when the desk was opened; null: unknown
 */
export function pinStudy({ storage }: Workbench, token: string, opened: number | null): number | null {
  const study = storage.labeling.sessions.byToken(token)?.studyId ?? opened;
  return study !== null && storage.studies.get(study) ? study : null;
}

function findSitting(workbench: Workbench, { token, sitting }: Sitting): { session: SessionRecord; sittingId: number } {
  const session = sessionByToken(workbench, token);
  const sittingId = deskTables(workbench.storage).log.sittingId(session.id, sitting);
  if (sittingId === undefined) throw deskRefusals.noSitting();
  return { session, sittingId };
}

function refuseClosed(workbench: Workbench, session: SessionRecord): void {
  refuseLockedLabels(workbench, session);
  if (session.state === 'finished' || session.state === 'declined') throw deskRefusals.closed(session.pseudonym);
}

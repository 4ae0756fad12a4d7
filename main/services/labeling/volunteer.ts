import { cannotTellChoice } from '../../contract/labeling/plan.ts';
import { answerKeys, cannotTellKey } from '../../domain/labeling/answers.ts';
import type { LabelingPlan } from '../../contract/labeling/plan.ts';
import type { Screen, SessionNote, TrialEvent, VolunteerView } from '../../contract/labeling/volunteer.ts';
import { breakPositions, practiceCount } from '../../domain/labeling/order.ts';
import type { SessionRecord, StimulusSetHeader } from '../../storage/index.ts';
import type { Workbench } from '../tools/workbench.ts';
import { checkEvent, openTrials, settle, isUsedUp, missedLimit, timeLeft } from './answers.ts';
import type { LabelingService } from './service.ts';
import { lockedWith, planOf, refuseLockedLabels, sessionByToken } from '../labels/find.ts';
import { refusals } from '../labels/refusals.ts';

/** How a page names itself: the session's token, and its own name for the sitting. */
export interface Sitting {
  token: string;
  sitting: string;
}

/** What a page tells as it opens. */
interface Opening {
  screen: Screen;
  /** Milliseconds of its clock now; null: not told. */
  openedMs: number | null;
}

/**
 * Begins a sitting, or comes back to it, and gives all that the page starts from. Where consent is asked for and was not
 * given, nothing is stored: the sitting begins when the page opens the session again after it was.
 * @throws UserError `labeling.no-session`
 */
export function openSession(service: LabelingService, { token, sitting }: Sitting, at: Opening): VolunteerView {
  const { bench } = service;
  const session = sessionByToken(bench, token);
  const mayStore = session.consentedAt !== null || planOf(bench, session).consent === null;
  if (mayStore && (session.state === 'planned' || session.state === 'active')) {
    const { screen, openedMs } = at;
    const about = { medium: session.medium, openedAt: bench.now(), openedMs, screen };
    const isOver = timeLeft(bench, session) === 0 && lockedWith(bench, session).length === 0;
    bench.storage.transaction(() => {
      bench.storage.labeling.log.ensureSitting(session.id, sitting, about);
      bench.storage.labeling.sessions.markSeen(session.id, bench.now());
      // The page was lost in the moment in which it would have said so.
      if (isOver) settle(bench, session, 'time');
    });
    if (isOver) tellEnd(service);
    else service.notify([session.id]);
  }
  return volunteerView(service, sessionByToken(bench, token));
}

/** What a session's page, on this screen or in a kit, may know. */
export function volunteerView({ bench, pins }: LabelingService, session: SessionRecord): VolunteerView {
  const { storage } = bench;
  const plan = planOf(bench, session);
  const trials = storage.labeling.sessions.trials(session.id);
  const { width, height } = setOf(bench, session);
  const { question, instructions, consent, mode, grid, size, interpolation, fixationMs, timeLimit } = plan;
  return {
    ...{ question, instructions, consent, mode, grid, size, interpolation, fixationMs, timeLimit },
    state: stateOf(session),
    pseudonym: session.pseudonym,
    consented: session.consentedAt !== null,
    options: optionsOf(plan),
    image: { width, height },
    trials: trials.length,
    practice: practiceCount(trials),
    breaks: breakPositions(trials),
    answers: storage.labeling.log.choices(session.id, trials.length),
    timedOut: storage.labeling.log.timedOutTrials(session.id),
    leftMs: timeLeft(bench, session),
    next: nextTrial(session, openTrials(bench, session)),
    hasPin: pins.has(session.studyId),
  };
}

function stateOf({ state, imagesLeft }: SessionRecord): VolunteerView['state'] {
  if (state === 'planned') return 'ready';
  return state === 'finished' && imagesLeft !== null ? 'time-up' : state;
}

function optionsOf({ names, cannotTell: none }: LabelingPlan): VolunteerView['options'] {
  const keys = answerKeys(names);
  const options = names.map((name, choice) => ({ choice, name, key: keys[choice] ?? '' }));
  return none === null ? options : [...options, { choice: cannotTellChoice, name: none, key: cannotTellKey }];
}

function nextTrial({ atTrial }: SessionRecord, open: readonly number[]): number | null {
  return open.find((trial) => trial >= (atTrial ?? 0)) ?? open[0] ?? null;
}

/** uint8 [count, height, width] of consecutive trials, in base64. @throws UserError `labeling.no-session`, `labeling.unknown-image`, `blob.*` */
export function trialImages(service: LabelingService, token: string, from: number, count: number): string {
  const session = sessionByToken(service.bench, token);
  const trials = service.bench.storage.labeling.sessions.trials(session.id).slice(from, from + count);
  const image = imageReader(service, session);
  return Buffer.concat(trials.map((trial) => image(trial.image))).toString('base64');
}

/**
 * Reads images of a session's stimulus set by id, uint8 [height, width].
 * The function it returns throws UserError `labeling.unknown-image`: another image in its place would get the label.
 */
export function imageReader(service: LabelingService, session: SessionRecord): (id: number) => Uint8Array {
  const set = setOf(service.bench, session);
  const ids = service.bench.storage.stimulusSets.ids(session.setHash);
  const positions = new Map(ids.map((id, position) => [id, position]));
  const [pixels, size] = [service.pixels(set), set.width * set.height];
  return (id) => {
    const position = positions.get(id);
    if (position === undefined) throw refusals.unknownImage(id);
    return pixels.subarray(position * size, (position + 1) * size);
  };
}

function setOf({ storage }: Workbench, { setHash }: SessionRecord): StimulusSetHeader {
  const set = storage.stimulusSets.header(setHash);
  if (!set) throw new Error(`a session's stimulus set ${setHash} is not there`);
  return set;
}

/**
 * Who declines leaves nothing behind but that. Who has answered something has agreed before, and would withdraw.
 * @throws UserError `labeling.*`
 */
export function recordConsent(service: LabelingService, token: string, agrees: boolean): void {
  const { bench } = service;
  const { log, sessions } = bench.storage.labeling;
  const session = sessionByToken(bench, token);
  refuseClosed(bench, session);
  if (agrees) sessions.recordConsent(session.id, bench.now());
  else {
    bench.storage.transaction(() => {
      if (log.events(session.id).length > 0) throw refusals.begun(session.pseudonym, 'sitting');
      log.deleteSittings(session.id);
      sessions.setState(session.id, 'declined', bench.now());
    });
  }
  service.notify([session.id]);
}

/**
 * Stores events; when it returns they are on disk. Events that are there already change nothing, and those that came
 * after the time of their image or session do not count. Gives the number of trials with an answer.
 * @throws UserError `labeling.*`, `storage.disk-full`; nothing of the call is stored then
 */
export function addEvents(service: LabelingService, page: Sitting, events: readonly TrialEvent[]): number {
  const { bench } = service;
  const { storage } = bench;
  const answered = storage.transaction(() => {
    const { session, sittingId } = sittingOf(bench, page);
    const isNew = events.some(({ seq }) => storage.labeling.log.findEvent(sittingId, seq) === undefined);
    if (isNew) refuseClosed(bench, session);
    const plan = planOf(bench, session);
    if (isNew && plan.consent !== null && session.consentedAt === null) throw refusals.noConsent();
    for (const event of events) {
      checkEvent(plan, session, event);
      const late = missedLimit(bench, session, sittingId, event);
      const added = storage.labeling.log.add(session.id, sittingId, event, bench.now(), late);
      if (added === 'conflict') throw refusals.conflict(event.seq);
    }
    if (session.state === 'planned') storage.labeling.sessions.setState(session.id, 'active', bench.now());
    service.notify([session.id]);
    return storage.labeling.sessions.get(session.id)?.answered ?? 0;
  });
  return answered;
}

/** Stores notes; those that are there already change nothing. @throws UserError `labeling.*` */
export function addNotes(service: LabelingService, page: Sitting, notes: readonly SessionNote[]): void {
  const { bench } = service;
  bench.storage.transaction(() => {
    const { session, sittingId } = sittingOf(bench, page);
    for (const note of notes) bench.storage.labeling.log.addNote(session.id, sittingId, note, bench.now());
    bench.storage.labeling.sessions.markSeen(session.id, bench.now());
    service.notify([session.id]);
  });
}

/** Ends the session; its labels are what the analysis sees. Ending it again changes nothing. @throws UserError `labeling.*` */
export function finishSession(service: LabelingService, page: Sitting, leaveBlank: boolean): void {
  const { bench } = service;
  bench.storage.transaction(() => {
    const { session } = sittingOf(bench, page);
    if (session.state === 'finished') return;
    refuseClosed(bench, session);
    const open = openTrials(bench, session).length;
    if (open > 0 && !leaveBlank) throw refusals.unfinished(open);
    settle(bench, session);
  });
  tellEnd(service);
}

/**
 * Ends the session because its time is up: answers that were given count, the rest is left. Ending it again changes
 * nothing.
 * @throws UserError `labeling.*`; `labeling.time-left` where the log does not show it
 */
export function endAtTimeLimit(service: LabelingService, page: Sitting): void {
  const { bench } = service;
  bench.storage.transaction(() => {
    const { session } = sittingOf(bench, page);
    if (session.state === 'finished') return;
    refuseClosed(bench, session);
    if (!isUsedUp(bench, session)) throw refusals.timeLeft();
    settle(bench, session, 'time');
  });
  tellEnd(service);
}

function tellEnd(service: LabelingService): void {
  service.notify();
  service.changes.publish('studies');
}

/** Whether the PIN that leaves the page is right. @throws UserError `labeling.*` */
export function checkPin(service: LabelingService, token: string, pin: string): { ok: boolean; waitSeconds: number } {
  return service.pins.check(sessionByToken(service.bench, token).studyId, pin);
}

function sittingOf(bench: Workbench, { token, sitting }: Sitting): { session: SessionRecord; sittingId: number } {
  const session = sessionByToken(bench, token);
  const sittingId = bench.storage.labeling.log.sittingId(session.id, sitting);
  if (sittingId === undefined) throw refusals.noSitting();
  return { session, sittingId };
}

function refuseClosed(bench: Workbench, session: SessionRecord): void {
  refuseLockedLabels(bench, session);
  if (session.state === 'finished' || session.state === 'declined') throw refusals.closed(session.pseudonym);
}

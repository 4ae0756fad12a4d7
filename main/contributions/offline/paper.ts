import { createHash } from 'node:crypto';
import type { PaperEntry, PaperState, PaperWord } from './paper-entries.ts';
import type { Screen, TrialEvent } from '../sessions/contract/volunteer.ts';
import type { VolunteerView } from '../desk/contract/view.ts';
import type { SessionRecord } from '../../storage/labeling/index.ts';
import { checkChoice, endSession } from '../desk/answers.ts';
import type { DeskService } from '../desk/service.ts';
import { findSession } from '../../services/labels/index.ts';
import { sessionPlan, refuseLockedLabels } from '../desk/find.ts';
import { deskRefusals } from '../desk/refusals.ts';
import { offlineRefusals } from './refusals.ts';
import { volunteerView } from '../desk/volunteer.ts';
import { deskTables } from '../desk/storage/tables.ts';
import { offlineTables } from './storage.ts';

/** The view for entering a person's paper answers. @throws UserError `labeling.no-session`, `labeling.medium` */
export function paperSheet(service: DeskService, sessionId: number): VolunteerView {
  return volunteerView(service, paperSession(service, sessionId));
}

/** The state of the double entry. @throws UserError `labeling.no-session`, `labeling.medium` */
export function paperState(service: DeskService, sessionId: number): PaperState {
  const session = paperSession(service, sessionId);
  const [first, second] = [noEntries(session), noEntries(session)];
  for (const { pass, trial, choice } of offlineTables(service.workbench.storage).paper.entries(sessionId)) {
    (pass === 1 ? first : second)[trial] = choice ?? 'blank';
  }
  const trialsWhere = (is: (first: PaperWord | null, second: PaperWord | null) => boolean): number[] =>
    first.flatMap((word, trial) => (is(word, second[trial] ?? null) ? [trial] : []));
  return {
    trials: session.trialCount,
    first,
    second,
    mismatches: trialsWhere((one, other) => one !== null && other !== null && one !== other),
    once: trialsWhere((one, other) => (one === null) !== (other === null)),
    untyped: trialsWhere((one, other) => one === null && other === null),
    asksConsent: sessionPlan(service.workbench, session).consent !== null,
    consented: session.consentedAt !== null,
    accepted: session.state === 'finished',
  };
}

const noEntries = ({ trialCount }: SessionRecord): (PaperWord | null)[] =>
  new Array<PaperWord | null>(trialCount).fill(null);

/** Stores whether the sheet says that consent was given. @throws UserError `labeling.*` */
export function paperConsent(service: DeskService, sessionId: number, given: boolean): void {
  const { workbench } = service;
  const session = openPaper(service, sessionId);
  if (given) deskTables(workbench.storage).sessions.recordConsent(session.id, workbench.now());
  else deskTables(workbench.storage).sessions.withdrawConsent(session.id);
  service.notify([sessionId]);
}

/** Stores entries, all or none. @throws UserError `labeling.*` */
export function enterPaper(service: DeskService, sessionId: number, entries: readonly PaperEntry[]): void {
  const { workbench } = service;
  const session = openPaper(service, sessionId);
  const plan = sessionPlan(workbench, session);
  for (const { trial, choice } of entries) {
    if (trial >= session.trialCount) throw deskRefusals.badTrial(trial);
    if (typeof choice === 'number') checkChoice(plan, choice);
  }
  workbench.storage.transaction(() => {
    for (const { pass, trial, choice } of entries) {
      const place = { pass, trial };
      if (choice === null) offlineTables(workbench.storage).paper.deleteEntry(sessionId, place);
      else {
        const entry = { ...place, choice: choice === 'blank' ? null : choice };
        offlineTables(workbench.storage).paper.saveEntry(sessionId, entry, workbench.now());
      }
    }
    deskTables(workbench.storage).sessions.markSeen(sessionId, workbench.now());
  });
  service.notify([sessionId]);
}

const noScreen: Screen = { refreshHz: null, width: 0, height: 0, pixelRatio: 1, pixelsPerMm: null };

/**
 * Accepts matching entries as answers, without times, and finishes the session.
 * @throws UserError `labeling.paper-open` if entries differ, or are missing without `leaveBlank`; `labeling.no-consent`
 */
export function acceptPaper(service: DeskService, sessionId: number, leaveBlank: boolean): void {
  const { workbench } = service;
  const { log, sessions } = deskTables(workbench.storage);
  const session = openPaper(service, sessionId);
  const { first, mismatches, once, untyped: missing, asksConsent, consented } = paperState(service, sessionId);
  if (asksConsent && !consented) throw deskRefusals.noConsent();
  if (mismatches.length > 0) throw offlineRefusals.paperOpen(`${imageNumbers(mismatches)} entered differently`);
  if (once.length > 0) throw offlineRefusals.paperOpen(`${imageNumbers(once)} entered only once`);
  if (missing.length > 0 && !leaveBlank) throw offlineRefusals.paperOpen(`${imageNumbers(missing)} not entered`);
  workbench.storage.transaction(() => {
    // A reopened session gets a sitting each time its paper is accepted.
    const key = sittingUuid(session.token, log.sittings(sessionId).length);
    const sittingId = log.ensureSitting(sessionId, key, {
      medium: 'paper',
      openedAt: workbench.now(),
      screen: noScreen,
    });
    first.forEach((word, trial) => {
      const choice = word === 'blank' ? null : word;
      if (choice === log.choice(sessionId, trial)) return;
      log.add(sessionId, sittingId, paperEvent(trial, choice), workbench.now());
    });
    sessions.setState(sessionId, 'active', workbench.now());
    endSession(workbench, findSession(workbench, sessionId));
  });
  service.notifyLabels([sessionId]);
}

const maxNamed = 10;

/** "Image 3 was", or "Images 3, 7 and 2 more were", with their numbers on the sheet. */
function imageNumbers(trials: readonly number[]): string {
  const [named, more] = [trials.slice(0, maxNamed).map((trial) => trial + 1), trials.length - maxNamed];
  if (trials.length === 1) return `Image ${named[0]} was`;
  if (more > 0) return `Images ${named.join(', ')} and ${more} more were`;
  return `Images ${named.slice(0, -1).join(', ')} and ${named.at(-1)} were`;
}

const paperEvent = (trial: number, choice: number | null): TrialEvent => ({
  seq: trial,
  trial,
  choice,
  shownMs: 0,
  atMs: 0,
  kind: choice === null ? 'undo' : 'answer',
});

function sittingUuid(token: string, time: number): string {
  const hex = createHash('sha256').update(`${token} ${time}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function openPaper(service: DeskService, id: number): SessionRecord {
  const session = paperSession(service, id);
  refuseLockedLabels(service.workbench, session);
  if (session.state === 'finished') throw deskRefusals.closed(session.pseudonym);
  return session;
}

/** A session on paper. @throws UserError `labeling.no-session`, `labeling.medium` */
export function paperSession({ workbench }: DeskService, id: number): SessionRecord {
  const session = findSession(workbench, id);
  if (session.medium !== 'paper') throw offlineRefusals.medium(session.pseudonym, 'paper');
  return session;
}

import { createHash } from 'node:crypto';
import type { PaperState } from '../../contract/labeling/paper.ts';
import type { Screen, TrialEvent, VolunteerView } from '../../contract/labeling/volunteer.ts';
import type { SessionRecord } from '../../storage/index.ts';
import { checkChoice, settle } from './answers.ts';
import type { LabelingDesk } from './desk.ts';
import { findSession, planOf, refuseLocked } from './find.ts';
import { refusals } from './refusals.ts';
import { volunteerView } from './volunteer.ts';

/** What a person's answers are typed in by. @throws UserError `labeling.no-session`, `labeling.medium` */
export function paperSheet(desk: LabelingDesk, sessionId: number): VolunteerView {
  return volunteerView(desk, paperSession(desk, sessionId));
}

/** Where the double entry stands. @throws UserError `labeling.no-session`, `labeling.medium` */
export function paperState(desk: LabelingDesk, sessionId: number): PaperState {
  const session = paperSession(desk, sessionId);
  const [first, second] = [blank(session), blank(session)];
  for (const { pass, trial, choice } of desk.bench.storage.labeling.paper.entries(sessionId)) {
    (pass === 1 ? first : second)[trial] = choice;
  }
  const mismatches = first.flatMap((choice, trial) => {
    const other = second[trial] ?? null;
    return choice !== null && other !== null && choice !== other ? [trial] : [];
  });
  const missing = first.filter((choice, trial) => choice === null || (second[trial] ?? null) === null).length;
  return {
    ...{ trials: session.trialCount, first, second, mismatches, missing },
    accepted: session.state === 'finished',
  };
}

const blank = ({ trialCount }: SessionRecord): (number | null)[] => new Array<number | null>(trialCount).fill(null);

/** @throws UserError `labeling.*`; nothing of the call is kept then */
export function enterPaper(
  desk: LabelingDesk,
  sessionId: number,
  entries: readonly { pass: 1 | 2; trial: number; choice: number | null }[],
): void {
  const { bench } = desk;
  const session = paperSession(desk, sessionId);
  refuseLocked(bench, session.studyId);
  if (session.state === 'finished') throw refusals.closed(session.pseudonym);
  const plan = planOf(bench, session);
  for (const { trial, choice } of entries) {
    if (trial >= session.trialCount) throw refusals.badTrial(trial);
    if (choice !== null) checkChoice(plan, choice);
  }
  bench.storage.transaction(() => {
    for (const entry of entries) bench.storage.labeling.paper.enter(sessionId, entry, bench.now());
    bench.storage.labeling.sessions.seen(sessionId, bench.now());
  });
  desk.tell([sessionId]);
}

/** Nothing was shown on a screen. */
const paper: Screen = { refreshHz: null, width: 0, height: 0, pixelRatio: 1, pixelsPerMm: null };

/**
 * Takes entries that agree as answers, without times, and finishes the session.
 * @throws UserError `labeling.paper-open` while entries differ, or lack and are not to be left blank
 */
export function acceptPaper(desk: LabelingDesk, sessionId: number, leaveBlank: boolean): void {
  const { bench } = desk;
  const { log, sessions } = bench.storage.labeling;
  const session = paperSession(desk, sessionId);
  refuseLocked(bench, session.studyId);
  if (session.state === 'finished') throw refusals.closed(session.pseudonym);
  const { first, second, mismatches } = paperState(desk, sessionId);
  if (mismatches.length > 0) throw refusals.paperOpen(`${mismatches.length} answers were typed differently`);
  const once = first.filter((choice, trial) => (choice === null) !== ((second[trial] ?? null) === null)).length;
  if (once > 0) throw refusals.paperOpen(`${once} answers were typed only once`);
  const missing = first.filter((choice) => choice === null).length;
  if (missing > 0 && !leaveBlank) throw refusals.paperOpen(`${missing} images have no answer`);
  bench.storage.transaction(() => {
    // A session that was opened again has a sitting for each time its paper was accepted.
    const key = uuidOf(session.token, log.sittings(sessionId).length);
    const sittingId = log.sitting(sessionId, key, { medium: 'paper', openedAt: bench.now(), screen: paper });
    first.forEach((choice, trial) => {
      if (choice === log.choice(sessionId, trial)) return;
      log.add(sessionId, sittingId, paperEvent(trial, choice), bench.now());
    });
    sessions.setState(sessionId, 'active', bench.now());
    settle(bench, findSession(bench, sessionId));
  });
  desk.tell([sessionId]);
  desk.changes.tell('studies');
}

const paperEvent = (trial: number, choice: number | null): TrialEvent => ({
  ...{ seq: trial, trial, choice, shownMs: 0, atMs: 0 },
  kind: choice === null ? 'undo' : 'answer',
});

function uuidOf(token: string, time: number): string {
  const hex = createHash('sha256').update(`${token} ${time}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A session on paper. @throws UserError `labeling.no-session`, `labeling.medium` */
export function paperSession({ bench }: LabelingDesk, id: number): SessionRecord {
  const session = findSession(bench, id);
  if (session.medium !== 'paper') throw refusals.medium(session.pseudonym, 'paper');
  return session;
}

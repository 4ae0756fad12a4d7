import { cannotTellChoice } from '../../contract/labeling/plan.ts';
import { toLabel } from '../../domain/labeling/answers.ts';
import type { LabelingPlan } from '../../contract/labeling/plan.ts';
import type { TrialEvent, Late } from '../../contract/labeling/volunteer.ts';
import type { SessionRecord } from '../../storage/index.ts';
import type { Workbench } from '../tools/workbench.ts';
import { refusals } from '../labels/refusals.ts';
import { countIn } from '../labels/people.ts';
import {
  leftMs,
  workedInOtherSittings,
  workedPerSitting,
  workedMs,
  clockTolerance,
  isImageLate,
} from '../../domain/labeling/time-limits.ts';
import { planOf } from '../labels/find.ts';

/** @throws UserError `labeling.bad-trial`, `labeling.bad-choice` */
export function checkEvent(plan: LabelingPlan, { trialCount }: SessionRecord, event: TrialEvent): void {
  if (event.trial >= trialCount) throw refusals.badTrial(event.trial);
  if (event.choice !== null) checkChoice(plan, event.choice);
}

/** @throws UserError `labeling.bad-choice` */
export function checkChoice({ names, cannotTell: offered }: LabelingPlan, choice: number): void {
  if (choice === cannotTellChoice ? offered === null : choice >= names.length) throw refusals.badChoice();
}

/** Trials without an answer whose time did not run out either. */
export function openTrials({ storage }: Workbench, session: SessionRecord): number[] {
  const timedOut = new Set(storage.labeling.log.timedOutTrials(session.id));
  return storage.labeling.log
    .choices(session.id, session.trialCount)
    .flatMap((choice, trial) => (choice === null && !timedOut.has(trial) ? [trial] : []));
}

/**
 * Ends a session: the last answers of its real trials become responses of its labeler, who is a labeler of the study
 * from now on. Belongs into a transaction.
 * @param endedBy `time`: its limit; images that have no answer then are counted
 */
export function settle(bench: Workbench, session: SessionRecord, endedBy: 'person' | 'time' = 'person'): void {
  const { storage, now } = bench;
  const choices = storage.labeling.log.choices(session.id, session.trialCount);
  const source = `labeling:${session.medium}`;
  storage.labeling.sessions.trials(session.id).forEach(({ image, kind }, trial) => {
    if (kind !== 'real') return;
    const label = toLabel(choices[trial] ?? null);
    const response = { setHash: session.setHash, imageId: image, labelerId: session.labelerId, label, source };
    storage.responses.addIfNew(response, now());
  });
  const imagesLeft = endedBy === 'time' ? openTrials(bench, session).length : null;
  storage.labeling.sessions.setState(session.id, 'finished', now(), imagesLeft);
  if (session.excluded === null) countIn(bench, session);
}

/**
 * What each sitting counts for the session's time limit, in milliseconds; null where it does not count any more, as the
 * session was opened again since. What two windows counted at once is counted with the first. Empty without a limit.
 */
export function clockOf(bench: Workbench, session: SessionRecord): { id: number; key: string; ms: number | null }[] {
  if (limitOf(bench, session) === null) return [];
  const sittings = bench.storage.labeling.log.sittingMoments(session.id);
  const counted = sittings.filter(({ id }) => id > session.clockAfter);
  const worked = new Map(workedPerSitting(counted).map((ms, index) => [counted[index]?.id, ms]));
  return sittings.map(({ id, key }) => ({ id, key, ms: worked.get(id) ?? null }));
}

/** Milliseconds that are left of the session's time limit; null: it has none. */
export function timeLeft(bench: Workbench, session: SessionRecord): number | null {
  const counted = clockOf(bench, session).flatMap(({ ms }) => ms ?? []);
  return leftMs(limitOf(bench, session), counted);
}

/** Whether the log shows that the time is up. */
export function isUsedUp(bench: Workbench, session: SessionRecord): boolean {
  const left = timeLeft(bench, session);
  return left !== null && left <= clockTolerance;
}

/**
 * Whose time was up when an event of a session's page came: when its key was pressed counts, not when it arrives. Pages
 * that were open side by side do not know of each other's time, so none is held to it.
 */
export function missedLimit(
  bench: Workbench,
  session: SessionRecord,
  sittingId: number,
  event: TrialEvent,
): Late | null {
  const { log } = bench.storage.labeling;
  const { imageSeconds, sessionMinutes } = planOf(bench, session).timeLimit;
  if (sessionMinutes !== null) {
    const counted = log.sittingMoments(session.id).filter(({ id }) => id > session.clockAfter);
    const own = counted.find(({ id }) => id === sittingId);
    if (own) {
      const here = workedMs([...own.moments.filter(({ atMs }) => atMs <= event.atMs), event]);
      const others = counted.filter((one) => one !== own);
      if (here + workedInOtherSittings(own, others) > sessionLimitMs(sessionMinutes)) return 'session';
    }
  }
  if (imageSeconds === null) return null;
  return isImageLate(event, log.readTrialBefore(session.id, event.trial, sittingId), imageSeconds) ? 'image' : null;
}

/** Milliseconds after which an answer is late. */
export const sessionLimitMs = (sessionMinutes: number): number => sessionMinutes * 60_000 + clockTolerance;

const limitOf = (bench: Workbench, session: SessionRecord): number | null =>
  planOf(bench, session).timeLimit.sessionMinutes;

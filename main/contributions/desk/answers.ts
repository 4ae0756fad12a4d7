import { cannotTellChoice } from '../../contract/labeling/index.ts';
import type { LabelingPlan } from '../sessions/contract/plan.ts';
import type { Late, TrialEvent } from '../sessions/contract/volunteer.ts';
import { toLabel } from './analysis/choices.ts';
import { runAtOnce } from '../../storage/index.ts';
import type { SessionRecord } from '../../storage/labeling/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';
import { deskRefusals } from './refusals.ts';
import { addLabeler } from '../../services/labels/index.ts';
import {
  remainingMs,
  workedInOtherSittings,
  workedPerSitting,
  workedMs,
  clockTolerance,
  isImageLate,
} from './analysis/time-limits.ts';
import { sessionPlan } from './find.ts';
import { deskTables } from './storage/tables.ts';
import { sessionTables } from '../sessions/storage/tables.ts';

/** @throws UserError `labeling.bad-trial`, `labeling.bad-choice` */
export function checkEvent(plan: LabelingPlan, { trialCount }: SessionRecord, event: TrialEvent): void {
  if (event.trial >= trialCount) throw deskRefusals.badTrial(event.trial);
  if (event.choice !== null) checkChoice(plan, event.choice);
}

/** @throws UserError `labeling.bad-choice` */
export function checkChoice({ names, cannotTell: offered }: LabelingPlan, choice: number): void {
  if (choice === cannotTellChoice ? offered === null : choice >= names.length) throw deskRefusals.badChoice();
}

/** Trials without an answer that did not time out. */
export function unansweredTrials({ storage }: Workbench, session: SessionRecord): number[] {
  const timedOut = new Set(sessionTables(storage).log.timedOutTrials(session.id));
  return sessionTables(storage)
    .log.choices(session.id, session.trialCount)
    .flatMap((choice, trial) => (choice === null && !timedOut.has(trial) ? [trial] : []));
}

/** Responses that are added in a step: about a millisecond's work. */
const responsesPerStep = 50;

/** Adds the current answers of a session's real trials to its labeler's responses, where they differ. */
function* responseSteps({ storage, now }: Workbench, session: SessionRecord): Generator<void, void> {
  const choices = sessionTables(storage).log.choices(session.id, session.trialCount);
  yield;
  const source = `labeling:${session.medium}`;
  // Asked for one by one, 5,000 take four times as long.
  const current = new Map(
    storage.responses.current(session.setHash, session.labelerId).map(({ imageId, label }) => [imageId, label]),
  );
  yield;
  let added = 0;
  for (const [trial, { image, kind }] of sessionTables(storage).sessions.trials(session.id).entries()) {
    if (kind !== 'real') continue;
    const label = toLabel(choices[trial] ?? null);
    if (current.get(image) === label) continue;
    const response = { setHash: session.setHash, imageId: image, labelerId: session.labelerId, label, source };
    // A page that asks twice ends its session twice at once.
    storage.responses.addIfNew(response, now());
    current.set(image, label);
    added += 1;
    if (added % responsesPerStep === 0) yield;
  }
}

/**
 * Does most of `endSession`'s work before it, in steps for transactions of the caller: thousands of responses take more
 * than 100 ms. No study shows them until the session ends. Nothing is done for a labeler whom a study has already.
 */
export function* endingSteps(workbench: Workbench, session: SessionRecord): Generator<void, void> {
  if (workbench.storage.labelers.currentStudies(session.labelerId).length > 0) return;
  yield* responseSteps(workbench, session);
}

/**
 * Ends a session: the current answers of its real trials become responses of its labeler, who now counts in the study.
 * Call it in a transaction.
 * @param endedBy `time`: the time limit; the images without an answer are then counted
 */
export function endSession(workbench: Workbench, session: SessionRecord, endedBy: 'person' | 'time' = 'person'): void {
  const { storage, now } = workbench;
  runAtOnce(responseSteps(workbench, session));
  const imagesLeft = endedBy === 'time' ? unansweredTrials(workbench, session).length : null;
  deskTables(storage).sessions.setState(session.id, 'finished', now(), imagesLeft);
  if (session.excluded === null) addLabeler(workbench, session);
}

/**
 * Milliseconds of each sitting that count for the session's time limit; null: none, because the session was reopened
 * after it. Time that two windows spent at once counts only for the first. Empty without a limit.
 */
export function sittingTimes(
  workbench: Workbench,
  session: SessionRecord,
): { id: number; key: string; ms: number | null }[] {
  if (sessionLimit(workbench, session) === null) return [];
  const sittings = deskTables(workbench.storage).log.sittingMoments(session.id);
  const counted = sittings.filter(({ id }) => id > session.clockAfter);
  const worked = new Map(workedPerSitting(counted).map((ms, index) => [counted[index]?.id, ms]));
  return sittings.map(({ id, key }) => ({ id, key, ms: worked.get(id) ?? null }));
}

/** Remaining milliseconds of the session's time limit; null: no limit. */
export function remainingSessionMs(workbench: Workbench, session: SessionRecord): number | null {
  const counted = sittingTimes(workbench, session).flatMap(({ ms }) => ms ?? []);
  return remainingMs(sessionLimit(workbench, session), counted);
}

export function isTimeUp(workbench: Workbench, session: SessionRecord): boolean {
  const remaining = remainingSessionMs(workbench, session);
  return remaining !== null && remaining <= clockTolerance;
}

/**
 * Which time limit an event of a session's page missed; null: none. The time of the key press counts, not of its arrival.
 * Windows that were open at the same time do not know each other's time, so they are not held to it.
 */
export function missedLimit(
  workbench: Workbench,
  session: SessionRecord,
  sittingId: number,
  event: TrialEvent,
): Late | null {
  const { log } = deskTables(workbench.storage);
  const { imageSeconds, sessionMinutes } = sessionPlan(workbench, session).timeLimit;
  if (sessionMinutes !== null) {
    const counted = log.sittingMoments(session.id).filter(({ id }) => id > session.clockAfter);
    const own = counted.find(({ id }) => id === sittingId);
    if (own) {
      const inThisSitting = workedMs([...own.moments.filter(({ atMs }) => atMs <= event.atMs), event]);
      const others = counted.filter((one) => one !== own);
      if (inThisSitting + workedInOtherSittings(own, others) > sessionLimitMs(sessionMinutes)) return 'session';
    }
  }
  if (imageSeconds === null) return null;
  return isImageLate(event, log.readTrialBefore(session.id, event.trial, sittingId), imageSeconds) ? 'image' : null;
}

/** Milliseconds after which an answer is late. */
export const sessionLimitMs = (sessionMinutes: number): number => sessionMinutes * 60_000 + clockTolerance;

const sessionLimit = (workbench: Workbench, session: SessionRecord): number | null =>
  sessionPlan(workbench, session).timeLimit.sessionMinutes;

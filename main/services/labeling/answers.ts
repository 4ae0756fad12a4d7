import { cannotTell } from '../../contract/labeling/plan.ts';
import type { LabelingPlan } from '../../contract/labeling/plan.ts';
import type { TrialEvent } from '../../contract/labeling/volunteer.ts';
import type { SessionRecord } from '../../storage/index.ts';
import type { Workbench } from '../tools/workbench.ts';
import { refusals } from '../labels/refusals.ts';
import { countIn } from '../labels/people.ts';

/** @throws UserError `labeling.bad-trial`, `labeling.bad-choice` */
export function checkEvent(plan: LabelingPlan, { trialCount }: SessionRecord, event: TrialEvent): void {
  if (event.trial >= trialCount) throw refusals.badTrial(event.trial);
  if (event.choice !== null) checkChoice(plan, event.choice);
}

/** @throws UserError `labeling.bad-choice` */
export function checkChoice({ names, cannotTell: offered }: LabelingPlan, choice: number): void {
  if (choice === cannotTell ? offered === null : choice >= names.length) throw refusals.badChoice();
}

/** The class that the analysis sees. */
export const labelOf = (choice: number | null): number | null => (choice === cannotTell ? null : choice);

/** Trials without an answer whose time did not run out either. */
export function openTrials({ storage }: Workbench, session: SessionRecord): number[] {
  const timedOut = new Set(storage.labeling.log.timedOut(session.id));
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
    const label = labelOf(choices[trial] ?? null);
    const response = { setHash: session.setHash, imageId: image, labelerId: session.labelerId, label, source };
    storage.responses.addIfNew(response, now());
  });
  const imagesLeft = endedBy === 'time' ? openTrials(bench, session).length : null;
  storage.labeling.sessions.setState(session.id, 'finished', now(), imagesLeft);
  if (session.excluded === null) countIn(bench, session);
}

import type { LabelingPlan } from '../../contract/labeling/plan.ts';
import type { SessionRecord, StimulusSetRecord, StudyRecord } from '../../storage/index.ts';
import { findStimuli, findStudy } from '../tools/find.ts';
import type { Workbench } from '../tools/workbench.ts';
import { refusals } from './refusals.ts';

/** @throws UserError `study.not-found`, `labeling.no-stimuli` */
export function studyWithStimuli(workbench: Workbench, name: string): { study: StudyRecord; set: StimulusSetRecord } {
  const study = findStudy(workbench, name);
  const set = findStimuli(workbench, study.id);
  if (!set) throw refusals.noStimuli(name);
  return { study, set };
}

/** @throws UserError `labeling.no-session` */
export function findSession({ storage }: Workbench, id: number): SessionRecord {
  const session = storage.labeling.sessions.get(id);
  if (!session) throw refusals.noSession(`session ${id}`);
  return session;
}

/** @throws UserError `labeling.no-session` */
export function sessionByToken({ storage }: Workbench, token: string): SessionRecord {
  const session = storage.labeling.sessions.byToken(token);
  if (!session) throw refusals.noSession('this address or file');
  return session;
}

/** The plan that a session was made with. */
export function sessionPlan({ storage }: Workbench, { planId }: SessionRecord): LabelingPlan {
  const record = storage.labeling.plans.get(planId);
  if (!record) throw new Error(`session without its plan ${planId}`);
  return record.plan;
}

/** Copies of the study count these labels too, and may be locked. @throws UserError `labeling.locked` */
export function refuseLockedLabels(workbench: Pick<Workbench, 'storage'>, session: SessionRecord): void {
  refuseLocked(workbench, session.studyId);
  const { storage } = workbench;
  const [elsewhere] = lockedWith(workbench, session);
  if (elsewhere !== undefined) throw refusals.lockedElsewhere(storage.studies.get(elsewhere)?.name ?? 'another study');
}

/** Studies that count a session's labels, or would when it ends, and are locked. */
export function lockedWith(
  { storage }: Pick<Workbench, 'storage'>,
  { studyId, labelerId }: Pick<SessionRecord, 'studyId' | 'labelerId'>,
): number[] {
  const studies = new Set([studyId, ...storage.labelers.currentStudies(labelerId)]);
  return [...studies].filter((id) => storage.labeling.locks.current(id) !== undefined);
}

/** @throws UserError `labeling.locked` */
export function refuseLocked({ storage }: Pick<Workbench, 'storage'>, studyId: number): void {
  if (storage.labeling.locks.current(studyId)) {
    throw refusals.locked(storage.studies.get(studyId)?.name ?? 'the study');
  }
}

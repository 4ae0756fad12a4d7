import type { LabelingPlan } from '../sessions/contract/plan.ts';
import { refusals, refuseLocked } from '../../services/labels/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';
import type { SessionRecord } from '../../storage/labeling/index.ts';
import { sessionTables } from '../sessions/storage/tables.ts';

/** @throws UserError `labeling.no-session` */
export function sessionByToken({ storage }: Workbench, token: string): SessionRecord {
  const session = storage.labeling.sessions.byToken(token);
  if (!session) throw refusals.noSession('this address or file');
  return session;
}

/** The plan that a session was made with. */
export const sessionPlan = ({ storage }: Workbench, session: SessionRecord): LabelingPlan =>
  sessionTables(storage).plans.ofSession(session).plan;

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

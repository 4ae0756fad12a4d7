import type { ReportLabeling } from '../../exhibits/report-data.ts';
import { countedSessions } from '../labels/people.ts';
import type { Workbench } from '../workbench/workbench.ts';

/** What became of a study's labeling sessions, and the lock; null: there was neither. */
export function reportLabeling(workbench: Workbench, studyId: number): ReportLabeling | null {
  const { sessions, locks, withdrawals } = workbench.storage.labeling;
  const [all, lock, withdrawn] = [sessions.ofStudy(studyId), locks.current(studyId), withdrawals.datesOfStudy(studyId)];
  if (all.length === 0 && withdrawn.length === 0 && !lock) return null;
  return {
    lock: lock ? { hash: lock.hash, lockedAt: new Date(lock.lockedAt).toISOString() } : null,
    excluded: all.flatMap(({ pseudonym, excluded }) =>
      excluded === null ? [] : [{ name: pseudonym, reason: excluded }],
    ),
    unfinished: all.filter(({ state, excluded }) => state !== 'finished' && excluded === null).length,
    withdrawn: withdrawn.length,
    ...unlabeled(workbench, studyId),
  };
}

/** Images that counted people of sessions answered without a label. */
function unlabeled({ storage }: Workbench, studyId: number): { cannotTell: number; timedOut: number } {
  const found = { cannotTell: 0, timedOut: 0 };
  for (const { labelerId } of countedSessions({ storage }, studyId)) {
    const known = storage.answerHistories.unlabeled(labelerId);
    found.cannotTell += known?.cannotTell ?? 0;
    found.timedOut += known?.timedOut ?? 0;
  }
  return found;
}

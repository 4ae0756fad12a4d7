import { cannotTellChoice } from '../../contract/labeling/choice.ts';
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

/** Answers to real trials of counted sessions that give no label: each trial's last word. */
function unlabeled({ storage }: Workbench, studyId: number): { cannotTell: number; timedOut: number } {
  const { log, sessions } = storage.labeling;
  const found = { cannotTell: 0, timedOut: 0 };
  for (const { id, trialCount } of countedSessions({ storage }, studyId)) {
    const [choices, late] = [log.choices(id, trialCount), new Set(log.timedOutTrials(id))];
    sessions.trials(id).forEach(({ kind }, trial) => {
      if (kind !== 'real') return;
      if (choices[trial] === cannotTellChoice) found.cannotTell++;
      else if (late.has(trial)) found.timedOut++;
    });
  }
  return found;
}

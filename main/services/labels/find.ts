import type { SessionRecord } from '../../storage/labeling/sessions.ts';
import type { StimulusSetRecord } from '../../storage/stimulus-sets.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { findStimuli, findStudy } from '../workbench/find.ts';
import type { Workbench } from '../workbench/workbench.ts';
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

/** @throws UserError `labeling.locked` */
export function refuseLocked({ storage }: Pick<Workbench, 'storage'>, studyId: number): void {
  if (storage.labeling.locks.current(studyId)) {
    throw refusals.locked(storage.studies.get(studyId)?.name ?? 'the study');
  }
}

import type { Lock } from '../../contract/labeling/board.ts';
import type { SessionRecord } from '../../storage/index.ts';
import { findStudy } from '../tools/find.ts';
import type { Workbench } from '../tools/workbench.ts';
import { toLock } from './board.ts';
import { labelsHash, countedPeople } from '../labels/people.ts';
import type { LabelingService } from './service.ts';
import { refuseLocked } from '../labels/find.ts';
import { refusals } from '../labels/refusals.ts';

/**
 * Locks the labels of people, from sessions or files.
 * @throws UserError `study.not-found`, `labeling.locked`, `labeling.active`, `labeling.nothing-to-lock`
 */
export function lockLabels(service: LabelingService, studyName: string): Lock {
  const { workbench } = service;
  const { storage } = workbench;
  const study = findStudy(workbench, studyName);
  refuseLocked(workbench, study.id);
  const active = sessionsFor(workbench, study.id).filter(
    ({ state, excluded }) => state === 'active' && excluded === null,
  );
  if (active.length > 0) throw refusals.active(active.length);
  if (countedPeople(workbench, study.id).length === 0) throw refusals.nothingToLock(studyName);
  const lock = { ...labelsHash(workbench, study.id), reason: 'researcher' as const };
  const lockedAt = workbench.now();
  storage.labeling.locks.set(study.id, lock, lockedAt);
  service.notifyLabels();
  return toLock({ ...lock, lockedAt });
}

/** The sessions of a study, and sessions of other studies whose labels it counts. */
function sessionsFor({ storage }: Workbench, studyId: number): SessionRecord[] {
  const elsewhere = storage.labelers
    .ofStudy(studyId)
    .flatMap(({ id }) => storage.labeling.sessions.findByLabeler(id) ?? []);
  return [...storage.labeling.sessions.ofStudy(studyId), ...elsewhere.filter((session) => session.studyId !== studyId)];
}

/** @throws UserError `study.not-found`, `labeling.not-locked` */
export function openLock(service: LabelingService, studyName: string): void {
  const { workbench } = service;
  const study = findStudy(workbench, studyName);
  if (!workbench.storage.labeling.locks.current(study.id)) throw refusals.notLocked(studyName);
  workbench.storage.labeling.locks.unlock(study.id, workbench.now());
  service.notifyLabels();
}

import type { Lock } from '../../contract/labeling/state.ts';
import type { LockRecord } from '../../storage/labeling/labeling.ts';
import type { SessionRecord } from '../../storage/labeling/sessions.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { findStudy } from '../workbench/find.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { iso } from '../tools/iso.ts';
import { countedPeople, withLabelsHash } from '../labels/people.ts';
import type { LabelingService } from './service.ts';
import { refuseLocked } from '../labels/find.ts';
import { refusals } from '../labels/refusals.ts';

/**
 * Locks the labels of people, from sessions or files.
 * @throws UserError `study.not-found`, `labeling.locked`, `labeling.active`, `labeling.nothing-to-lock`
 */
export async function lockLabels(service: LabelingService, studyName: string): Promise<Lock> {
  const { workbench } = service;
  const { locks } = workbench.storage.labeling;
  const study = findStudy(workbench, studyName);
  refuseToLock(workbench, study);
  const lock = await withLabelsHash(workbench, { studies: [study.id] }, (hashes) => {
    refuseToLock(workbench, study);
    for (const [id, { all }] of hashes) locks.set(id, { ...all, reason: 'researcher' }, workbench.now());
    return locks.current(study.id);
  });
  if (!lock) throw new Error('a lock that was just set is missing');
  service.notifyLabels();
  return toLock(lock);
}

function refuseToLock(workbench: Workbench, { id, name }: StudyRecord): void {
  refuseLocked(workbench, id);
  const active = sessionsFor(workbench, id).filter(({ state, excluded }) => state === 'active' && excluded === null);
  if (active.length > 0) throw refusals.active(active.length);
  const hasAnswers = countedPeople(workbench, id).length > 0 || workbench.storage.otherAnswers.inUse(id) !== undefined;
  if (!hasAnswers) throw refusals.nothingToLock(name);
}

/** The sessions of a study, and sessions of other studies whose labels it counts. */
function sessionsFor({ storage }: Workbench, studyId: number): SessionRecord[] {
  const own = storage.labeling.sessions.ofStudy(studyId);
  const known = new Set(own.map(({ labelerId }) => labelerId));
  const others = storage.labelers.ofStudy(studyId).filter(({ id }) => !known.has(id));
  return [...own, ...others.flatMap(({ id }) => storage.labeling.sessions.findByLabeler(id) ?? [])];
}

/** @throws UserError `study.not-found`, `labeling.not-locked` */
export function openLock(service: LabelingService, studyName: string): void {
  const { workbench } = service;
  const study = findStudy(workbench, studyName);
  if (!workbench.storage.labeling.locks.current(study.id)) throw refusals.notLocked(studyName);
  workbench.storage.labeling.locks.unlock(study.id, workbench.now());
  service.notifyLabels();
}

export function toLock({ hash, lockedAt, sessions, labels, reason }: LockRecord): Lock {
  return { hash, lockedAt: iso(lockedAt), sessions, labels, reason };
}

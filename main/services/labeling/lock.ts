import { createHash } from 'node:crypto';
import type { Lock } from '../../contract/labeling/board.ts';
import type { LockRecord } from '../../storage/index.ts';
import { findStudy } from '../find-study.ts';
import type { Workbench } from '../workbench.ts';
import { toLock } from './board.ts';
import { countedLabelers } from './counted.ts';
import type { LabelingDesk } from './desk.ts';
import { refuseLocked } from './find.ts';
import { refusals } from './refusals.ts';

/**
 * Freezes the labels of people. @throws UserError `study.not-found`, `labeling.locked`, `labeling.active`,
 * `labeling.nothing-to-lock`
 */
export function lockLabels(desk: LabelingDesk, studyName: string): Lock {
  const { bench } = desk;
  const { storage } = bench;
  const study = findStudy(bench, studyName);
  refuseLocked(bench, study.id);
  const active = storage.labeling.sessions
    .ofStudy(study.id)
    .filter(({ state, excluded }) => state === 'active' && excluded === null).length;
  if (active > 0) throw refusals.active(active);
  const content = labelsHash(bench, study.id);
  if (content.sessions === 0) throw refusals.nothingToLock(studyName);
  const lock = { ...content, reason: 'researcher' as const };
  const lockedAt = bench.now();
  storage.labeling.locks.set(study.id, lock, lockedAt);
  tell(desk);
  return toLock({ ...lock, lockedAt });
}

/** @throws UserError `study.not-found`, `labeling.not-locked` */
export function openLock(desk: LabelingDesk, studyName: string): void {
  const { bench } = desk;
  const study = findStudy(bench, studyName);
  if (!bench.storage.labeling.locks.current(study.id)) throw refusals.notLocked(studyName);
  bench.storage.labeling.locks.open(study.id, bench.now());
  tell(desk);
}

/**
 * SHA-256 over the labels of counted sessions: the line `boundary-workbench/labels/1 <stimulus set> <sessions>`, then
 * for each session by pseudonym a line `<pseudonym>` and for each of its images by id a line `<image> <label>`, the
 * label empty where none was given. Lines end with a line feed.
 */
export function labelsHash({ storage }: Workbench, studyId: number): Pick<LockRecord, 'hash' | 'sessions' | 'labels'> {
  const setHash = storage.studies.stimuli(studyId) ?? '';
  const counted = countedLabelers({ storage }, studyId)
    .flatMap((id) => storage.labelers.get(id) ?? [])
    .sort((a, b) => (a.pseudonym < b.pseudonym ? -1 : 1));
  const hash = createHash('sha256').update(`boundary-workbench/labels/1 ${setHash} ${counted.length}\n`);
  let labels = 0;
  for (const { id, pseudonym } of counted) {
    const own = storage.responses.current(setHash, id);
    labels += own.filter(({ label }) => label !== null).length;
    hash.update(`${pseudonym}\n${own.map(({ imageId, label }) => `${imageId} ${label ?? ''}\n`).join('')}`);
  }
  return { hash: hash.digest('hex'), sessions: counted.length, labels };
}

function tell(desk: LabelingDesk): void {
  desk.tell();
  desk.changes.tell('studies');
}

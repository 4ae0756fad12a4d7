import { createHash } from 'node:crypto';
import type { Lock } from '../../contract/labeling/board.ts';
import type { LockRecord, SessionRecord } from '../../storage/index.ts';
import { findStudy } from '../tools/find-study.ts';
import type { Workbench } from '../tools/workbench.ts';
import { toLock } from './board.ts';
import { peopleOf } from '../labels/people.ts';
import type { LabelingDesk } from './desk.ts';
import { refuseLocked } from '../labels/find.ts';
import { refusals } from '../labels/refusals.ts';

/**
 * Freezes the labels of people, from sessions or files. @throws UserError `study.not-found`, `labeling.locked`, `labeling.active`,
 * `labeling.nothing-to-lock`
 */
export function lockLabels(desk: LabelingDesk, studyName: string): Lock {
  const { bench } = desk;
  const { storage } = bench;
  const study = findStudy(bench, studyName);
  refuseLocked(bench, study.id);
  const active = sessionsFor(bench, study.id).filter(({ state, excluded }) => state === 'active' && excluded === null);
  if (active.length > 0) throw refusals.active(active.length);
  if (peopleOf(bench, study.id).length === 0) throw refusals.nothingToLock(studyName);
  const lock = { ...labelsHash(bench, study.id), reason: 'researcher' as const };
  const lockedAt = bench.now();
  storage.labeling.locks.set(study.id, lock, lockedAt);
  tell(desk);
  return toLock({ ...lock, lockedAt });
}

/** Sessions of a study, and those of another study whose labels it counts. */
function sessionsFor({ storage }: Workbench, studyId: number): SessionRecord[] {
  const elsewhere = storage.labelers
    .ofStudy(studyId)
    .flatMap(({ id }) => storage.labeling.sessions.ofLabeler(id) ?? []);
  return [...storage.labeling.sessions.ofStudy(studyId), ...elsewhere.filter((session) => session.studyId !== studyId)];
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
 * SHA-256 over the labels of everybody who counts: the line `boundary-workbench/labels/2 <stimulus set> <people>`, then
 * for each person, by pseudonym and then by origin, a line `<pseudonym>`, a line with the origin (`session`, or the
 * source of an import), and for each of the images by id a line `<image> <label>`, the label empty where none was given.
 * Lines end with a line feed.
 */
export function labelsHash(
  { storage }: Pick<Workbench, 'storage'>,
  studyId: number,
): Pick<LockRecord, 'hash' | 'sessions' | 'labels'> {
  const setHash = storage.studies.stimuli(studyId) ?? '';
  const people = peopleOf({ storage }, studyId)
    .map((person) => ({ ...person, origin: person.inSession ? 'session' : person.source }))
    .sort((a, b) => compare(a.pseudonym, b.pseudonym) || compare(a.origin, b.origin));
  const hash = createHash('sha256').update(`boundary-workbench/labels/2 ${setHash} ${people.length}\n`);
  let labels = 0;
  for (const { id, pseudonym, origin } of people) {
    const own = storage.responses.current(setHash, id);
    labels += own.filter(({ label }) => label !== null).length;
    hash.update(`${pseudonym}\n${origin}\n${own.map(({ imageId, label }) => `${imageId} ${label ?? ''}\n`).join('')}`);
  }
  return { hash: hash.digest('hex'), sessions: people.filter(({ inSession }) => inSession).length, labels };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function tell(desk: LabelingDesk): void {
  desk.tell();
  desk.changes.tell('studies');
}

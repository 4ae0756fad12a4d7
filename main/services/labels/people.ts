import { createHash } from 'node:crypto';
import { isFromSession, type LabelerRecord } from '../../storage/labelers.ts';
import type { LockRecord } from '../../storage/labeling/labeling.ts';
import { runAtOnce, runInBatches } from '../../storage/batches.ts';
import type { SessionRecord } from '../../storage/labeling/sessions.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { refuseLocked } from './find.ts';

/** Sessions that figures use: finished, not excluded, and about the study's stimuli. */
export function countedSessions({ storage }: Pick<Workbench, 'storage'>, studyId: number): SessionRecord[] {
  const setHash = storage.studies.stimuli(studyId);
  return storage.labeling.sessions
    .ofStudy(studyId)
    .filter((session) => session.state === 'finished' && session.excluded === null && session.setHash === setHash);
}

export const countedLabelers = (workbench: Pick<Workbench, 'storage'>, studyId: number): number[] =>
  countedSessions(workbench, studyId).map(({ labelerId }) => labelerId);

/** People whose labels figures use, from sessions or files, without simulated ones. */
export function countedPeople(
  { storage }: Pick<Workbench, 'storage'>,
  studyId: number,
): (LabelerRecord & { inSession: boolean })[] {
  const setHash = storage.studies.stimuli(studyId);
  if (setHash === undefined) return [];
  const sessions = new Set(countedLabelers({ storage }, studyId));
  return storage.labelers
    .ofStudy(studyId)
    .map((labeler) => ({ ...labeler, inSession: sessions.has(labeler.id) }))
    .filter(({ simulated, id, inSession }) => !simulated && (inSession || storage.responses.hasAny(setHash, id)));
}

/** Counted people who labeled in sessions of this study, or of the study that it was copied or archived from. */
export function peopleFromSessions(workbench: Pick<Workbench, 'storage'>, studyId: number): number[] {
  const elsewhere = countedPeople(workbench, studyId).filter(isFromSession);
  return [...new Set([...countedLabelers(workbench, studyId), ...elsewhere.map(({ id }) => id)])];
}

/** Adds a session's labeler if it labeled the study's stimuli. Simulated labelers then leave the study. */
export function addLabeler({ storage, now }: Workbench, { studyId, setHash, labelerId }: SessionRecord): void {
  if (storage.studies.stimuli(studyId) !== setHash) return;
  const others = storage.labelers.ofStudy(studyId).filter(({ simulated, id }) => !simulated && id !== labelerId);
  storage.studies.useLabelers(studyId, [...others.map(({ id }) => id), labelerId], now());
}

/** Removes a session's labeler from the study. The log keeps the answers. */
export function removeLabeler({ storage, now }: Workbench, { studyId, labelerId }: SessionRecord): void {
  const others = storage.labelers.ofStudy(studyId).flatMap(({ id }) => (id === labelerId ? [] : [id]));
  storage.studies.useLabelers(studyId, others, now());
}

/**
 * SHA-256 over the labels of everybody who counts: the line `boundary-workbench/labels/2 <stimulus set> <people>`, then
 * for each person, by pseudonym and then by origin, a line `<pseudonym>`, a line with the origin (`session`, or the
 * source of an import), and for each of the images by id a line `<image> <label>`, the label empty where none was given.
 * Lines end with a line feed. Where other answers are used, there follow the line `panel <kind> <source>`, and for each of its
 * people, by pseudonym, a line `<pseudonym>`, a line with the origin, and a line with the answers as they are stored; of counts,
 * the first two are empty.
 */
export function labelsHash(workbench: Pick<Workbench, 'storage'>, studyId: number): HashedLabels {
  return runAtOnce(hashSteps(workbench, studyId, null));
}

/** Makes a change, all or nothing. Under a lock, no label may change. @throws UserError `labeling.locked` */
export function underLock<T>({ storage }: Pick<Workbench, 'storage'>, studyId: number, change: () => T): T {
  return storage.transaction(() => {
    const locked = storage.labeling.locks.current(studyId) && labelsHash({ storage }, studyId).hash;
    const result = change();
    if (locked && labelsHash({ storage }, studyId).hash !== locked) refuseLocked({ storage }, studyId);
    return result;
  });
}

type HashedLabels = Pick<LockRecord, 'hash' | 'sessions' | 'labels'>;

/** @param without a labeler who is left out */
function* hashSteps(
  { storage }: Pick<Workbench, 'storage'>,
  studyId: number,
  without: number | null,
): Generator<void, HashedLabels> {
  const setHash = storage.studies.stimuli(studyId) ?? '';
  const people = countedPeople({ storage }, studyId)
    .filter(({ id }) => id !== without)
    .map((person) => ({ ...person, origin: person.inSession ? 'session' : person.source }))
    .sort((a, b) => compare(a.pseudonym, b.pseudonym) || compare(a.origin, b.origin));
  const hash = createHash('sha256').update(`boundary-workbench/labels/2 ${setHash} ${people.length}\n`);
  let labels = 0;
  for (const { id, pseudonym, origin } of people) {
    const own = storage.responses.current(setHash, id);
    labels += own.filter(({ label }) => label !== null).length;
    hash.update(`${pseudonym}\n${origin}\n${own.map(({ imageId, label }) => `${imageId} ${label ?? ''}\n`).join('')}`);
    yield;
  }
  const others = storage.otherAnswers.inUse(studyId);
  if (others) {
    hash.update(`panel ${others.kind} ${others.source}\n`);
    for (const { labeler, amount, answers } of storage.otherAnswers.stored(others.id)) {
      if (labeler && labeler.id === without) continue;
      hash.update(`${labeler?.pseudonym ?? ''}\n${labeler?.source ?? ''}\n${answers}\n`);
      labels += amount;
      yield;
    }
  }
  return { hash: hash.digest('hex'), sessions: people.filter(({ inSession }) => inSession).length, labels };
}

/**
 * Computes the hashes of studies' labels in batches, then calls `use` in a transaction in which the labels are still
 * the same.
 * @param without a labeler whom the second hash of each study leaves out
 */
export async function withLabelsHash<T>(
  workbench: Pick<Workbench, 'storage'>,
  { studies, without = null }: { studies: readonly number[]; without?: number | null },
  use: (hashes: ReadonlyMap<number, { all: HashedLabels; others: HashedLabels }>) => T,
): Promise<T> {
  const hash = (id: number, left: number | null) => runInBatches(hashSteps(workbench, id, left));
  for (;;) {
    const before = labelsState(workbench, studies);
    const hashes = new Map<number, { all: HashedLabels; others: HashedLabels }>();
    for (const id of studies) {
      const all = await hash(id, null);
      hashes.set(id, { all, others: without === null ? all : await hash(id, without) });
    }
    const outcome = workbench.storage.transaction(() =>
      labelsState(workbench, studies) === before ? { value: use(hashes) } : null,
    );
    if (outcome) return outcome.value;
  }
}

/** Different whenever the labels of one of the studies are: the log of a labeler only grows. */
function labelsState({ storage }: Pick<Workbench, 'storage'>, studies: readonly number[]): string {
  const states = studies.map((id) => {
    const setHash = storage.studies.stimuli(id) ?? '';
    const { id: others = null, people = null } = storage.otherAnswers.inUse(id) ?? {};
    return [
      ...[setHash, others, people],
      countedPeople({ storage }, id).map((person) => [
        ...[person.id, person.inSession],
        storage.responses.latestEntryId(setHash, person.id),
      ]),
    ];
  });
  return JSON.stringify(states);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Unique names of labelers in tables and analyses: their pseudonyms, followed by the id if several share one, e.g.
 * `P1 (12)`, because two files, or a corrected file, may have the same pseudonym.
 */
export function labelerNames(labelers: readonly Pick<LabelerRecord, 'id' | 'pseudonym'>[]): string[] {
  const times = new Map<string, number>();
  for (const { pseudonym } of labelers) times.set(pseudonym, (times.get(pseudonym) ?? 0) + 1);
  const numbered = ({ id, pseudonym }: Pick<LabelerRecord, 'id' | 'pseudonym'>): string => `${pseudonym} (${id})`;
  const names = labelers.map((labeler) => (times.get(labeler.pseudonym) === 1 ? labeler.pseudonym : numbered(labeler)));
  // Somebody may be called "P1 (12)" already.
  return new Set(names).size === names.length ? names : labelers.map(numbered);
}

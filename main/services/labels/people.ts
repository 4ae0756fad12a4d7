import { isOfSession } from '../../storage/index.ts';
import type { LabelerRecord, SessionRecord } from '../../storage/index.ts';
import type { Workbench } from '../tools/workbench.ts';

/** Sessions about the study's stimuli that are finished and not excluded: those that figures are about. */
export function countedSessions({ storage }: Pick<Workbench, 'storage'>, studyId: number): SessionRecord[] {
  const setHash = storage.studies.stimuli(studyId);
  return storage.labeling.sessions
    .ofStudy(studyId)
    .filter((session) => session.state === 'finished' && session.excluded === null && session.setHash === setHash);
}

/** Labelers of these sessions. */
export const countedLabelers = (bench: Pick<Workbench, 'storage'>, studyId: number): number[] =>
  countedSessions(bench, studyId).map(({ labelerId }) => labelerId);

/** Everybody whose labels of the study's stimuli figures are about, from sessions or files; no simulated ones. */
export function peopleOf(
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

/** Of these the people who labelled in sessions, be they of this study, or of the one that it is a copy or an archive of. */
export function peopleOfSessions(bench: Pick<Workbench, 'storage'>, studyId: number): number[] {
  const elsewhere = peopleOf(bench, studyId).filter(isOfSession);
  return [...new Set([...countedLabelers(bench, studyId), ...elsewhere.map(({ id }) => id)])];
}

/**
 * Makes a session's labeler one of the study's, if it labelled the stimuli that the study has. Simulated ones give way:
 * people and a rehearsal never mix.
 */
export function countIn({ storage, now }: Workbench, { studyId, setHash, labelerId }: SessionRecord): void {
  if (storage.studies.stimuli(studyId) !== setHash) return;
  const others = storage.labelers.ofStudy(studyId).filter(({ simulated, id }) => !simulated && id !== labelerId);
  storage.studies.useLabelers(studyId, [...others.map(({ id }) => id), labelerId], now());
}

/** Takes a session's labeler out of the study's. What was said stays in the log. */
export function countOut({ storage, now }: Workbench, { studyId, labelerId }: SessionRecord): void {
  const others = storage.labelers.ofStudy(studyId).filter(({ id }) => id !== labelerId);
  storage.studies.useLabelers(
    studyId,
    others.map(({ id }) => id),
    now(),
  );
}

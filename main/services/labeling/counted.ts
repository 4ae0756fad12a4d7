import type { SessionRecord } from '../../storage/index.ts';
import type { Workbench } from '../workbench.ts';

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

/** Makes a session's labeler one of the study's. Simulated ones give way: people and a rehearsal never mix. */
export function countIn({ storage, now }: Workbench, { studyId, labelerId }: SessionRecord): void {
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

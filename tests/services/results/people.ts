import { join } from 'node:path';
import type { Medium } from '../../../main/contributions/sessions/contract/plan.ts';
import { cannotTellChoice } from '../../../main/contract/labeling/choice.ts';
import type { TrialEvent } from '../../../main/contributions/sessions/contract/volunteer.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { endSession } from '../../../main/contributions/desk/answers.ts';
import type { ContributedResults } from '../../../main/services/results/contributed-results.ts';
import { ResultsService } from '../../../main/services/results/service.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { repository } from '../../architecture/tools.ts';
import { plan, screen } from '../labeling/labeling-helper.ts';
import { openSample, sampleFolder } from '../report/sample-lab.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { deskTables } from '../../../main/contributions/desk/storage/tables.ts';

/** The sample study, and a results service in this process. @param contributed results of contributions */
export async function openResults(
  contributed: ReadonlyMap<string, ContributedResults> = new Map(),
): Promise<{ workbench: Workbench; results: ResultsService }> {
  const workbench = openSample(await sampleFolder(temporaryFolder()));
  return { workbench, results: new ResultsService(workbench.storage, join(repository, 'resources'), contributed) };
}

/** Takes all labelers out of a study. */
export function leaveNobody({ storage, now }: Workbench, study = 'sample'): void {
  storage.studies.useLabelers(findStudy({ storage }, study).id, [], now());
}

/** Takes all networks out of the sample study: as if none had been trained. */
export function leaveNoNetwork({ storage, now }: Workbench): void {
  const { id } = findStudy({ storage }, 'sample');
  const roles = storage.studyRuns.list(id).flatMap(({ role, kind }) => (kind === 'classifier' ? [] : [role]));
  storage.studyRuns.keepOnly(id, roles, now());
}

/** Gives the sample study these people instead: `label` gives the label of each person and image index. */
export function importPeople(
  { storage, now }: Workbench,
  people: number,
  label: (person: number, place: number) => number | null,
): number[] {
  const { id } = findStudy({ storage }, 'sample');
  const setHash = setOf(storage, id);
  const rows = Array.from({ length: people }, (_, person) =>
    storage.stimulusSets
      .images(setHash)
      .map((image, place) => ({ imageId: image.id, pseudonym: `P${person + 1}`, label: label(person, place) })),
  ).flat();
  const ids = storage.responses.importTable({ setHash, source: 'csv:test', simulated: false, rows }, now());
  storage.studies.useLabelers(id, ids, now());
  return ids;
}

function setOf(storage: Workbench['storage'], studyId: number): string {
  const setHash = storage.studies.stimuli(studyId);
  if (setHash === undefined) throw new Error('the sample has stimuli');
  return setHash;
}

/** Start of the sitting of `labelInSession`. */
export const openedAt = Date.UTC(2026, 2, 3, 10, 0, 0);

/**
 * A finished session of a person who labeled the first images of the sample, a minute each: image 0 was changed from 1
 * to 2, of image 1 they could not tell, image 2 ran out of time, image 3 is 3. Gives the labeler's id.
 */
export function labelInSession(workbench: Workbench, medium: Medium = 'screen'): number {
  const { storage, now } = workbench;
  const study = findStudy({ storage }, 'sample');
  const setHash = setOf(storage, study.id);
  const { id: planId } = deskTables(storage).plans.save(study.id, plan({ cannotTell: 'Can’t tell' }), now());
  const token = `${medium}-token`.padEnd(22, 'x');
  const labelerId = storage.labelers.ensure(
    { pseudonym: `P-${medium}`, simulated: false, source: `session:${token}` },
    now(),
  );
  const ids = storage.stimulusSets.images(setHash).map(({ id }) => id);
  const trials = [0, 1, 2, 3].map((place) => ({ image: ids[place]!, kind: 'real' as const, block: 0 }));
  const place = deskTables(storage).sessions.nextPlace(study.id);
  const sessionId = deskTables(storage).sessions.add(
    { studyId: study.id, planId, setHash, labelerId, token, medium, place, trials },
    now(),
  );
  const sitting = deskTables(storage).log.ensureSitting(sessionId, 'page', { medium, openedAt, screen });
  const told: [trial: number, kind: TrialEvent['kind'], choice: number | null][] = [
    [0, 'answer', 1],
    [0, 'answer', 2],
    [1, 'answer', cannotTellChoice],
    [2, 'timeout', null],
    [3, 'answer', 3],
  ];
  told.forEach(([trial, kind, choice], seq) => {
    const event = { seq, trial, kind, choice, shownMs: 60_000 * seq, atMs: 60_000 * seq + 750 };
    deskTables(storage).log.add(sessionId, sitting, event, now());
  });
  const session = storage.labeling.sessions.get(sessionId);
  if (!session) throw new Error('the session is there');
  storage.transaction(() => endSession(workbench, session));
  return labelerId;
}

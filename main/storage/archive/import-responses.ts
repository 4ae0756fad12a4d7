import type { ResponsesArchive } from '../../contract/archive.ts';
import { UserError } from '../../contract/errors.ts';
import { listed } from '../../contract/listed.ts';
import type { Database } from '../database.ts';
import { Labelers } from '../labelers.ts';
import type { LabelingWithdrawals } from '../labeling/withdrawals.ts';
import { Responses } from '../responses.ts';

type ArchivedLabeler = ResponsesArchive['labelers'][number];
type ArchivedResponse = ArchivedLabeler['log'][number];

/** A labeler who is here already. */
interface Known {
  readonly id: number;
  readonly pseudonym: string;
}

/** Somebody who withdrew where an archive was made, and is here in other studies. */
export interface StillHere {
  pseudonym: string;
  studies: string[];
}

/** Who withdrew from a study that came with an archive, and is here all the same: nothing of them is deleted unasked. */
export const stillHere = (db: Database, studyId: number, withdrawals: LabelingWithdrawals): StillHere[] =>
  withdrawals.stillHere(studyId).map(({ id, pseudonym }) => ({
    pseudonym,
    studies: studiesOf(db, studyId, [{ id, pseudonym }]),
  }));

/**
 * Adds a study's labelers with all that they said, which is here by now or new: labels that are here never change by an
 * import. Who is here with the same words is shared, and nothing is added to their log. Inside a transaction of the caller.
 * @throws UserError `labeler.conflict`, `labels.conflict`
 */
export function importResponses(
  db: Database,
  studyId: number,
  responses: ResponsesArchive,
  withdrawals: LabelingWithdrawals,
): void {
  const known = new Labelers(db);
  const stays = thoseWhoStay(studyId, responses, withdrawals);
  refuseOthers(db, studyId, stays);
  for (const { links, log, ...labeler } of stays) {
    const labelerId = known.ensure(labeler, log[0]?.at ?? links[0]?.linkedAt ?? 0);
    for (const link of links) {
      db.run(
        `INSERT INTO study_labeler (study_id, labeler_id, linked_at, replaced_at)
         VALUES ($studyId, $labelerId, $linkedAt, $replacedAt)`,
        { ...link, studyId, labelerId },
      );
    }
    addLog(db, labelerId, log);
  }
}

function thoseWhoStay(
  studyId: number,
  { labelers }: ResponsesArchive,
  withdrawals: LabelingWithdrawals,
): ArchivedLabeler[] {
  const gone = withdrawals.gone();
  return labelers.filter((labeler) => {
    const trace = gone.find(labeler);
    if (trace !== undefined) withdrawals.keepFor(studyId, labeler, trace);
    return trace === undefined;
  });
}

/** Where labelers of the archive said something else here. */
function refuseOthers(db: Database, studyId: number, labelers: readonly ArchivedLabeler[]): void {
  const others: Known[] = [];
  let labels = 0;
  for (const labeler of labelers) {
    const known = db.get<Known>(
      'SELECT id, pseudonym FROM labeler WHERE source = ? AND pseudonym = ?',
      labeler.source,
      labeler.pseudonym,
    );
    const different = known ? differences(db, studyId, known, labeler) : 0;
    if (known && different > 0) others.push(known);
    labels += different;
  }
  if (others.length > 0) throw conflict(others, labels, studiesOf(db, studyId, others));
}

/** Labels of one labeler, on sets of the study, that are not the same here and in the archive. */
function differences(db: Database, studyId: number, { id }: Known, { log }: ArchivedLabeler): number {
  const said = lastWords(log);
  const own = db
    .all<{ hash: string }>('SELECT DISTINCT set_hash AS hash FROM study_stimulus_set WHERE study_id = ?', studyId)
    .map(({ hash }) => hash);
  let different = 0;
  for (const setHash of new Set([...own, ...said.keys()])) {
    const here = new Map(new Responses(db).current(setHash, id).map(({ imageId, label }) => [imageId, label]));
    // Simulated labelers of one name are of many studies; what one says about stimuli of its own is new here.
    if (here.size === 0 && !isAsked(db, { studyId, labelerId: id, setHash })) continue;
    const there = said.get(setHash) ?? new Map<number, number | null>();
    const images = new Set([...here.keys(), ...there.keys()]);
    different += [...images].filter((image) => here.get(image) !== there.get(image)).length;
  }
  return different;
}

/** By set and image. */
function lastWords(log: readonly ArchivedResponse[]): Map<string, Map<number, number | null>> {
  const said = new Map<string, Map<number, number | null>>();
  for (const { setHash, imageId, label } of log) {
    const words = said.get(setHash) ?? new Map<number, number | null>();
    said.set(setHash, words.set(imageId, label));
  }
  return said;
}

/** Whether another study has both the labeler and the set: a label that is added would show there. */
function isAsked(db: Database, of: { studyId: number; labelerId: number; setHash: string }): boolean {
  const sql = `SELECT 1 FROM study_stimulus_set WHERE set_hash = $setHash AND study_id <> $studyId AND study_id IN (
    SELECT study_id FROM study_labeler WHERE labeler_id = $labelerId
    UNION SELECT study_id FROM labeling_session WHERE labeler_id = $labelerId)`;
  return db.get(sql, of) !== undefined;
}

/** Names of the other studies that have one of them. */
export function studiesOf(db: Database, studyId: number, labelers: readonly Known[]): string[] {
  const sql = `SELECT name FROM study WHERE id <> $studyId AND id IN (
    SELECT study_id FROM study_labeler WHERE labeler_id IN (SELECT value FROM json_each($ids))
    UNION SELECT study_id FROM labeling_session WHERE labeler_id IN (SELECT value FROM json_each($ids))) ORDER BY name`;
  const ids = JSON.stringify(labelers.map(({ id }) => id));
  return db.all<{ name: string }>(sql, { studyId, ids }).map(({ name }) => name);
}

/** The whole log of sets that nothing was said about here; of others the last words are the same, and stay as they are. */
function addLog(db: Database, labelerId: number, log: readonly ArchivedResponse[]): void {
  const responses = new Responses(db);
  for (const [setHash, words] of Map.groupBy(log, (response) => response.setHash)) {
    if (responses.hasAny(setHash, labelerId)) continue;
    for (const { at, ...response } of words) responses.add({ ...response, labelerId }, at);
  }
}

function conflict(labelers: readonly Known[], labels: number, studies: readonly string[]): UserError {
  const names = labelers.map(({ pseudonym }) => pseudonym).sort();
  const [verb, differ] = [names.length === 1 ? 'is' : 'are', labels === 1 ? '1 differs' : `${labels} differ`];
  const shown = listed(studies.map((study) => `"${study}"`));
  return new UserError({
    code: 'labels.conflict',
    what: `The archive has other labels of ${listed(names)}, who ${verb} here already: ${differ}`,
    where: studies.length === 0 ? 'this data folder' : `${studies.length === 1 ? 'study' : 'studies'} ${shown}`,
    remedy: `Read it in in another data folder${studies.length === 0 ? '' : `, or first delete ${shown} for good here`}.`,
  });
}

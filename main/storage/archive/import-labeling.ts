import type { LabelingArchive, ResponsesArchive, SessionArchive } from '../../contract/archive.ts';
import { UserError } from '../../contract/errors.ts';
import { formatNames } from '../../domain/format.ts';
import { canonicalJson } from '../../domain/identity.ts';
import type { Database } from '../database.ts';
import { Labelers } from '../labelers.ts';
import { LabelingLog } from '../labeling/log.ts';
import { newSessionToken } from '../labeling/sessions.ts';
import { LabelingWithdrawals } from '../labeling/withdrawals.ts';
import { Responses } from '../responses.ts';

type ArchivedLabeler = ResponsesArchive['labelers'][number];
type ArchivedResponse = ArchivedLabeler['log'][number];

/** A labeler who exists in this data folder. */
interface Known {
  readonly id: number;
  readonly pseudonym: string;
}

/** Somebody who withdrew where the archive was made, and has labels in other studies of this data folder. */
export interface StillHere {
  pseudonym: string;
  studies: string[];
}

/**
 * People who withdrew from a study of an archive, and are still in this data folder: nothing of them is deleted without
 * asking.
 */
export const stillHere = (db: Database, studyId: number, withdrawals: LabelingWithdrawals): StillHere[] =>
  withdrawals.labelersWithdrawnElsewhere(studyId).map(({ id, pseudonym }) => ({
    pseudonym,
    studies: otherStudies(db, studyId, [{ id, pseudonym }]),
  }));

/**
 * Adds a study's labelers with their responses. An import never changes existing labels: a labeler with the same labels
 * is shared, and nothing is added to that labeler's log. Needs a transaction of the caller.
 * @throws UserError `labeler.conflict`, `labels.conflict`
 */
export function importResponses(
  db: Database,
  studyId: number,
  responses: ResponsesArchive,
  withdrawals: LabelingWithdrawals,
): void {
  const known = new Labelers(db);
  const stays = notWithdrawn(studyId, responses, withdrawals);
  refuseConflicts(db, studyId, stays);
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

function notWithdrawn(
  studyId: number,
  { labelers }: ResponsesArchive,
  withdrawals: LabelingWithdrawals,
): ArchivedLabeler[] {
  const withdrawn = withdrawals.lookup();
  return labelers.filter((labeler) => {
    const trace = withdrawn.find(labeler);
    if (trace !== undefined) withdrawals.copyToStudy(studyId, labeler, trace);
    return trace === undefined;
  });
}

/** Refuses labelers whose labels in the archive differ from their labels in this data folder. */
function refuseConflicts(db: Database, studyId: number, labelers: readonly ArchivedLabeler[]): void {
  const others: Known[] = [];
  let labels = 0;
  for (const labeler of labelers) {
    const known = db.get<Known>(
      'SELECT id, pseudonym FROM labeler WHERE source = ? AND pseudonym = ?',
      labeler.source,
      labeler.pseudonym,
    );
    const different = known ? countDifferences(db, studyId, known, labeler) : 0;
    if (known && different > 0) others.push(known);
    labels += different;
  }
  if (others.length > 0) throw conflict(others, labels, otherStudies(db, studyId, others));
}

/** Number of labels of a labeler, on sets of the study, that differ between this data folder and the archive. */
function countDifferences(db: Database, studyId: number, { id }: Known, { log }: ArchivedLabeler): number {
  const said = latestLabels(log);
  const own = db
    .all<{ hash: string }>('SELECT DISTINCT set_hash AS hash FROM study_stimulus_set WHERE study_id = ?', studyId)
    .map(({ hash }) => hash);
  let different = 0;
  for (const setHash of new Set([...own, ...said.keys()])) {
    const here = new Map(new Responses(db).current(setHash, id).map(({ imageId, label }) => [imageId, label]));
    // Simulated labelers of one name belong to many studies; their labels of another set are new, not different.
    if (here.size === 0 && !isShared(db, { studyId, labelerId: id, setHash })) continue;
    const there = said.get(setHash) ?? new Map<number, number | null>();
    const images = new Set([...here.keys(), ...there.keys()]);
    different += [...images].filter((image) => here.get(image) !== there.get(image)).length;
  }
  return different;
}

/** By set and image. */
function latestLabels(log: readonly ArchivedResponse[]): Map<string, Map<number, number | null>> {
  const said = new Map<string, Map<number, number | null>>();
  for (const { setHash, imageId, label } of log) {
    const words = said.get(setHash) ?? new Map<number, number | null>();
    said.set(setHash, words.set(imageId, label));
  }
  return said;
}

/** Whether another study has both the labeler and the set: added labels would show there. */
function isShared(db: Database, of: { studyId: number; labelerId: number; setHash: string }): boolean {
  const sql = `SELECT 1 FROM study_stimulus_set WHERE set_hash = $setHash AND study_id <> $studyId AND study_id IN (
    SELECT study_id FROM study_labeler WHERE labeler_id = $labelerId
    UNION SELECT study_id FROM labeling_session WHERE labeler_id = $labelerId)`;
  return db.get(sql, of) !== undefined;
}

/** Names of the other studies that have one of these labelers. */
function otherStudies(db: Database, studyId: number, labelers: readonly Known[]): string[] {
  const sql = `SELECT name FROM study WHERE id <> $studyId AND id IN (
    SELECT study_id FROM study_labeler WHERE labeler_id IN (SELECT value FROM json_each($ids))
    UNION SELECT study_id FROM labeling_session WHERE labeler_id IN (SELECT value FROM json_each($ids))) ORDER BY name`;
  const ids = JSON.stringify(labelers.map(({ id }) => id));
  return db.all<{ name: string }>(sql, { studyId, ids }).map(({ name }) => name);
}

/**
 * Adds the responses to sets that have none from this labeler yet; for other sets the latest labels are the same and
 * stay.
 */
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
  const shown = formatNames(studies.map((study) => `"${study}"`));
  return new UserError({
    code: 'labels.conflict',
    what: `The archive has other labels of ${formatNames(names)}, who ${verb} in this data folder already: ${differ}`,
    where: studies.length === 0 ? 'this data folder' : `${studies.length === 1 ? 'study' : 'studies'} ${shown}`,
    remedy: `Import it into another data folder${studies.length === 0 ? '' : `, or first delete ${shown} permanently`}.`,
  });
}

/** Outcome of importing the sessions of an archive. */
export interface ImportedSessions {
  added: number;
  /** Sessions that exist in another study of this data folder: the new study has only their labels. */
  here: number;
  /** Sessions of people who withdrew: nothing of them was imported. */
  withdrawn: number;
}

/** Adds a study's sessions. Each gets a new address. Needs a transaction of the caller. */
export function importSessions(
  db: Database,
  studyId: number,
  labeling: LabelingArchive,
  sessions: Iterable<SessionArchive>,
): ImportedSessions {
  const plans = addPlans(db, studyId, labeling);
  addLocks(db, studyId, labeling);
  const counts = { added: 0, here: 0, withdrawn: 0 };
  const [labelers, withdrawals] = [new Labelers(db), new LabelingWithdrawals(db)];
  const withdrawn = withdrawals.lookup();
  for (const session of sessions) {
    const trace = withdrawn.find(session);
    if (trace !== undefined) {
      withdrawals.copyToStudy(studyId, session, trace);
      counts.withdrawn += 1;
      continue;
    }
    const labelerId = labelers.ensure({ ...session, simulated: false }, session.createdAt);
    if (db.get('SELECT 1 FROM labeling_session WHERE labeler_id = ?', labelerId)) {
      counts.here += 1;
      continue;
    }
    const planId = plans.get(session.plan);
    if (planId === undefined) throw new Error(`there is no plan ${session.plan}`);
    addSession(db, { studyId, planId, labelerId }, session);
    counts.added += 1;
  }
  return counts;
}

/**
 * Adds the records of people who withdrew where the archive was made, so that nothing of them can be imported later
 * either. Their pseudonyms count in this study only, because the same pseudonym may be drawn for others in this data
 * folder.
 */
export function importWithdrawals(db: Database, studyId: number, { withdrawals }: LabelingArchive): void {
  for (const { trace, name, withdrawnAt } of withdrawals) {
    db.run(
      'INSERT INTO labeling_withdrawal (study_id, token_hash, salt, name_hash, withdrawn_at) VALUES (?, ?, ?, ?, ?)',
      ...[studyId, trace, name?.salt ?? null, name?.hash ?? null, withdrawnAt],
    );
  }
}

function addPlans(db: Database, studyId: number, { plans }: LabelingArchive): Map<number, number> {
  return new Map(
    plans.map(({ version, plan, texts, savedAt }) => {
      const { id } = db.run(
        'INSERT INTO labeling_plan (study_id, version, plan, texts, saved_at) VALUES (?, ?, ?, ?, ?)',
        ...[studyId, version, canonicalJson(plan), canonicalJson(texts), savedAt],
      );
      return [version, id];
    }),
  );
}

function addLocks(db: Database, studyId: number, { locks }: LabelingArchive): void {
  for (const { hash, sessions, labels, reason, lockedAt, openedAt } of locks) {
    db.run(
      `INSERT INTO labeling_lock (study_id, hash, sessions, labels, reason, locked_at, opened_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ...[studyId, hash, sessions, labels, reason, lockedAt, openedAt],
    );
  }
}

/** The study, plan and labeler of a session. */
interface Placed {
  studyId: number;
  planId: number;
  labelerId: number;
}

function addSession(db: Database, placed: Placed, session: SessionArchive): void {
  const { trials, state, excluded, setHash, medium, place, clockAfter } = session;
  const { createdAt, consentedAt, startedAt, lastSeenAt, finishedAt, imagesLeft, atTrial } = session;
  const { id } = db.run(
    `INSERT INTO labeling_session (study_id, plan_id, set_hash, labeler_id, token, medium, place, trials, trial_count,
       state, at_trial, created_at, consented_at, started_at, last_seen_at, finished_at, images_left, excluded)
     VALUES ($studyId, $planId, $setHash, $labelerId, $token, $medium, $place, $trials, $trialCount, $state, $atTrial,
       $createdAt, $consentedAt, $startedAt, $lastSeenAt, $finishedAt, $imagesLeft, $excluded)`,
    {
      ...{ ...placed, setHash, medium, place, state, excluded, imagesLeft, atTrial },
      ...{ createdAt, consentedAt, startedAt, lastSeenAt, finishedAt },
      ...{ token: newSessionToken(), trials: JSON.stringify(trials), trialCount: trials.length },
    },
  );
  const sittings = addSittings(db, id, session);
  addEvents(db, id, sittings, session);
  for (const { pass, trial, choice, enteredAt } of session.paper) {
    db.run(
      'INSERT INTO labeling_paper (session_id, pass, trial, choice, entered_at) VALUES (?, ?, ?, ?, ?)',
      ...[id, pass, trial, choice, enteredAt],
    );
  }
  const answered = new LabelingLog(db).choices(id, trials.length).filter((choice) => choice !== null).length;
  db.run(
    'UPDATE labeling_session SET answered = ?, clock_after = ? WHERE id = ?',
    answered,
    sittings[clockAfter - 1] ?? 0,
    id,
  );
}

function addSittings(db: Database, sessionId: number, { sittings }: SessionArchive): number[] {
  return sittings.map(({ key, medium, openedAt, openedMs, claimedAt, screen, notes }) => {
    const { id } = db.run(
      `INSERT INTO labeling_sitting (session_id, key, medium, opened_at, opened_ms, claimed_at, screen)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ...[sessionId, key, medium, openedAt, openedMs, claimedAt ?? null, canonicalJson(screen)],
    );
    for (const { seq, kind, trial, atMs, storedAt } of notes) {
      db.run(
        `INSERT INTO labeling_note (sitting_id, seq, session_id, kind, trial, at_ms, stored_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        ...[id, seq, sessionId, kind, trial, atMs, storedAt],
      );
    }
    return id;
  });
}

function addEvents(
  db: Database,
  sessionId: number,
  ids: readonly number[],
  { events, sittings }: SessionArchive,
): void {
  for (const { sitting, seq, trial, kind, choice, shownMs, atMs, storedAt, late } of events) {
    const [sittingId, from] = [ids[sitting], sittings[sitting]];
    if (sittingId === undefined || !from) throw new Error(`there is no sitting ${sitting}`);
    db.run(
      `INSERT INTO labeling_event (session_id, sitting_id, seq, trial, kind, choice, shown_ms, at_ms, stored_at, late,
         sitting_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[sessionId, sittingId, seq, trial, kind, choice, shownMs, atMs, storedAt, late],
      from.medium === 'kit' ? from.openedAt : 0,
    );
  }
}

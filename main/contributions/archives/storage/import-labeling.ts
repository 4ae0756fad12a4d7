import type { LabelingArchive, ResponsesArchive, SessionArchive } from '../format.ts';
import { UserError } from '../../../contract/wire/index.ts';
import type { PanelKind } from '../../answers/contract/responses.ts';
import { formatNames } from '../../../domain/numbers/index.ts';
import { canonicalJson } from '../../../domain/plans/index.ts';
import { type Database, isBeingRemoved, isShared, journalRows, Labelers, Responses } from '../../../storage/index.ts';
import { Panels } from '../../answers/storage/panels.ts';
import { LabelingLog } from '../../sessions/storage/log.ts';
import { LabelingWithdrawals, newSessionToken } from '../../../storage/labeling/index.ts';
import type { ArchivePiece, SessionRows } from './pieces.ts';

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
export const stillHere = (db: Database, studyId: number): StillHere[] =>
  new LabelingWithdrawals(db).labelersWithdrawnElsewhere(studyId).map(({ id, pseudonym }) => ({
    pseudonym,
    studies: otherStudies(db, studyId, [{ id, pseudonym }]),
  }));

/** Outcome of importing the sessions of an archive. */
export interface ImportedSessions {
  added: number;
  /** Sessions that exist in another study of this data folder: the new study has only their labels. */
  here: number;
  /** Sessions of people who withdrew: nothing of them was imported. */
  withdrawn: number;
}

type PieceOf<Kind extends ArchivePiece['kind']> = Extract<ArchivePiece, { kind: Kind }>;
type LabelingPiece = PieceOf<
  | 'withdrawals'
  | 'plans'
  | 'labeler'
  | 'responses'
  | 'labeler-end'
  | 'panel'
  | 'panel-answers'
  | 'session'
  | 'session-rows'
  | 'session-end'
>;

/** The labeler whose responses come next. */
interface OpenLabeler extends Pick<PieceOf<'labeler'>, 'labeler' | 'firstAt'> {
  /** Id of a new labeler. */
  id: number | null;
  /** One who was here before; the log is compared as a whole. */
  known: Known | null;
  log: ArchivedResponse[];
}

/** The session whose rows come next. */
interface OpenSession {
  id: number;
  trials: number;
  clockAfter: number;
  sittings: OpenSitting[];
}

interface OpenSitting extends Pick<SessionArchive['sittings'][number], 'medium' | 'openedAt'> {
  id: number;
  /** Whether an event of it is stored. */
  isBegun: boolean;
}

/**
 * Stores a study's labelers with their responses, and its sessions, a row at a step. An import never changes existing
 * labels: a labeler with the same labels is shared, and nothing is added to that labeler's log.
 */
export class LabelingImport {
  readonly counts: ImportedSessions = { added: 0, here: 0, withdrawn: 0 };
  readonly #db: Database;
  readonly #studyId: number;
  readonly #now: number;
  readonly #labelers: Labelers;
  readonly #withdrawals: LabelingWithdrawals;
  readonly #responses: Responses;
  readonly #plans = new Map<number, number>();
  readonly #conflicts = { labelers: [] as Known[], labels: 0 };
  /** Links that keep labelers from being nobody's until their session is stored. */
  readonly #temporaryLinks: number[] = [];
  /** Sessions of other studies, which `counts.here` counts. */
  readonly #sessionsHere: number[] = [];
  #lookup: ReturnType<LabelingWithdrawals['lookup']> | undefined;
  #labeler: OpenLabeler | null = null;
  #session: OpenSession | null = null;
  #panel: { id: number; kind: PanelKind } | null = null;

  constructor(database: Database, studyId: number, now: number) {
    this.#db = database;
    this.#studyId = studyId;
    this.#now = now;
    this.#labelers = new Labelers(database);
    this.#withdrawals = new LabelingWithdrawals(database);
    this.#responses = new Responses(database);
  }

  /** @throws UserError `labeler.conflict`, `labels.conflict` */
  *steps(piece: LabelingPiece): Generator<void, void> {
    switch (piece.kind) {
      case 'withdrawals':
        return yield* this.#addWithdrawals(piece.withdrawals);
      case 'plans':
        return yield* this.#addPlans(piece.plans);
      case 'labeler':
        return yield* this.#startLabeler(piece);
      case 'responses':
        return yield* this.#addResponses(piece.log);
      case 'labeler-end':
        return yield* this.#endLabeler();
      case 'panel':
        return this.#startPanel(piece.panel);
      case 'panel-answers':
        return yield* this.#addPanelAnswers(piece.rows);
      case 'session':
        this.#refuseConflicts();
        return this.#startSession(piece.session);
      case 'session-rows':
        if (this.#session) yield* addSessionRows(this.#db, this.#session, piece.rows, this.#now);
        return;
      case 'session-end':
        return this.#endSession();
    }
  }

  /** @throws UserError `labels.conflict`, `archive.deleted-meanwhile` */
  finish(): void {
    this.#refuseConflicts();
    const there = this.#db.all<{ id: number }>(
      `SELECT id FROM labeling_session WHERE id IN (SELECT value FROM json_each(?))
         AND NOT ${isBeingRemoved('labeling_session')}`,
      JSON.stringify(this.#sessionsHere),
    );
    if (there.length < this.#sessionsHere.length) throw deletedMeanwhile();
    for (const link of this.#temporaryLinks) this.#db.run('DELETE FROM study_labeler WHERE id = ?', link);
  }

  /** People of the archive who withdrew here. Withdrawals of the archive itself count in its study only. */
  #withdrawn(): ReturnType<LabelingWithdrawals['lookup']> {
    this.#lookup ??= this.#withdrawals.lookup();
    return this.#lookup;
  }

  /**
   * Adds the records of people who withdrew where the archive was made, so that nothing of them can be imported later
   * either. Their pseudonyms count in this study only, because the same pseudonym may be drawn for others in this data
   * folder.
   */
  *#addWithdrawals(withdrawals: LabelingArchive['withdrawals']): Generator<void, void> {
    for (const { trace, name, withdrawnAt } of withdrawals) {
      const { salt, hash: nameHash } = name ?? { salt: null, hash: null };
      this.#db.insert('labeling_withdrawal', {
        studyId: this.#studyId,
        tokenHash: trace,
        salt,
        nameHash,
        withdrawnAt,
      });
      yield;
    }
  }

  *#addPlans(plans: LabelingArchive['plans']): Generator<void, void> {
    for (const { version, plan, texts, savedAt } of plans) {
      const json = { plan: canonicalJson(plan), texts: canonicalJson(texts) };
      this.#plans.set(
        version,
        this.#db.insert('labeling_plan', { studyId: this.#studyId, version, ...json, savedAt }).id,
      );
      yield;
    }
  }

  *#startLabeler({ labeler, firstAt }: PieceOf<'labeler'>): Generator<void, void> {
    this.#labeler = null;
    const trace = this.#withdrawn().find(labeler);
    if (trace !== undefined) return this.#withdrawals.copyToStudy(this.#studyId, labeler, trace);
    const known = this.#db.get<Known>(
      'SELECT id, pseudonym FROM labeler WHERE source = ? AND pseudonym = ?',
      labeler.source,
      labeler.pseudonym,
    );
    this.#labeler = { labeler, firstAt, known: known ?? null, id: null, log: [] };
    if (!known) yield* this.#addLabeler(this.#labeler);
  }

  /** Adds the labeler unless known, with the links; in one step, so that no labeler is ever nobody's. */
  *#addLabeler(open: OpenLabeler): Generator<void, void> {
    const { links, ...labeler } = open.labeler;
    open.id = this.#labelers.ensure(labeler, open.firstAt ?? links[0]?.linkedAt ?? 0);
    const link = { studyId: this.#studyId, labelerId: open.id };
    if (links.length === 0 && !open.known)
      this.#temporaryLinks.push(this.#db.insert('study_labeler', { ...link, linkedAt: 0, replacedAt: 0 }).id);
    for (const [index, times] of links.entries()) {
      if (index > 0) yield;
      this.#db.insert('study_labeler', { ...link, ...times });
    }
    yield;
  }

  *#addResponses(log: readonly ArchivedResponse[]): Generator<void, void> {
    const open = this.#labeler;
    if (open?.known) open.log.push(...log);
    else if (open) yield* this.#addLog(open.id ?? 0, log);
  }

  /** Refuses later those whose labels in the archive differ from their labels in this data folder. */
  *#endLabeler(): Generator<void, void> {
    const open = this.#labeler;
    if (!open?.known) return;
    const different = countDifferences(this.#db, this.#studyId, open.known, open.log);
    yield;
    if (different > 0) {
      this.#conflicts.labelers.push(open.known);
      this.#conflicts.labels += different;
      return;
    }
    yield* this.#addLabeler(open);
    yield* this.#addMissingSets(open.known.id, open.log);
  }

  /**
   * Adds the responses to sets that have none from this labeler yet; for other sets the latest labels are the same and
   * stay.
   */
  *#addMissingSets(labelerId: number, log: readonly ArchivedResponse[]): Generator<void, void> {
    for (const [setHash, words] of Map.groupBy(log, (response) => response.setHash)) {
      if (this.#responses.hasAny(setHash, labelerId)) continue;
      journalRows(this.#db, ({ sets, labels }) => ({ sets, labels: [...labels, [labelerId, setHash]] }), this.#now);
      yield* this.#addLog(labelerId, words);
    }
  }

  *#addLog(labelerId: number, log: readonly ArchivedResponse[]): Generator<void, void> {
    for (const { at, ...response } of log) {
      this.#responses.add({ ...response, labelerId }, at);
      yield;
    }
  }

  #startPanel({ importedAt, used, ...panel }: PieceOf<'panel'>['panel']): void {
    const panels = new Panels(this.#db);
    const id = panels.add({ ...panel, studyId: this.#studyId }, importedAt);
    if (used) panels.use(this.#studyId, id);
    this.#panel = { id, kind: panel.kind };
  }

  /** People of a panel came as labelers before it; those who withdrew here are left out. */
  *#addPanelAnswers(rows: PieceOf<'panel-answers'>['rows']): Generator<void, void> {
    const panel = this.#panel;
    if (!panel) throw new Error('answers without their panel');
    const panels = new Panels(this.#db);
    for (const { labeler, ...row } of rows) {
      if (labeler === null || this.#withdrawn().find(labeler) === undefined) {
        const id = labeler && this.#labelers.ensure({ ...labeler, simulated: false }, this.#now);
        panels.addAnswers({ ...panel, studyId: this.#studyId }, id, row);
      }
      yield;
    }
  }

  #refuseConflicts(): void {
    const { labelers, labels } = this.#conflicts;
    if (labelers.length > 0) throw conflict(labelers, labels, otherStudies(this.#db, this.#studyId, labelers));
  }

  /** Each session gets a new address. */
  #startSession(session: PieceOf<'session'>['session']): void {
    this.#session = null;
    const trace = this.#withdrawn().find(session);
    if (trace !== undefined) {
      this.#withdrawals.copyToStudy(this.#studyId, session, trace);
      this.counts.withdrawn += 1;
      return;
    }
    const labelerId = this.#labelers.ensure({ ...session, simulated: false }, session.createdAt);
    const here = this.#db.get<{ id: number }>('SELECT id FROM labeling_session WHERE labeler_id = ?', labelerId);
    if (here) {
      this.counts.here += 1;
      this.#sessionsHere.push(here.id);
      return;
    }
    const planId = this.#plans.get(session.plan);
    if (planId === undefined) throw new Error(`there is no plan ${session.plan}`);
    const id = addSession(this.#db, { studyId: this.#studyId, planId, labelerId }, session);
    this.#session = { id, trials: session.trials.length, clockAfter: session.clockAfter, sittings: [] };
    this.counts.added += 1;
  }

  #endSession(): void {
    if (!this.#session) return;
    const { id, trials, clockAfter, sittings } = this.#session;
    const answered = new LabelingLog(this.#db).choices(id, trials).filter((choice) => choice !== null).length;
    const after = sittings[clockAfter - 1]?.id ?? 0;
    this.#db.run('UPDATE labeling_session SET answered = ?, clock_after = ? WHERE id = ?', answered, after, id);
  }
}

/** Number of labels of a labeler, on sets of the study, that differ between this data folder and the archive. */
function countDifferences(db: Database, studyId: number, { id }: Known, log: readonly ArchivedResponse[]): number {
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

/** Names of the other studies that have one of these labelers. */
function otherStudies(db: Database, studyId: number, labelers: readonly Known[]): string[] {
  const sql = `SELECT name FROM study WHERE id <> $studyId AND removed = 0 AND id IN (
    SELECT study_id FROM study_labeler WHERE labeler_id IN (SELECT value FROM json_each($ids))
    UNION SELECT study_id FROM labeling_session WHERE labeler_id IN (SELECT value FROM json_each($ids))) ORDER BY name`;
  const ids = JSON.stringify(labelers.map(({ id }) => id));
  return db.all<{ name: string }>(sql, { studyId, ids }).map(({ name }) => name);
}

function conflict(labelers: readonly Known[], labels: number, studies: readonly string[]): UserError {
  const names = labelers.map(({ pseudonym }) => pseudonym).sort();
  const [verb, differ] = [names.length === 1 ? 'is' : 'are', labels === 1 ? '1 differs' : `${labels} differ`];
  const shown = formatNames(studies.map((study) => `"${study}"`));
  return new UserError(
    'labels.conflict',
    `The archive has other labels of ${formatNames(names)}, who ${verb} in this data folder already: ${differ}`,
    studies.length === 0 ? 'this data folder' : `${studies.length === 1 ? 'study' : 'studies'} ${shown}`,
    `Import it into another data folder${studies.length === 0 ? '' : `, or first delete ${shown} permanently`}.`,
  );
}

const deletedMeanwhile = (): UserError =>
  new UserError(
    'archive.deleted-meanwhile',
    'Labeling sessions that the archive has too were deleted during the import',
    'this data folder',
    'Nothing was stored. Import the archive again: the sessions then come from it.',
  );

/** The study, plan and labeler of a session. */
interface Placed {
  studyId: number;
  planId: number;
  labelerId: number;
}

function addSession(db: Database, placed: Placed, session: PieceOf<'session'>['session']): number {
  const { trials, pseudonym: _, source: _source, plan: _plan, clockAfter: _clock, ...row } = session;
  const packed = { trials: JSON.stringify(trials), trialCount: trials.length };
  return db.insert('labeling_session', { ...row, ...placed, ...packed, token: newSessionToken() }).id;
}

/** Adds rows of a session's lists, one at a step. */
function* addSessionRows(db: Database, session: OpenSession, rows: SessionRows, now: number): Generator<void, void> {
  const { sittings = [], notes = [], events = [], paper = [] } = rows;
  const at = (index: number): OpenSession['sittings'][number] => {
    const found = session.sittings[index];
    if (!found) throw new Error(`there is no sitting ${index}`);
    return found;
  };
  for (const { claimedAt = null, screen, ...sitting } of sittings) {
    const row = { ...sitting, sessionId: session.id, claimedAt, screen: canonicalJson(screen) };
    const { id } = db.insert('labeling_sitting', row);
    session.sittings.push({ id, medium: sitting.medium, openedAt: sitting.openedAt, isBegun: false });
    yield;
  }
  for (const { sitting, note } of notes) {
    db.insert('labeling_note', { ...note, sittingId: at(sitting).id, sessionId: session.id });
    yield;
  }
  for (const { sitting, ...event } of events) {
    const of = at(sitting);
    if (of.medium === 'kit' && !of.isBegun) limitDate(db, of, Math.min(event.storedAt, now));
    of.isBegun = true;
    const sittingAt = of.medium === 'kit' ? of.openedAt : 0;
    db.insert('labeling_event', { ...event, sessionId: session.id, sittingId: of.id, sittingAt });
    yield;
  }
  for (const entry of paper) {
    db.insert('labeling_paper', { ...entry, sessionId: session.id });
    yield;
  }
}

/**
 * A sitting began before its first event was stored, whatever the clock of its kit said: earlier versions took any date.
 * More than five minutes ahead is marked, as for a kit's result file.
 */
function limitDate(db: Database, sitting: OpenSitting, latest: number): void {
  if (sitting.openedAt <= latest) return;
  db.run(
    `UPDATE labeling_sitting SET opened_at = $latest, opened_ms = NULL,
       claimed_at = coalesce(claimed_at, CASE WHEN opened_at > $latest + 300000 THEN opened_at END)
     WHERE id = $id`,
    { id: sitting.id, latest },
  );
  sitting.openedAt = latest;
}

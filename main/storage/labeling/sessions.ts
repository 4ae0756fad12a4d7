import { randomBytes } from 'node:crypto';
import type { Medium, TrialKind } from '../../contract/labeling/plan.ts';
import { trialKinds } from '../../contract/labeling/plan.ts';
import type { Trial } from '../../contract/labeling/plan.ts';
import type { Database } from '../database.ts';
import { isBeingRemoved } from '../removals.ts';

export type SessionState = 'planned' | 'active' | 'finished' | 'declined';

/** A session without its trials. Times are milliseconds since 1970. */
export interface SessionRecord {
  id: number;
  studyId: number;
  planId: number;
  setHash: string;
  labelerId: number;
  pseudonym: string;
  token: string;
  medium: Medium;
  /** Number of the labeler within the study, from 0. */
  place: number;
  trialCount: number;
  state: SessionState;
  /** Trials that have an answer now. */
  answered: number;
  /** The trial of the latest event. */
  atTrial: number | null;
  createdAt: number;
  consentedAt: number | null;
  startedAt: number | null;
  lastSeenAt: number | null;
  finishedAt: number | null;
  /** Images without an answer when the time limit ended the session; null if it did not end it. */
  imagesLeft: number | null;
  /** Id of the last sitting whose time no longer counts; 0: all count. */
  clockAfter: number;
  /** Reason for excluding it; null: not excluded. */
  excluded: string | null;
}

interface NewSession {
  studyId: number;
  planId: number;
  setHash: string;
  labelerId: number;
  token: string;
  medium: Medium;
  place: number;
  trials: readonly Trial[];
}

/** How a session has been used: its page was opened, a kit of it was made, or answers from paper were entered. */
export type SessionUse = 'sitting' | 'kit' | 'paper';

/** Counts that the board shows beside the session. */
export interface SessionCounts {
  isUsed: boolean;
  sittings: number;
  focusLost: number;
  secondWindows: number;
  /** The current trial of an active session. */
  at: { kind: TrialKind; block: number } | null;
  blocks: number;
  planVersion: number;
}

const columns = `session.id, session.study_id AS studyId, plan_id AS planId, set_hash AS setHash,
  labeler_id AS labelerId, pseudonym, token, medium, place, trial_count AS trialCount, state, answered,
  at_trial AS atTrial, created_at AS createdAt, consented_at AS consentedAt, started_at AS startedAt,
  last_seen_at AS lastSeenAt, finished_at AS finishedAt, images_left AS imagesLeft,
  clock_after AS clockAfter, excluded`;
/** Sessions without those that are being deleted. */
const present = `(SELECT * FROM labeling_session WHERE NOT ${isBeingRemoved('labeling_session')}) AS session`;
const from = `FROM ${present} JOIN labeler ON labeler.id = labeler_id`;
const use = `CASE
  WHEN session.started_at IS NOT NULL OR session.consented_at IS NOT NULL OR session.state = 'declined'
    OR EXISTS (SELECT 1 FROM labeling_sitting WHERE session_id = session.id) THEN 'sitting'
  WHEN EXISTS (SELECT 1 FROM labeling_kit WHERE session_id = session.id) THEN 'kit'
  WHEN EXISTS (SELECT 1 FROM labeling_paper WHERE session_id = session.id) THEN 'paper' END`;

/**
 * How often the person left the window: losing the focus and being hidden at the same time counts once, as in the
 * quality measures.
 */
const focusLost = `(SELECT count(*) FROM (
  SELECT kind, lag(kind) OVER (PARTITION BY sitting_id ORDER BY at_ms, seq) AS before FROM labeling_note
  WHERE session_id = session.id AND kind IN ('focus-lost', 'hidden', 'focus-back', 'visible'))
  WHERE kind IN ('focus-lost', 'hidden') AND (before IS NULL OR before IN ('focus-back', 'visible')))`;

/** A new token for the address of a session: 128 random bits. */
export const newSessionToken = (): string => randomBytes(16).toString('base64url');

/** Labeling sessions: labeler, order of the trials, and progress. */
export class LabelingSessions {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  add(session: NewSession, now: number): number {
    const { trials, ...rest } = session;
    const packed = { trials: JSON.stringify(trials.map(packTrial)), trialCount: trials.length };
    return this.#db.insert('labeling_session', { ...rest, ...packed, createdAt: now }).id;
  }

  /** Whether anybody has started on the set in this study: on screen, with a kit, or on paper. */
  hasStartedOn(studyId: number, setHash: string): boolean {
    const started = `SELECT 1 FROM labeling_session AS session WHERE study_id = ? AND set_hash = ? AND (
      started_at IS NOT NULL
      OR EXISTS (SELECT 1 FROM labeling_event WHERE session_id = session.id)
      OR EXISTS (SELECT 1 FROM labeling_kit WHERE session_id = session.id)
      OR EXISTS (SELECT 1 FROM labeling_paper WHERE session_id = session.id))`;
    return this.#db.get(started, studyId, setHash) !== undefined;
  }

  get(id: number): SessionRecord | undefined {
    return this.#db.get<SessionRecord>(`SELECT ${columns} ${from} WHERE session.id = ?`, id);
  }

  byToken(token: string): SessionRecord | undefined {
    return this.#db.get<SessionRecord>(`SELECT ${columns} ${from} WHERE token = ?`, token);
  }

  /** The labeler's session; a labeler has one at most. */
  findByLabeler(labelerId: number): SessionRecord | undefined {
    return this.#db.get<SessionRecord>(`SELECT ${columns} ${from} WHERE labeler_id = ?`, labelerId);
  }

  /** In order of creation. */
  ofStudy(studyId: number): SessionRecord[] {
    return this.#db.all<SessionRecord>(
      `SELECT ${columns} ${from} WHERE session.study_id = ? ORDER BY session.place`,
      studyId,
    );
  }

  /** The sessions with the board's counts; `at` is the current trial of an active session, or its first. */
  board(studyId: number): (SessionRecord & SessionCounts)[] {
    const rows = this.#db.all<
      SessionRecord &
        Omit<SessionCounts, 'at' | 'blocks' | 'isUsed'> & { at: string | null; tail: string; use: SessionUse | null }
    >(
      `SELECT ${columns}, plan.version AS planVersion,
         CASE state WHEN 'active' THEN trials -> ('$[' || coalesce(at_trial, 0) || ']') END AS at,
         ${use} AS use, substr(trials, -${tailLength}) AS tail,
         (SELECT count(*) FROM labeling_sitting WHERE session_id = session.id) AS sittings,
         ${focusLost} AS focusLost,
         (SELECT count(*) FROM labeling_note WHERE session_id = session.id AND kind = 'second-window')
           AS secondWindows
       ${from} JOIN labeling_plan AS plan ON plan.id = plan_id WHERE session.study_id = ? ORDER BY session.place`,
      studyId,
    );
    return rows.map(({ use: used, tail, ...row }) => ({
      ...row,
      blocks: lastBlock(tail),
      isUsed: used !== null,
      at: row.at === null ? null : unpackTrial(JSON.parse(row.at)),
    }));
  }

  /** Whether anybody was last seen labeling on a screen between two times. */
  isAnyActiveBetween(from: number, to: number): boolean {
    const sql = `SELECT 1 FROM ${present} WHERE state = 'active' AND last_seen_at BETWEEN ? AND ?`;
    return this.#db.get(sql, from, to) !== undefined;
  }

  /** How a session has been used; null: not at all. */
  readUse(id: number): SessionUse | null {
    const sql = `SELECT ${use} AS use FROM labeling_session AS session WHERE session.id = ?`;
    return this.#db.get<{ use: SessionUse | null }>(sql, id)?.use ?? null;
  }

  /** The trials of a session, in order. */
  trials(id: number): Trial[] {
    const row = this.#db.get<{ trials: string }>('SELECT trials FROM labeling_session WHERE id = ?', id);
    return row ? (JSON.parse(row.trials) as PackedTrial[]).map(unpackTrial) : [];
  }

  /** The next free place. */
  nextPlace(studyId: number): number {
    const row = this.#db.get<{ next: number }>(
      'SELECT coalesce(max(place) + 1, 0) AS next FROM labeling_session WHERE study_id = ?',
      studyId,
    );
    return row?.next ?? 0;
  }

  /**
   * Sets the state. Planned and declined sessions have no start and no consent.
   * @param imagesLeft if the time limit ends it: images without an answer
   */
  setState(id: number, state: SessionState, now: number, imagesLeft: number | null = null): void {
    this.#db.run(
      `UPDATE labeling_session SET state = $state, last_seen_at = $now, images_left = $imagesLeft,
         started_at = CASE WHEN $state NOT IN ('planned', 'declined') THEN coalesce(started_at, $now) END,
         consented_at = CASE WHEN $state NOT IN ('planned', 'declined') THEN consented_at END,
         finished_at = CASE WHEN $state = 'finished' THEN coalesce(finished_at, $now) END
       WHERE id = $id`,
      { id, state, now, imagesLeft },
    );
  }

  recordConsent(id: number, now: number): void {
    this.#db.run(
      'UPDATE labeling_session SET consented_at = coalesce(consented_at, ?), last_seen_at = ? WHERE id = ?',
      now,
      now,
      id,
    );
  }

  withdrawConsent(id: number): void {
    this.#db.run('UPDATE labeling_session SET consented_at = NULL WHERE id = ?', id);
  }

  /** Sets start and end of a session that took place elsewhere; null: unknown. */
  setTimes(id: number, { startedAt, finishedAt }: { startedAt: number | null; finishedAt: number | null }): void {
    this.#db.run(
      `UPDATE labeling_session SET started_at = coalesce($startedAt, started_at),
         finished_at = CASE WHEN state = 'finished' THEN coalesce($finishedAt, finished_at) END
       WHERE id = $id`,
      { id, startedAt, finishedAt },
    );
  }

  markSeen(id: number, now: number): void {
    this.#db.run('UPDATE labeling_session SET last_seen_at = ? WHERE id = ?', now, id);
  }

  /** Restarts the time limit: earlier sittings no longer count. */
  restartClock(id: number): void {
    this.#db.run(
      `UPDATE labeling_session SET clock_after =
         coalesce((SELECT max(sitting.id) FROM labeling_sitting AS sitting WHERE session_id = $id), 0)
       WHERE id = $id`,
      { id },
    );
  }

  setExcluded(id: number, reason: string | null): void {
    this.#db.run('UPDATE labeling_session SET excluded = ? WHERE id = ?', reason, id);
  }

  /** Deletes a session without responses, and its labeler. */
  remove(id: number): void {
    this.#db.transaction(() => {
      const session = this.get(id);
      if (!session) return;
      this.#db.run('DELETE FROM labeling_session WHERE id = ?', id);
      this.#db.run('DELETE FROM labeler WHERE id = ?', session.labelerId);
    });
  }
}

/** Characters at the end of a session's trials that have the last one. */
const tailLength = 60;

/** The block of the last trial. Parsing 5,000 trials of each of 300 sessions would take ten times as long. */
function lastBlock(tail: string): number {
  return Number(/,(\d+)\]\]$/.exec(tail)?.[1] ?? 0);
}

type PackedTrial = [image: number, kind: number, block: number];

const packTrial = ({ image, kind, block }: Trial): PackedTrial => [image, trialKinds.indexOf(kind), block];

const unpackTrial = ([image, kind, block]: PackedTrial): Trial => ({ image, kind: trialKinds[kind] ?? 'real', block });

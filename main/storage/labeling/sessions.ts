import { randomBytes } from 'node:crypto';
import type { Medium, TrialKind } from '../../contract/labeling/plan.ts';
import { trialKinds } from '../../contract/labeling/plan.ts';
import type { Trial } from '../../domain/labeling/order.ts';
import type { Database } from '../database.ts';

export type SessionState = 'planned' | 'active' | 'finished' | 'declined';

/** A session without its order. Times are milliseconds since 1970. */
export interface SessionRecord {
  id: number;
  studyId: number;
  planId: number;
  setHash: string;
  labelerId: number;
  pseudonym: string;
  token: string;
  medium: Medium;
  /** Of the labeler among those of the study, from 0. */
  place: number;
  trialCount: number;
  state: SessionState;
  /** Trials with an answer now. */
  answered: number;
  /** The trial that was touched last. */
  atTrial: number | null;
  createdAt: number;
  consentedAt: number | null;
  startedAt: number | null;
  lastSeenAt: number | null;
  finishedAt: number | null;
  /** Images without an answer when the time limit ended it; null: that did not end it. */
  imagesLeft: number | null;
  /** Id of the last sitting whose time does not count any more; 0: all count. */
  clockAfter: number;
  /** Why it is left out; null: it is not. */
  excluded: string | null;
}

export interface NewSession {
  studyId: number;
  planId: number;
  setHash: string;
  labelerId: number;
  token: string;
  medium: Medium;
  place: number;
  trials: readonly Trial[];
}

/** What a session was used for: its page was opened, a kit of it is out, answers on its paper were typed in. */
export type SessionUse = 'sitting' | 'kit' | 'paper';

/** What the board shows beside the session itself. */
export interface SessionCounts {
  isUsed: boolean;
  sittings: number;
  focusLost: number;
  secondWindows: number;
  /** The trial at which the person is. */
  at: { kind: TrialKind; block: number } | null;
  blocks: number;
  planVersion: number;
}

const columns = `session.id, session.study_id AS studyId, plan_id AS planId, set_hash AS setHash,
  labeler_id AS labelerId, pseudonym, token, medium, place, trial_count AS trialCount, state, answered,
  at_trial AS atTrial, created_at AS createdAt, consented_at AS consentedAt, started_at AS startedAt,
  last_seen_at AS lastSeenAt, finished_at AS finishedAt, images_left AS imagesLeft,
  clock_after AS clockAfter, excluded`;
const from = 'FROM labeling_session AS session JOIN labeler ON labeler.id = labeler_id';
const use = `CASE
  WHEN session.started_at IS NOT NULL OR session.consented_at IS NOT NULL OR session.state = 'declined'
    OR EXISTS (SELECT 1 FROM labeling_sitting WHERE session_id = session.id) THEN 'sitting'
  WHEN EXISTS (SELECT 1 FROM labeling_kit WHERE session_id = session.id) THEN 'kit'
  WHEN EXISTS (SELECT 1 FROM labeling_paper WHERE session_id = session.id) THEN 'paper' END`;

/** Stretches in which the window was left: losing the focus and being hidden at once is one. As quality counts them. */
const focusLost = `(SELECT count(*) FROM (
  SELECT kind, lag(kind) OVER (PARTITION BY sitting_id ORDER BY at_ms, seq) AS before FROM labeling_note
  WHERE session_id = session.id AND kind IN ('focus-lost', 'hidden', 'focus-back', 'visible'))
  WHERE kind IN ('focus-lost', 'hidden') AND (before IS NULL OR before IN ('focus-back', 'visible')))`;

/** A new address of a session: 128 random bits. */
export const newSessionToken = (): string => randomBytes(16).toString('base64url');

/** Who labels what in which order, and how far they are. */
export class LabelingSessions {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  add(session: NewSession, now: number): number {
    const { trials, ...rest } = session;
    return this.#db.run(
      `INSERT INTO labeling_session (study_id, plan_id, set_hash, labeler_id, token, medium, place, trials, trial_count,
         created_at)
       VALUES ($studyId, $planId, $setHash, $labelerId, $token, $medium, $place, $trials, $trialCount, $now)`,
      { ...rest, trials: JSON.stringify(trials.map(packTrial)), trialCount: trials.length, now },
    ).id;
  }

  /** True if people have begun with the set in this study, on the screen, with a kit that is out, or on paper. */
  hasStartedOn(studyId: number, setHash: string): boolean {
    const begun = `SELECT 1 FROM labeling_session AS session WHERE study_id = ? AND set_hash = ? AND (
      started_at IS NOT NULL
      OR EXISTS (SELECT 1 FROM labeling_event WHERE session_id = session.id)
      OR EXISTS (SELECT 1 FROM labeling_kit WHERE session_id = session.id)
      OR EXISTS (SELECT 1 FROM labeling_paper WHERE session_id = session.id))`;
    return this.#db.get(begun, studyId, setHash) !== undefined;
  }

  get(id: number): SessionRecord | undefined {
    return this.#db.get<SessionRecord>(`SELECT ${columns} ${from} WHERE session.id = ?`, id);
  }

  byToken(token: string): SessionRecord | undefined {
    return this.#db.get<SessionRecord>(`SELECT ${columns} ${from} WHERE token = ?`, token);
  }

  /** The session in which a labeler labelled; a labeler has one at most. */
  findByLabeler(labelerId: number): SessionRecord | undefined {
    return this.#db.get<SessionRecord>(`SELECT ${columns} ${from} WHERE labeler_id = ?`, labelerId);
  }

  /** In the order in which they were made. */
  ofStudy(studyId: number): SessionRecord[] {
    return this.#db.all<SessionRecord>(
      `SELECT ${columns} ${from} WHERE session.study_id = ? ORDER BY session.place`,
      studyId,
    );
  }

  /** The sessions with what the board shows; `at` is the trial that is on, or the first. */
  board(studyId: number): (SessionRecord & SessionCounts)[] {
    const rows = this.#db.all<
      SessionRecord & Omit<SessionCounts, 'at' | 'isUsed'> & { at: string | null; use: SessionUse | null }
    >(
      `SELECT ${columns}, plan.version AS planVersion, trials -> ('$[' || coalesce(at_trial, 0) || ']') AS at,
         ${use} AS use, trials ->> '$[#-1][2]' AS blocks,
         (SELECT count(*) FROM labeling_sitting WHERE session_id = session.id) AS sittings,
         ${focusLost} AS focusLost,
         (SELECT count(*) FROM labeling_note WHERE session_id = session.id AND kind = 'second-window')
           AS secondWindows
       ${from} JOIN labeling_plan AS plan ON plan.id = plan_id WHERE session.study_id = ? ORDER BY session.place`,
      studyId,
    );
    return rows.map(({ use: used, ...row }) => ({
      ...row,
      isUsed: used !== null,
      at: row.at === null ? null : unpackTrial(JSON.parse(row.at)),
    }));
  }

  /** What a session was used for; null: nothing. */
  readUse(id: number): SessionUse | null {
    const sql = `SELECT ${use} AS use FROM labeling_session AS session WHERE session.id = ?`;
    return this.#db.get<{ use: SessionUse | null }>(sql, id)?.use ?? null;
  }

  /** The order of a session. */
  trials(id: number): Trial[] {
    const row = this.#db.get<{ trials: string }>('SELECT trials FROM labeling_session WHERE id = ?', id);
    return row ? (JSON.parse(row.trials) as PackedTrial[]).map(unpackTrial) : [];
  }

  /** The place behind the last one that is taken. */
  nextPlace(studyId: number): number {
    const row = this.#db.get<{ next: number }>(
      'SELECT coalesce(max(place) + 1, 0) AS next FROM labeling_session WHERE study_id = ?',
      studyId,
    );
    return row?.next ?? 0;
  }

  /**
   * What is planned, and what was declined, has not begun: nobody has agreed.
   * @param imagesLeft where the time limit ends it: images without an answer
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

  /** For a session that was done elsewhere: when it began and ended there. null: not known. */
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

  /** From now on the time of sittings so far does not count. */
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

  /** Takes away a session that nothing was said in, and its labeler. */
  remove(id: number): void {
    this.#db.transaction(() => {
      const session = this.get(id);
      if (!session) return;
      this.#db.run('DELETE FROM labeling_session WHERE id = ?', id);
      this.#db.run('DELETE FROM labeler WHERE id = ?', session.labelerId);
    });
  }
}

type PackedTrial = [image: number, kind: number, block: number];

const packTrial = ({ image, kind, block }: Trial): PackedTrial => [image, trialKinds.indexOf(kind), block];

const unpackTrial = ([image, kind, block]: PackedTrial): Trial => ({ image, kind: trialKinds[kind] ?? 'real', block });

import { type Medium, type Trial, type TrialKind, trialKinds } from '../../sessions/contract/plan.ts';
import { columns, from, type SessionRecord, type SessionState } from '../../../storage/labeling/index.ts';
import { type PackedTrial, StoredSessions, unpackTrial } from '../../sessions/storage/sessions.ts';

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

/** Makes and changes labeling sessions. */
export class DeskSessions extends StoredSessions {
  add(session: NewSession, now: number): number {
    const { trials, ...rest } = session;
    const packed = { trials: JSON.stringify(trials.map(packTrial)), trialCount: trials.length };
    return this.db.insert('labeling_session', { ...rest, ...packed, createdAt: now }).id;
  }

  /** The sessions with the board's counts; `at` is the current trial of an active session, or its first. */
  board(studyId: number): (SessionRecord & SessionCounts)[] {
    const rows = this.db.all<
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

  /** How a session has been used; null: not at all. */
  readUse(id: number): SessionUse | null {
    const sql = `SELECT ${use} AS use FROM labeling_session AS session WHERE session.id = ?`;
    return this.db.get<{ use: SessionUse | null }>(sql, id)?.use ?? null;
  }

  /** The next free place. */
  nextPlace(studyId: number): number {
    const row = this.db.get<{ next: number }>(
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
    this.db.run(
      `UPDATE labeling_session SET state = $state, last_seen_at = $now, images_left = $imagesLeft,
         started_at = CASE WHEN $state NOT IN ('planned', 'declined') THEN coalesce(started_at, $now) END,
         consented_at = CASE WHEN $state NOT IN ('planned', 'declined') THEN consented_at END,
         finished_at = CASE WHEN $state = 'finished' THEN coalesce(finished_at, $now) END
       WHERE id = $id`,
      { id, state, now, imagesLeft },
    );
  }

  recordConsent(id: number, now: number): void {
    this.db.run(
      'UPDATE labeling_session SET consented_at = coalesce(consented_at, ?), last_seen_at = ? WHERE id = ?',
      now,
      now,
      id,
    );
  }

  withdrawConsent(id: number): void {
    this.db.run('UPDATE labeling_session SET consented_at = NULL WHERE id = ?', id);
  }

  /** Sets start and end of a session that took place elsewhere; null: unknown. */
  setTimes(id: number, { startedAt, finishedAt }: { startedAt: number | null; finishedAt: number | null }): void {
    this.db.run(
      `UPDATE labeling_session SET started_at = coalesce($startedAt, started_at),
         finished_at = CASE WHEN state = 'finished' THEN coalesce($finishedAt, finished_at) END
       WHERE id = $id`,
      { id, startedAt, finishedAt },
    );
  }

  markSeen(id: number, now: number): void {
    this.db.run('UPDATE labeling_session SET last_seen_at = ? WHERE id = ?', now, id);
  }

  /** Restarts the time limit: earlier sittings no longer count. */
  restartClock(id: number): void {
    this.db.run(
      `UPDATE labeling_session SET clock_after =
         coalesce((SELECT max(sitting.id) FROM labeling_sitting AS sitting WHERE session_id = $id), 0)
       WHERE id = $id`,
      { id },
    );
  }

  setExcluded(id: number, reason: string | null): void {
    this.db.run('UPDATE labeling_session SET excluded = ? WHERE id = ?', reason, id);
  }

  /** Deletes a session without responses, and its labeler. */
  remove(id: number): void {
    this.db.transaction(() => {
      const session = this.get(id);
      if (!session) return;
      this.db.run('DELETE FROM labeling_session WHERE id = ?', id);
      this.db.run('DELETE FROM labeler WHERE id = ?', session.labelerId);
    });
  }
}

/** Characters at the end of a session's trials that have the last one. */
const tailLength = 60;

/** The block of the last trial. Parsing 5,000 trials of each of 300 sessions would take ten times as long. */
function lastBlock(tail: string): number {
  return Number(/,(\d+)\]\]$/.exec(tail)?.[1] ?? 0);
}

const packTrial = ({ image, kind, block }: Trial): PackedTrial => [image, trialKinds.indexOf(kind), block];

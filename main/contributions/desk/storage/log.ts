import type { Late, SessionNote, TrialEvent } from '../../sessions/contract/volunteer.ts';
import { canonicalJson } from '../../../domain/plans/index.ts';
import { isLatest, LabelingLog, type SittingRecord } from '../../sessions/storage/log.ts';
import type { ClockMoment, ClockSitting, TrialState } from '../analysis/time-limits.ts';

/** A new sitting. */
type NewSitting = Pick<SittingRecord, 'medium' | 'openedAt' | 'screen'> &
  Partial<Pick<SittingRecord, 'openedMs' | 'claimedAt'>>;

/** Events and notes from which the working time of a sitting is computed. */
interface SittingMoments extends ClockSitting {
  id: number;
  key: string;
}

interface StoredEvent {
  kind: string;
  trial: number;
  choice: number | null;
  shownMs: number;
  atMs: number;
  late: Late | null;
}

/** Adds what happens in sessions to the log. */
export class DeskLog extends LabelingLog {
  /** The id of a sitting, by the key that its page chose; added if new. */
  ensureSitting(sessionId: number, key: string, about: NewSitting): number {
    return this.sittingId(sessionId, key) ?? this.#addSitting(sessionId, key, about);
  }

  #addSitting(sessionId: number, key: string, about: NewSitting): number {
    const { medium, openedAt, openedMs = null, claimedAt = null, screen } = about;
    const times = { openedAt, openedMs, claimedAt };
    return this.db.insert('labeling_sitting', { sessionId, key, medium, ...times, screen: canonicalJson(screen) }).id;
  }

  sittingId(sessionId: number, key: string): number | undefined {
    return this.db.get<{ id: number }>(
      'SELECT id FROM labeling_sitting WHERE session_id = ? AND key = ?',
      sessionId,
      key,
    )?.id;
  }

  /** Deletes a session's sittings with their events and notes. */
  deleteSittings(sessionId: number): void {
    this.db.run('DELETE FROM labeling_sitting WHERE session_id = ?', sessionId);
  }

  /**
   * Adds an event, and updates the session's count of answers. Adding the same event again changes nothing. `conflict`:
   * another event has its number. Needs a transaction together with the state of the session.
   * @param late which time limit it missed; null: none, it counts
   */
  add(
    sessionId: number,
    sittingId: number,
    event: TrialEvent,
    now: number,
    late: Late | null = null,
  ): 'added' | 'known' | 'conflict' {
    const found = this.compare(sittingId, event);
    if (found !== 'new') return found;
    const before = this.choice(sessionId, event.trial);
    this.db.run(
      `INSERT INTO labeling_event (session_id, sitting_id, seq, trial, kind, choice, shown_ms, at_ms, stored_at, late,
         sitting_at)
       SELECT ?, id, ?, ?, ?, ?, ?, ?, ?, ?, CASE medium WHEN 'kit' THEN opened_at ELSE 0 END
       FROM labeling_sitting WHERE id = ?`,
      ...[sessionId, event.seq, event.trial, event.kind, event.choice, event.shownMs, event.atMs, now, late, sittingId],
    );
    const after = this.choice(sessionId, event.trial);
    const change = (after === null ? 0 : 1) - (before === null ? 0 : 1);
    this.db.run(
      'UPDATE labeling_session SET answered = answered + ?, at_trial = ?, last_seen_at = ? WHERE id = ?',
      change,
      event.trial,
      now,
      sessionId,
    );
    return 'added';
  }

  /** `conflict`: the sitting has another event of this number. */
  compare(sittingId: number, event: TrialEvent): 'new' | 'known' | 'conflict' {
    const known = this.findEvent(sittingId, event.seq);
    if (!known) return 'new';
    return isSame(known, event) ? 'known' : 'conflict';
  }

  /** The stored event with this number of a sitting. */
  findEvent(sittingId: number, seq: number): StoredEvent | undefined {
    return this.db.get<StoredEvent>(
      `SELECT kind, trial, choice, shown_ms AS shownMs, at_ms AS atMs, late FROM labeling_event
       WHERE sitting_id = ? AND seq = ?`,
      sittingId,
      seq,
    );
  }

  /** State of a trial before an event of a sitting is added. */
  readTrialBefore(sessionId: number, trial: number, sittingId: number): TrialState {
    const row = this.db.get<{ isLate: 0 | 1 | null; isOut: 0 | 1 | null; lastMs: number | null }>(
      `SELECT max(sitting_id = $sitting AND late IS 'image') AS isLate,
         max(kind = 'timeout' AND late IS NULL AND ${isLatest}) AS isOut,
         max(iif(sitting_id = $sitting, at_ms, NULL)) AS lastMs
       FROM labeling_event AS event WHERE session_id = $session AND trial = $trial`,
      { session: sessionId, trial, sitting: sittingId },
    );
    const choice = this.choice(sessionId, trial);
    return {
      choice,
      ranOut: row?.isLate === 1 || (row?.isOut === 1 && choice === null),
      lastMs: row?.lastMs ?? null,
    };
  }

  /** Notes, first and last event of each sitting, from which its working time is computed. */
  sittingMoments(sessionId: number): SittingMoments[] {
    const notes = Map.groupBy(this.notes(sessionId), ({ sittingId }) => sittingId);
    const event = (order: 'ASC' | 'DESC'): string =>
      `(SELECT json_object('kind', kind, 'shownMs', shown_ms, 'atMs', at_ms) FROM labeling_event
        WHERE sitting_id = sitting.id ORDER BY seq ${order} LIMIT 1)`;
    return this.db
      .all<Omit<SittingMoments, 'moments'> & { first: string | null; last: string | null }>(
        `SELECT id, key, opened_at AS openedAt, opened_ms AS openedMs, ${event('ASC')} AS first, ${event('DESC')} AS last FROM labeling_sitting AS sitting
         WHERE session_id = ? ORDER BY id`,
        sessionId,
      )
      .map(({ id, first, last, ...about }) => {
        const events = [first, last].flatMap((one) => (one === null ? [] : [JSON.parse(one) as ClockMoment]));
        return { id, ...about, moments: [...events, ...(notes.get(id) ?? [])] };
      });
  }

  /** Adds a note. False if it was stored before. */
  addNote(sessionId: number, sittingId: number, { seq, kind, trial, atMs }: SessionNote, now: number): boolean {
    const note = { sittingId, seq, sessionId, kind, trial, atMs, storedAt: now };
    return this.db.insert('labeling_note', note, 'ON CONFLICT DO NOTHING').changes > 0;
  }

  countNotes(sessionId: number): number {
    const row = this.db.get<{ count: number }>(
      'SELECT count(*) AS count FROM labeling_note WHERE session_id = ?',
      sessionId,
    );
    return row?.count ?? 0;
  }
}

const isSame = (known: StoredEvent, event: TrialEvent): boolean =>
  known.kind === event.kind &&
  known.trial === event.trial &&
  known.choice === event.choice &&
  known.shownMs === event.shownMs &&
  known.atMs === event.atMs;

import type { Medium } from '../../contract/labeling/plan.ts';
import type { ClockMoment, ClockSitting, TrialBefore } from '../../domain/labeling/time-limits.ts';
import type { Late, Screen, SessionNote, TrialEvent } from '../../contract/labeling/volunteer.ts';
import { canonicalJson } from '../../domain/identity.ts';
import type { Database } from '../database.ts';

export interface SittingRecord {
  id: number;
  sessionId: number;
  key: string;
  medium: Medium;
  openedAt: number;
  /** Milliseconds of its own clock at that moment; null: not told. */
  openedMs: number | null;
  screen: Screen;
}

/** What a sitting begins with. */
export type NewSitting = Pick<SittingRecord, 'medium' | 'openedAt' | 'screen'> & { openedMs?: number | null };

/** An entry of the log: an event with where it is stored. */
export interface EventRecord extends TrialEvent {
  id: number;
  sittingId: number;
  storedAt: number;
  /** Whose time was up when it came; null: it counts. */
  late: Late | null;
}

export interface NoteRecord extends SessionNote {
  sittingId: number;
}

/** What happened in a trial: milliseconds on its sitting's clock, and when that began (since 1970). */
export interface TrialRecord {
  kind: TrialEvent['kind'];
  choice: number | null;
  shownMs: number;
  atMs: number;
  medium: Medium;
  openedAt: number;
}

/** What tells how long a sitting was worked in. */
export interface SittingMoments extends ClockSitting {
  id: number;
  key: string;
}

interface ChoiceRow {
  trial: number;
  kind: TrialEvent['kind'];
  choice: number | null;
  ms: number;
  sittingAt: number;
}

interface StoredEvent {
  kind: string;
  trial: number;
  choice: number | null;
  shownMs: number;
  atMs: number;
  late: Late | null;
}

const eventColumns = `id, sitting_id AS sittingId, seq, trial, kind, choice, shown_ms AS shownMs, at_ms AS atMs,
  stored_at AS storedAt, late`;

/**
 * Of the log's last words: sittings of kits come by file, in any order, and count in the order in which they took place.
 * What came late is no word, and a timeout is one only where nothing else was said: it takes no answer away.
 */
const newestFirst = "AND late IS NULL ORDER BY kind = 'timeout', sitting_at DESC, id DESC LIMIT 1";
/** Of a timeout or late answer that is `event`: nothing was taken back since, so that there would be time again. */
const isLatest = `NOT EXISTS (SELECT 1 FROM labeling_event AS later
  WHERE session_id = event.session_id AND trial = event.trial AND kind = 'undo' AND late IS NULL
    AND (sitting_at, id) > (event.sitting_at, event.id))`;

/**
 * Everything that happened in sessions. Rows are only ever added; what counts is the last word on each trial that did not
 * come late.
 */
export class LabelingLog {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /** The sitting by its page's name for it; it begins with its first mention. */
  ensureSitting(sessionId: number, key: string, about: NewSitting): number {
    return this.sittingId(sessionId, key) ?? this.#addSitting(sessionId, key, about);
  }

  #addSitting(sessionId: number, key: string, about: NewSitting): number {
    return this.#db.run(
      'INSERT INTO labeling_sitting (session_id, key, medium, opened_at, opened_ms, screen) VALUES (?, ?, ?, ?, ?, ?)',
      sessionId,
      key,
      about.medium,
      about.openedAt,
      about.openedMs ?? null,
      canonicalJson(about.screen),
    ).id;
  }

  sittingId(sessionId: number, key: string): number | undefined {
    return this.#db.get<{ id: number }>(
      'SELECT id FROM labeling_sitting WHERE session_id = ? AND key = ?',
      sessionId,
      key,
    )?.id;
  }

  sittings(sessionId: number): SittingRecord[] {
    return this.#db
      .all<Omit<SittingRecord, 'screen'> & { screen: string }>(
        `SELECT id, session_id AS sessionId, key, medium, opened_at AS openedAt, opened_ms AS openedMs, screen
         FROM labeling_sitting WHERE session_id = ? ORDER BY id`,
        sessionId,
      )
      .map((row) => ({ ...row, screen: JSON.parse(row.screen) as Screen }));
  }

  /** Deletes a session's sittings with all that was stored in them. */
  deleteSittings(sessionId: number): void {
    this.#db.run('DELETE FROM labeling_sitting WHERE session_id = ?', sessionId);
  }

  /**
   * Adds an event, and keeps count of the session's answers. The same event again changes nothing. `conflict`: another
   * event has its number. Belongs into a transaction with the state of the session.
   * @param late whose time was up when it came; null: it counts
   */
  add(
    sessionId: number,
    sittingId: number,
    event: TrialEvent,
    now: number,
    late: Late | null = null,
  ): 'added' | 'known' | 'conflict' {
    const known = this.findEvent(sittingId, event.seq);
    if (known) return isSame(known, event) ? 'known' : 'conflict';
    const before = this.choice(sessionId, event.trial);
    this.#db.run(
      `INSERT INTO labeling_event (session_id, sitting_id, seq, trial, kind, choice, shown_ms, at_ms, stored_at, late,
         sitting_at)
       SELECT ?, id, ?, ?, ?, ?, ?, ?, ?, ?, CASE medium WHEN 'kit' THEN opened_at ELSE 0 END
       FROM labeling_sitting WHERE id = ?`,
      ...[sessionId, event.seq, event.trial, event.kind, event.choice, event.shownMs, event.atMs, now, late, sittingId],
    );
    const after = this.choice(sessionId, event.trial);
    const change = (after === null ? 0 : 1) - (before === null ? 0 : 1);
    this.#db.run(
      'UPDATE labeling_session SET answered = answered + ?, at_trial = ?, last_seen_at = ? WHERE id = ?',
      change,
      event.trial,
      now,
      sessionId,
    );
    return 'added';
  }

  /** What the log has under a number of a sitting. */
  findEvent(sittingId: number, seq: number): StoredEvent | undefined {
    return this.#db.get<StoredEvent>(
      `SELECT kind, trial, choice, shown_ms AS shownMs, at_ms AS atMs, late FROM labeling_event
       WHERE sitting_id = ? AND seq = ?`,
      sittingId,
      seq,
    );
  }

  /** The current choice of a trial; null: none. */
  choice(sessionId: number, trial: number): number | null {
    const row = this.#db.get<{ choice: number | null }>(
      `SELECT choice FROM labeling_event WHERE session_id = ? AND trial = ? ${newestFirst}`,
      sessionId,
      trial,
    );
    return row?.choice ?? null;
  }

  /** Current choices by trial; null: none. The index has all that it needs, so it is quick. */
  choices(sessionId: number, trialCount: number): (number | null)[] {
    const choices = new Array<number | null>(trialCount).fill(null);
    const row = this.#db.get<{ told: string | null }>(
      `SELECT json_group_array(trial || ':' || coalesce(choice, '')) AS told
       FROM (SELECT trial, choice FROM labeling_event WHERE session_id = ? AND late IS NULL
             ORDER BY session_id, trial, sitting_at, id)`,
      sessionId,
    );
    const takenAway = new Set<number>();
    for (const pair of JSON.parse(row?.told ?? '[]') as string[]) {
      const at = pair.indexOf(':');
      const [trial, choice] = [Number(pair.slice(0, at)), pair.slice(at + 1)];
      if (choice === '' && (choices[trial] ?? null) !== null) takenAway.add(trial);
      choices[trial] = choice === '' ? null : Number(choice);
    }
    // By an undo, or by a timeout, which takes no answer away: the index does not say.
    for (const trial of takenAway) choices[trial] = this.choice(sessionId, trial);
    return choices;
  }

  /** The last word on each trial that has one, with its time: quicker than the log for tables of many sessions. */
  latestChoices(sessionId: number): { trial: number; choice: number | null; responseMs: number; sittingAt: number }[] {
    const last = new Map<number, ChoiceRow>();
    // By trial, and as they count: the order of the index. Asked for trial by trial, 5,000 of them take four times as long.
    const rows = this.#db.all<ChoiceRow>(
      `SELECT trial, kind, choice, at_ms - shown_ms AS ms, sitting_at AS sittingAt FROM labeling_event
       WHERE session_id = ? AND late IS NULL ORDER BY session_id, trial, sitting_at, id`,
      sessionId,
    );
    for (const row of rows) if (row.kind !== 'timeout' || isTimeout(last.get(row.trial))) last.set(row.trial, row);
    return Array.from(last.values(), ({ trial, kind, choice, ms, sittingAt }) => ({
      ...{ trial, choice, responseMs: Math.round(ms * 10) / 10 },
      sittingAt: kind === 'timeout' ? 0 : sittingAt,
    }));
  }

  /**
   * Trials that ran out of time and have no answer: they count as done. A timeout, or an answer after their time, came
   * last.
   */
  timedOutTrials(sessionId: number): number[] {
    return this.#db
      .all<{ trial: number }>(
        `SELECT DISTINCT trial FROM labeling_event AS event WHERE session_id = $id
           AND ((kind = 'timeout' AND late IS NULL) OR (kind = 'answer' AND late = 'image')) AND ${isLatest}
           AND (SELECT choice FROM labeling_event WHERE session_id = $id AND trial = event.trial ${newestFirst}) IS NULL
         ORDER BY trial`,
        { id: sessionId },
      )
      .map(({ trial }) => trial);
  }

  /** What is known of a trial before an event of a sitting comes. */
  readTrialBefore(sessionId: number, trial: number, sittingId: number): TrialBefore {
    const row = this.#db.get<{ isLate: 0 | 1 | null; isOut: 0 | 1 | null; lastMs: number | null }>(
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

  /** All that happened in one trial, but what came late, and timeouts over an answer; the last event is the last word. */
  trialEvents(sessionId: number, trial: number): TrialRecord[] {
    const events = this.#db.all<TrialRecord>(
      `SELECT event.kind, choice, shown_ms AS shownMs, at_ms AS atMs, sitting.medium,
         sitting.opened_at - CAST(round(coalesce(opened_ms, 0)) AS INTEGER) AS openedAt
       FROM labeling_event AS event JOIN labeling_sitting AS sitting ON sitting.id = sitting_id
       WHERE event.session_id = ? AND trial = ? AND late IS NULL ORDER BY event.sitting_at, event.id`,
      sessionId,
      trial,
    );
    return events.filter(
      ({ kind }, index) =>
        kind !== 'timeout' || (events.slice(0, index).findLast(isNotTimeout)?.choice ?? null) === null,
    );
  }

  /** The whole log of a session, in the order in which it counts. */
  events(sessionId: number): EventRecord[] {
    const rows = this.#db.all<EventRecord & { sittingAt: number }>(
      `SELECT ${eventColumns}, sitting_at AS sittingAt FROM labeling_event WHERE session_id = ?`,
      sessionId,
    );
    // Nearly in order as they come, so quicker than in SQL.
    return rows.sort((a, b) => a.sittingAt - b.sittingAt || a.id - b.id);
  }

  /** What tells how long each sitting was worked in: its notes, and of its events the first and the last. */
  sittingMoments(sessionId: number): SittingMoments[] {
    const notes = Map.groupBy(this.notes(sessionId), ({ sittingId }) => sittingId);
    const event = (order: 'ASC' | 'DESC'): string =>
      `(SELECT json_object('kind', kind, 'shownMs', shown_ms, 'atMs', at_ms) FROM labeling_event
        WHERE sitting_id = sitting.id ORDER BY seq ${order} LIMIT 1)`;
    return this.#db
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

  /** False where it is known already. */
  addNote(sessionId: number, sittingId: number, { seq, kind, trial, atMs }: SessionNote, now: number): boolean {
    const { changes } = this.#db.run(
      `INSERT INTO labeling_note (sitting_id, seq, session_id, kind, trial, at_ms, stored_at)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      ...[sittingId, seq, sessionId, kind, trial, atMs, now],
    );
    return changes > 0;
  }

  notes(sessionId: number): NoteRecord[] {
    return this.#db.all<NoteRecord>(
      `SELECT sitting_id AS sittingId, seq, kind, trial, at_ms AS atMs FROM labeling_note
       WHERE session_id = ? ORDER BY sitting_id, at_ms, seq`,
      sessionId,
    );
  }
}

const isTimeout = (word: ChoiceRow | undefined): boolean => word === undefined || word.kind === 'timeout';

const isNotTimeout = ({ kind }: TrialRecord): boolean => kind !== 'timeout';

const isSame = (known: StoredEvent, event: TrialEvent): boolean =>
  known.kind === event.kind &&
  known.trial === event.trial &&
  known.choice === event.choice &&
  known.shownMs === event.shownMs &&
  known.atMs === event.atMs;

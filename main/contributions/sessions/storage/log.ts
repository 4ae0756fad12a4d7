import type { Medium } from '../contract/plan.ts';
import type { Late, Screen, SessionNote, TrialEvent } from '../contract/volunteer.ts';
import type { Database } from '../../../storage/index.ts';

export interface SittingRecord {
  id: number;
  sessionId: number;
  key: string;
  medium: Medium;
  openedAt: number;
  /** Milliseconds of the sitting's own clock at that moment; null: unknown. */
  openedMs: number | null;
  /** The date in a kit's result file if it cannot be right; null: `openedAt` is as stated. */
  claimedAt: number | null;
  screen: Screen;
}

/** An event with its place in the log. */
export interface EventRecord extends TrialEvent {
  id: number;
  sittingId: number;
  storedAt: number;
  /** Which time limit it missed; null: none, it counts. */
  late: Late | null;
}

export interface NoteRecord extends SessionNote {
  sittingId: number;
}

/** An event of a trial: milliseconds on its sitting's clock, and when that clock started (since 1970). */
interface TrialRecord {
  kind: TrialEvent['kind'];
  choice: number | null;
  shownMs: number;
  atMs: number;
  medium: Medium;
  openedAt: number;
}

interface ChoiceRow {
  trial: number;
  kind: TrialEvent['kind'];
  choice: number | null;
  ms: number;
  sittingAt: number;
}

const eventColumns = `id, sitting_id AS sittingId, seq, trial, kind, choice, shown_ms AS shownMs, at_ms AS atMs,
  stored_at AS storedAt, late`;

/**
 * The latest response first. Sittings of kits arrive by file, in any order, and count in the order in which they took
 * place. Late responses do not count, and a timeout counts only if there is no answer.
 */
const newestFirst = "AND late IS NULL ORDER BY kind = 'timeout', sitting_at DESC, id DESC LIMIT 1";
/** For a timeout or late answer `event`: no later undo gave the trial new time. */
export const isLatest = `NOT EXISTS (SELECT 1 FROM labeling_event AS later
  WHERE session_id = event.session_id AND trial = event.trial AND kind = 'undo' AND late IS NULL
    AND (sitting_at, id) > (event.sitting_at, event.id))`;

/**
 * Everything that happened in sessions. Rows are only added; the latest response to each trial that was not late
 * counts.
 */
export class LabelingLog {
  protected readonly db: Database;

  constructor(database: Database) {
    this.db = database;
  }

  sittings(sessionId: number): SittingRecord[] {
    return this.db
      .all<Omit<SittingRecord, 'screen'> & { screen: string }>(
        `SELECT id, session_id AS sessionId, key, medium, opened_at AS openedAt, opened_ms AS openedMs,
           claimed_at AS claimedAt, screen
         FROM labeling_sitting WHERE session_id = ? ORDER BY id`,
        sessionId,
      )
      .map((row) => ({ ...row, screen: JSON.parse(row.screen) as Screen }));
  }

  /** The current choice of a trial; null: none. */
  choice(sessionId: number, trial: number): number | null {
    const row = this.db.get<{ choice: number | null }>(
      `SELECT choice FROM labeling_event WHERE session_id = ? AND trial = ? ${newestFirst}`,
      sessionId,
      trial,
    );
    return row?.choice ?? null;
  }

  /** Current choices by trial; null: none. Read from the index alone, so it is fast. */
  choices(sessionId: number, trialCount: number): (number | null)[] {
    const choices = new Array<number | null>(trialCount).fill(null);
    const row = this.db.get<{ pairs: string | null }>(
      `SELECT json_group_array(trial || ':' || coalesce(choice, '')) AS pairs
       FROM (SELECT trial, choice FROM labeling_event WHERE session_id = ? AND late IS NULL
             ORDER BY session_id, trial, sitting_at, id)`,
      sessionId,
    );
    const cleared = new Set<number>();
    for (const pair of JSON.parse(row?.pairs ?? '[]') as string[]) {
      const at = pair.indexOf(':');
      const [trial, choice] = [Number(pair.slice(0, at)), pair.slice(at + 1)];
      if (choice === '' && (choices[trial] ?? null) !== null) cleared.add(trial);
      choices[trial] = choice === '' ? null : Number(choice);
    }
    // By an undo, or by a timeout, which deletes no answer: the index does not tell which.
    for (const trial of cleared) choices[trial] = this.choice(sessionId, trial);
    return choices;
  }

  /**
   * The latest response to each trial that has one, with its time. Faster than the complete log for tables of many
   * sessions.
   */
  latestChoices(sessionId: number): { trial: number; choice: number | null; responseMs: number; sittingAt: number }[] {
    const last = new Map<number, ChoiceRow>();
    // In the order of the index. Asked for one by one, 5,000 trials take four times as long.
    const rows = this.db.all<ChoiceRow>(
      `SELECT trial, kind, choice, at_ms - shown_ms AS ms, sitting_at AS sittingAt FROM labeling_event
       WHERE session_id = ? AND late IS NULL ORDER BY session_id, trial, sitting_at, id`,
      sessionId,
    );
    for (const row of rows) if (row.kind !== 'timeout' || isTimeout(last.get(row.trial))) last.set(row.trial, row);
    return Array.from(last.values(), ({ trial, kind, choice, ms, sittingAt }) => ({
      trial,
      choice,
      responseMs: Math.round(ms * 10) / 10,
      sittingAt: kind === 'timeout' ? 0 : sittingAt,
    }));
  }

  /** Trials without an answer whose time ran out, by a timeout or a late answer. They count as done. */
  timedOutTrials(sessionId: number): number[] {
    return this.db
      .all<{ trial: number }>(
        `SELECT DISTINCT trial FROM labeling_event AS event WHERE session_id = $id
           AND ((kind = 'timeout' AND late IS NULL) OR (kind = 'answer' AND late = 'image')) AND ${isLatest}
           AND (SELECT choice FROM labeling_event WHERE session_id = $id AND trial = event.trial ${newestFirst}) IS NULL
         ORDER BY trial`,
        { id: sessionId },
      )
      .map(({ trial }) => trial);
  }

  /** All events of a trial, without late ones and without timeouts after an answer. The last one counts. */
  trialEvents(sessionId: number, trial: number): TrialRecord[] {
    const events = this.db.all<TrialRecord>(
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

  /** All events of a session, in the order in which they count. */
  events(sessionId: number): EventRecord[] {
    const rows = this.db.all<EventRecord & { sittingAt: number }>(
      `SELECT ${eventColumns}, sitting_at AS sittingAt FROM labeling_event WHERE session_id = ?`,
      sessionId,
    );
    // Rows are nearly in order, so this is faster than in SQL.
    return rows.sort((a, b) => a.sittingAt - b.sittingAt || a.id - b.id);
  }

  notes(sessionId: number): NoteRecord[] {
    return this.db.all<NoteRecord>(
      `SELECT sitting_id AS sittingId, seq, kind, trial, at_ms AS atMs FROM labeling_note
       WHERE session_id = ? ORDER BY sitting_id, at_ms, seq`,
      sessionId,
    );
  }
}

const isTimeout = (word: ChoiceRow | undefined): boolean => word === undefined || word.kind === 'timeout';

const isNotTimeout = ({ kind }: TrialRecord): boolean => kind !== 'timeout';

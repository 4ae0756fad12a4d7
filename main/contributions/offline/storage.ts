import type { Database } from '../../storage/index.ts';
import { perDatabase } from '../../storage/labeling/index.ts';

/** A session in a kit. */
interface KitEntry {
  kit: string;
  sessionId: number;
  /** Key of the signature of result files, 32 bytes. */
  key: Buffer;
}

/** Keys of kits. */
class Kits {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  add({ kit, sessionId, key }: KitEntry, now: number): void {
    this.#db.insert('labeling_kit', { kit, sessionId, key, madeAt: now });
  }

  get(kit: string, sessionId: number): KitEntry | undefined {
    return this.#db.get<KitEntry>(
      'SELECT kit, session_id AS sessionId, key FROM labeling_kit WHERE kit = ? AND session_id = ?',
      kit,
      sessionId,
    );
  }

  /** When the session's first kit was made; null: it has none. */
  firstMadeAt(sessionId: number): number | null {
    const row = this.#db.get<{ at: number | null }>(
      'SELECT min(made_at) AS at FROM labeling_kit WHERE session_id = ?',
      sessionId,
    );
    return row?.at ?? null;
  }
}

/** What was entered for an image: `pass` 1 or 2; a null choice: it was left blank. */
interface PaperEntry {
  pass: 1 | 2;
  trial: number;
  choice: number | null;
}

/** Answers entered from paper sheets, twice. */
class Paper {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  deleteEntry(sessionId: number, { pass, trial }: Pick<PaperEntry, 'pass' | 'trial'>): void {
    this.#db.run(
      'DELETE FROM labeling_paper WHERE session_id = ? AND pass = ? AND trial = ?',
      ...[sessionId, pass, trial],
    );
  }

  saveEntry(sessionId: number, { pass, trial, choice }: PaperEntry, now: number): void {
    const conflict = 'ON CONFLICT DO UPDATE SET choice = excluded.choice, entered_at = excluded.entered_at';
    this.#db.insert('labeling_paper', { sessionId, pass, trial, choice, enteredAt: now }, conflict);
  }

  entries(sessionId: number): PaperEntry[] {
    return this.#db.all<PaperEntry>(
      'SELECT pass, trial, choice FROM labeling_paper WHERE session_id = ? ORDER BY pass, trial',
      sessionId,
    );
  }
}

/** Kits, and what was entered from paper, in an open data folder. */
export const offlineTables = perDatabase((database) => ({ kits: new Kits(database), paper: new Paper(database) }));

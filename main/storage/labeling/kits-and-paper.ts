import type { Database } from '../database.ts';

/** A session's place in a kit. */
export interface KitEntry {
  kit: string;
  sessionId: number;
  code: string;
  /** Of the signature of result files, 32 bytes. */
  key: Buffer;
}

/** Keys of kits that were made. */
export class LabelingKits {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  add({ kit, sessionId, code, key }: KitEntry, now: number): void {
    this.#db.run(
      'INSERT INTO labeling_kit (kit, session_id, code, key, made_at) VALUES (?, ?, ?, ?, ?)',
      ...[kit, sessionId, code, key, now],
    );
  }

  get(kit: string, sessionId: number): KitEntry | undefined {
    return this.#db.get<KitEntry>(
      'SELECT kit, session_id AS sessionId, code, key FROM labeling_kit WHERE kit = ? AND session_id = ?',
      kit,
      sessionId,
    );
  }
}

export interface PaperEntry {
  pass: 1 | 2;
  trial: number;
  /** null: the sheet was left blank. */
  choice: number | null;
}

/** What was typed in from paper sheets, twice. */
export class LabelingPaper {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  takeBack(sessionId: number, { pass, trial }: Pick<PaperEntry, 'pass' | 'trial'>): void {
    this.#db.run(
      'DELETE FROM labeling_paper WHERE session_id = ? AND pass = ? AND trial = ?',
      ...[sessionId, pass, trial],
    );
  }

  enter(sessionId: number, { pass, trial, choice }: PaperEntry, now: number): void {
    this.#db.run(
      `INSERT INTO labeling_paper (session_id, pass, trial, choice, entered_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET choice = excluded.choice, entered_at = excluded.entered_at`,
      ...[sessionId, pass, trial, choice, now],
    );
  }

  entries(sessionId: number): PaperEntry[] {
    return this.#db.all<PaperEntry>(
      'SELECT pass, trial, choice FROM labeling_paper WHERE session_id = ? ORDER BY pass, trial',
      sessionId,
    );
  }
}

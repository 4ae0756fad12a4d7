import type { Database } from '../database.ts';

export interface LockRecord {
  hash: string;
  sessions: number;
  labels: number;
  reason: 'researcher' | 'withdrawal';
  lockedAt: number;
}

/** Frozen sets of labels. Those that were opened again stay as history. */
export class LabelingLocks {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  current(studyId: number): LockRecord | undefined {
    return this.#db.get<LockRecord>(
      `SELECT hash, sessions, labels, reason, locked_at AS lockedAt FROM labeling_lock
       WHERE study_id = ? AND opened_at IS NULL`,
      studyId,
    );
  }

  /** Takes the place of the one that is there. */
  set(studyId: number, lock: Omit<LockRecord, 'lockedAt'>, now: number): void {
    this.#db.transaction(() => {
      this.open(studyId, now);
      this.#db.run(
        'INSERT INTO labeling_lock (study_id, hash, sessions, labels, reason, locked_at) VALUES (?, ?, ?, ?, ?, ?)',
        ...[studyId, lock.hash, lock.sessions, lock.labels, lock.reason, now],
      );
    });
  }

  open(studyId: number, now: number): void {
    this.#db.run('UPDATE labeling_lock SET opened_at = ? WHERE study_id = ? AND opened_at IS NULL', now, studyId);
  }
}

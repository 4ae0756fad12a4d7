import type { Lock } from '../../contract/labeling/state.ts';
import type { Database } from '../database.ts';
import { LabelingSessions } from './sessions.ts';
import { LabelingWithdrawals } from './withdrawals.ts';

/** `lockedAt`: milliseconds since 1970. */
export type LockRecord = Omit<Lock, 'lockedAt'> & { lockedAt: number };

/** Locked sets of labels. Unlocked ones stay as history. */
class LabelingLocks {
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

  /** Replaces the current lock. */
  set(studyId: number, lock: Omit<LockRecord, 'lockedAt'>, now: number): void {
    this.#db.transaction(() => {
      this.unlock(studyId, now);
      this.#db.insert('labeling_lock', { ...lock, studyId, lockedAt: now });
    });
  }

  unlock(studyId: number, now: number): void {
    this.#db.run('UPDATE labeling_lock SET opened_at = ? WHERE study_id = ? AND opened_at IS NULL', now, studyId);
  }
}

/** What the core reads and changes of labels that people gave in sessions: who has one, locks and withdrawals. */
export class Labeling {
  readonly sessions: LabelingSessions;
  readonly locks: LabelingLocks;
  readonly withdrawals: LabelingWithdrawals;

  constructor(database: Database) {
    this.sessions = new LabelingSessions(database);
    this.locks = new LabelingLocks(database);
    this.withdrawals = new LabelingWithdrawals(database);
  }
}

import type { Lock } from '../../contract/labeling/state.ts';
import {
  type LabelingPlan,
  labelingPlanSchema,
  type TextVersions,
  textVersionsSchema,
} from '../../contract/labeling/plan.ts';
import type { Database } from '../database.ts';
import { LabelingLog } from './log.ts';
import { LabelingSessions, type SessionRecord } from './sessions.ts';
import { LabelingWithdrawals } from './withdrawals.ts';

export interface PlanRecord {
  id: number;
  studyId: number;
  version: number;
  plan: LabelingPlan;
  texts: TextVersions;
  savedAt: number;
}

interface Row extends Omit<PlanRecord, 'plan' | 'texts'> {
  plan: string;
  texts: string;
}

const columns = 'id, study_id AS studyId, version, plan, texts, saved_at AS savedAt';

/** Every version of every study's labeling plan. */
export class LabelingPlans {
  protected readonly db: Database;

  constructor(database: Database) {
    this.db = database;
  }

  /** The newest plan of a study. */
  newest(studyId: number): PlanRecord | undefined {
    const row = this.db.get<Row>(
      `SELECT ${columns} FROM labeling_plan WHERE study_id = ? ORDER BY version DESC LIMIT 1`,
      studyId,
    );
    return row && toRecord(row);
  }

  /** All versions of a study, oldest first. */
  ofStudy(studyId: number): PlanRecord[] {
    return this.db
      .all<Row>(`SELECT ${columns} FROM labeling_plan WHERE study_id = ? ORDER BY version`, studyId)
      .map(toRecord);
  }

  get(id: number): PlanRecord | undefined {
    const row = this.db.get<Row>(`SELECT ${columns} FROM labeling_plan WHERE id = ?`, id);
    return row && toRecord(row);
  }

  /** The plan that a session was made with. */
  ofSession({ planId }: Pick<SessionRecord, 'planId'>): PlanRecord {
    const record = this.get(planId);
    if (!record) throw new Error(`session without its plan ${planId}`);
    return record;
  }
}

function toRecord(row: Row): PlanRecord {
  return {
    ...row,
    plan: labelingPlanSchema.parse(JSON.parse(row.plan)),
    texts: textVersionsSchema.parse(JSON.parse(row.texts)),
  };
}

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

/** The tables of labeling sessions. */
export class Labeling {
  readonly plans: LabelingPlans;
  readonly sessions: LabelingSessions;
  readonly log: LabelingLog;
  readonly locks: LabelingLocks;
  readonly withdrawals: LabelingWithdrawals;

  constructor(database: Database) {
    this.plans = new LabelingPlans(database);
    this.sessions = new LabelingSessions(database);
    this.log = new LabelingLog(database);
    this.locks = new LabelingLocks(database);
    this.withdrawals = new LabelingWithdrawals(database);
  }
}

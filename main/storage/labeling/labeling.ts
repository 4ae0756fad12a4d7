import type { Lock } from '../../contract/labeling/state.ts';
import {
  type LabelingPlan,
  labelingPlanSchema,
  type TextVersions,
  textVersionsSchema,
} from '../../contract/labeling/plan.ts';
import { canonicalJson } from '../../domain/identity.ts';
import type { Database } from '../database.ts';
import { LabelingLog } from './log.ts';
import { LabelingSessions } from './sessions.ts';
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
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /** The newest plan of a study. */
  newest(studyId: number): PlanRecord | undefined {
    const row = this.#db.get<Row>(
      `SELECT ${columns} FROM labeling_plan WHERE study_id = ? ORDER BY version DESC LIMIT 1`,
      studyId,
    );
    return row && toRecord(row);
  }

  /** All versions of a study, oldest first. */
  ofStudy(studyId: number): PlanRecord[] {
    return this.#db
      .all<Row>(`SELECT ${columns} FROM labeling_plan WHERE study_id = ? ORDER BY version`, studyId)
      .map(toRecord);
  }

  get(id: number): PlanRecord | undefined {
    const row = this.#db.get<Row>(`SELECT ${columns} FROM labeling_plan WHERE id = ?`, id);
    return row && toRecord(row);
  }

  /** Adds a version, unless it equals the newest. Each text has its own version number. */
  save(studyId: number, plan: LabelingPlan, now: number): PlanRecord {
    return this.#db.transaction(() => {
      const before = this.newest(studyId);
      if (before && canonicalJson(before.plan) === canonicalJson(plan)) return before;
      const { id } = this.#db.insert('labeling_plan', {
        studyId,
        version: (before?.version ?? 0) + 1,
        plan: canonicalJson(plan),
        texts: canonicalJson(nextTextVersions(before, plan)),
        savedAt: now,
      });
      const saved = this.get(id);
      if (!saved) throw new Error('a saved plan is missing');
      return saved;
    });
  }
}

function nextTextVersions(before: PlanRecord | undefined, plan: LabelingPlan): TextVersions {
  const next = (name: keyof TextVersions, text: (plan: LabelingPlan) => unknown): number => {
    if (!before) return 1;
    return before.texts[name] + (canonicalJson(text(before.plan)) === canonicalJson(text(plan)) ? 0 : 1);
  };
  return {
    question: next('question', ({ question }) => question),
    labels: next('labels', ({ names, cannotTell }) => [names, cannotTell]),
    instructions: next('instructions', ({ instructions }) => instructions),
    consent: next('consent', ({ consent }) => consent),
  };
}

function toRecord(row: Row): PlanRecord {
  return {
    ...row,
    plan: labelingPlanSchema.parse(JSON.parse(row.plan)),
    texts: textVersionsSchema.parse(JSON.parse(row.texts)),
  };
}

/** A session in a kit. */
interface KitEntry {
  kit: string;
  sessionId: number;
  /** Key of the signature of result files, 32 bytes. */
  key: Buffer;
}

/** Keys of kits. */
class LabelingKits {
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
class LabelingPaper {
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
  readonly kits: LabelingKits;
  readonly paper: LabelingPaper;
  readonly locks: LabelingLocks;
  readonly withdrawals: LabelingWithdrawals;

  constructor(database: Database) {
    this.plans = new LabelingPlans(database);
    this.sessions = new LabelingSessions(database);
    this.log = new LabelingLog(database);
    this.kits = new LabelingKits(database);
    this.paper = new LabelingPaper(database);
    this.locks = new LabelingLocks(database);
    this.withdrawals = new LabelingWithdrawals(database);
  }
}

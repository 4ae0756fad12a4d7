import type { Database } from '../database.ts';
import { LabelingKits, LabelingPaper } from './kits-and-paper.ts';
import { LabelingLocks } from './locks.ts';
import { LabelingLog } from './log.ts';
import { LabelingPlans } from './plans.ts';
import { LabelingSessions } from './sessions.ts';
import { LabelingWithdrawals } from './withdrawals.ts';

/** All that is kept of labeling sessions. */
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

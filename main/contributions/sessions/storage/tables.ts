import { kept } from '../../../domain/numbers/index.ts';
import type { Database, Storage } from '../../../storage/index.ts';
import { LabelingLog } from './log.ts';
import { LabelingPlans } from './plans.ts';
import { StoredSessions } from './sessions.ts';

/** Plans, sessions and their log, to read. */
class SessionTables {
  readonly plans: LabelingPlans;
  readonly sessions: StoredSessions;
  readonly log: LabelingLog;

  constructor(database: Database) {
    this.plans = new LabelingPlans(database);
    this.sessions = new StoredSessions(database);
    this.log = new LabelingLog(database);
  }
}

const opened = new WeakMap<Database, SessionTables>();

/** What is stored of sessions in an open data folder. */
export const sessionTables = ({ database }: Pick<Storage, 'database'>): SessionTables =>
  kept(opened, database, () => new SessionTables(database));

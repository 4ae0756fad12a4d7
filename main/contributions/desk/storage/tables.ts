import { kept } from '../../../domain/numbers/index.ts';
import type { Database, Storage } from '../../../storage/index.ts';
import { DeskLog } from './log.ts';
import { DeskPlans } from './plans.ts';
import { DeskSessions } from './sessions.ts';

/** What the desk stores, in tables that the core reads. */
class DeskTables {
  readonly plans: DeskPlans;
  readonly sessions: DeskSessions;
  readonly log: DeskLog;

  constructor(database: Database) {
    this.plans = new DeskPlans(database);
    this.sessions = new DeskSessions(database);
    this.log = new DeskLog(database);
  }
}

const opened = new WeakMap<Database, DeskTables>();

/** Plans, sessions and their log in an open data folder. */
export const deskTables = ({ database }: Pick<Storage, 'database'>): DeskTables =>
  kept(opened, database, () => new DeskTables(database));

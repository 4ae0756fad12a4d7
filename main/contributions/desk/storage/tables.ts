import { perDatabase } from '../../../storage/labeling/index.ts';
import { DeskLog } from './log.ts';
import { DeskPlans } from './plans.ts';
import { DeskSessions } from './sessions.ts';

/** Plans, sessions and their log in an open data folder. */
export const deskTables = perDatabase((database) => ({
  plans: new DeskPlans(database),
  sessions: new DeskSessions(database),
  log: new DeskLog(database),
}));

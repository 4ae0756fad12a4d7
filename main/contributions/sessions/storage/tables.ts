import { perDatabase } from '../../../storage/labeling/index.ts';
import { LabelingLog } from './log.ts';
import { LabelingPlans } from './plans.ts';
import { StoredSessions } from './sessions.ts';

/** Plans, sessions and their log in an open data folder, to read. */
export const sessionTables = perDatabase((database) => ({
  plans: new LabelingPlans(database),
  sessions: new StoredSessions(database),
  log: new LabelingLog(database),
}));

import { statusElsewhere } from '../pipeline/elsewhere.ts';
import type { StatusTools } from '../pipeline/facts.ts';
import { ChangeFeed } from '../tools/change-feed.ts';
import type { Workbench } from '../tools/workbench.ts';
import type { AdditionTools } from './change-models.ts';

/** What adding models needs, for a process without jobs of its own; its data folder is not open elsewhere. */
export const additionsElsewhere = (workbench: Workbench): AdditionTools & StatusTools => ({
  ...statusElsewhere(workbench),
  changes: new ChangeFeed(),
  work: { isWorkingOn: () => false, start: () => '' },
});

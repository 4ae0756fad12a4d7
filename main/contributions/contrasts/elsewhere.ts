import { statusElsewhere, type StatusTools } from '../../services/pipeline/index.ts';
import { ChangeFeed, type Workbench } from '../../services/workbench/index.ts';
import type { AdditionTools } from '../../services/runs/index.ts';

/** What adding models needs, for a process without jobs of its own; its data folder is not open elsewhere. */
export const additionsElsewhere = (workbench: Workbench): AdditionTools & StatusTools => ({
  ...statusElsewhere(workbench),
  changes: new ChangeFeed(),
  work: { isWorkingOn: () => false, start: () => '' },
});

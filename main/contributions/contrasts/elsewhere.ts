import { statusElsewhere } from '../../services/pipeline/elsewhere.ts';
import type { StatusTools } from '../../services/pipeline/facts.ts';
import { ChangeFeed } from '../../services/tools/change-feed.ts';
import type { Workbench } from '../../services/tools/workbench.ts';
import type { AdditionTools } from '../../services/runs/change-models.ts';

/** What adding models needs, for a process without jobs of its own; its data folder is not open elsewhere. */
export const additionsElsewhere = (workbench: Workbench): AdditionTools & StatusTools => ({
  ...statusElsewhere(workbench),
  changes: new ChangeFeed(),
  work: { isWorkingOn: () => false, start: () => '' },
});

import { appHandlers } from './app.ts';
import { api } from './base.ts';
import { changesHandlers } from './changes.ts';
import { jobsHandlers } from './jobs.ts';
import { labelingHandlers } from './labeling.ts';
import { runsHandlers } from './runs.ts';
import { workHandlers } from './work.ts';

/** Answers every call of the contract, whichever way it comes. */
export const router = api.router({
  app: appHandlers,
  changes: changesHandlers,
  jobs: jobsHandlers,
  labeling: labelingHandlers,
  runs: runsHandlers,
  work: workHandlers,
});
export type WorkbenchRouter = typeof router;

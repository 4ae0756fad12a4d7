import { appHandlers } from './app.ts';
import { api } from './base.ts';
import { changesHandlers } from './changes.ts';
import { generatorHandlers } from './generator.ts';
import { jobsHandlers } from './jobs.ts';
import { stimuliHandlers } from './stimuli.ts';
import { reportHandlers } from './report.ts';
import { overviewHandlers } from './overview.ts';
import { studiesHandlers } from './studies.ts';
import { runsHandlers } from './runs.ts';
import { workHandlers } from './work.ts';

/** Answers every call of the contract, whichever way it comes. */
export const router = api.router({
  app: appHandlers,
  changes: changesHandlers,
  generator: generatorHandlers,
  jobs: jobsHandlers,
  stimuli: stimuliHandlers,
  overview: overviewHandlers,
  report: reportHandlers,
  studies: studiesHandlers,
  runs: runsHandlers,
  work: workHandlers,
});
export type WorkbenchRouter = typeof router;

import { appHandlers } from './app.ts';
import { api } from './base.ts';
import { changesHandlers } from './changes.ts';
import { generatorHandlers } from './generator.ts';
import { jobsHandlers } from './jobs.ts';
import { machineHandlers } from './machine.ts';
import { labelingHandlers } from './labeling.ts';
import { stimuliHandlers } from './stimuli.ts';
import { reportHandlers } from './report.ts';
import { overviewHandlers } from './overview.ts';
import { studiesHandlers } from './studies.ts';
import { resultsHandlers } from './results.ts';
import { runsHandlers } from './runs.ts';
import { workHandlers } from './work.ts';

/** Answers every call of the contract, whichever way it comes. */
export const router = api.router({
  app: appHandlers,
  changes: changesHandlers,
  generator: generatorHandlers,
  jobs: jobsHandlers,
  machine: machineHandlers,
  labeling: labelingHandlers,
  stimuli: stimuliHandlers,
  overview: overviewHandlers,
  report: reportHandlers,
  studies: studiesHandlers,
  results: resultsHandlers,
  runs: runsHandlers,
  work: workHandlers,
});
export type WorkbenchRouter = typeof router;

import { appContract } from './app.ts';
import { changesContract } from './changes.ts';
import { jobsContract } from './jobs.ts';
import { labelingContract } from './labeling.ts';
import { runsContract } from './runs.ts';
import { workContract } from './work.ts';

/** Every call that a page may make, by area. */
export const contract = {
  app: appContract,
  changes: changesContract,
  jobs: jobsContract,
  labeling: labelingContract,
  runs: runsContract,
  work: workContract,
};
export type WorkbenchContract = typeof contract;

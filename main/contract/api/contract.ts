import { appContract } from './app.ts';
import { changesContract } from './changes.ts';
import { clustersContract } from './clusters.ts';
import { generatorContract } from './generator.ts';
import { jobsContract, workContract } from './jobs.ts';
import { resultsContract } from './results.ts';
import { labelingContract } from './labeling.ts';
import { stimuliContract } from './stimuli.ts';
import { reportContract } from './report.ts';
import { overviewContract, studiesContract } from './studies.ts';
import { runsContract } from './runs.ts';

/** Every call that a page may make, by area. */
export const contract = {
  app: appContract,
  changes: changesContract,
  clusters: clustersContract,
  generator: generatorContract,
  jobs: jobsContract,
  results: resultsContract,
  labeling: labelingContract,
  stimuli: stimuliContract,
  overview: overviewContract,
  report: reportContract,
  studies: studiesContract,
  runs: runsContract,
  work: workContract,
};
export type WorkbenchContract = typeof contract;

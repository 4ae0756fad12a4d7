import consistency from '../../../main/contributions/consistency/results.ts';
import { addedResults, type ContributedResults } from '../../../main/services/results/contributed-results.ts';
import { sampleData, type SampleOptions } from '../../reports/sample.ts';

/** Error consistency. */
export const consistencyAlone = new Map<string, ContributedResults>([['consistency', consistency]]);

/** The sample with it. */
export const sampleWithConsistency = (options: SampleOptions = {}) =>
  sampleData({ ...options, added: addedResults(consistencyAlone) });

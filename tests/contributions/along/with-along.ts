import along from '../../../main/contributions/along/results.ts';
import { addedResults, type ContributedResults } from '../../../main/services/results/contributed-results.ts';
import { sampleData, type SampleOptions } from '../../reports/sample.ts';

/** Results along alpha. */
export const alongAlone = new Map<string, ContributedResults>([['along', along]]);

/** The sample with these. */
export const sampleWithAlong = (options: SampleOptions = {}) =>
  sampleData({ ...options, added: addedResults(alongAlone) });

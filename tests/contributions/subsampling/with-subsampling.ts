import subsampling from '../../../main/contributions/subsampling/results.ts';
import type { ReportData } from '../../../main/exhibits/report-data.ts';
import { addedResults, type ContributedResults } from '../../../main/services/results/contributed-results.ts';

/** Results of fewer raters. */
export const subsamplingAlone = new Map<string, ContributedResults>([['subsampling', subsampling]]);

/** A report with these. */
export const withSubsampling = (data: ReportData): ReportData => ({ ...data, added: addedResults(subsamplingAlone) });

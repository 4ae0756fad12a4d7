import along from '../../../main/contributions/along/results.ts';
import type { ReportData } from '../../../main/exhibits/report-data.ts';
import { addedResults, type ContributedResults } from '../../../main/services/results/contributed-results.ts';

/** Results along alpha. */
export const alongAlone = new Map<string, ContributedResults>([['along', along]]);

/** A report with these. */
export const withAlong = (data: ReportData): ReportData => ({ ...data, added: addedResults(alongAlone) });

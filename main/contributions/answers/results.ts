import type { ContributedResults } from '../../services/results/contributed-results.ts';
import { reportOutside } from './models/report.ts';

export default { questions: {}, report: reportOutside } satisfies ContributedResults;

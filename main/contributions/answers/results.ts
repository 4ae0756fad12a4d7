import type { ContributedResults } from '../../services/results/index.ts';
import { reportOutside } from './models/report.ts';

export default { questions: {}, report: reportOutside } satisfies ContributedResults;

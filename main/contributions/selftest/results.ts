import { once } from '../../exhibits/parts/index.ts';
import type { ContributedResults } from '../../services/results/index.ts';
import { runSelfTest } from './analysis/self-test.ts';
import { selfTestAppendix } from './appendix.ts';
import { selfTestExhibit } from './exhibits/self-test.ts';

const result = once(() => runSelfTest());

export default {
  questions: {},
  results: [{ section: 'self-test', make: () => selfTestExhibit(result()), after: 'runs' }],
  report: () => [{ section: 'self-test', tables: [], figures: [], appendix: selfTestAppendix(result()) }],
} satisfies ContributedResults;

import { call } from '../../services/api/index.ts';
import { compareRuns } from './compare.ts';
import { compareInputSchema, comparisonSchema } from './contract.ts';

const calls = {
  runs: call
    .input(compareInputSchema)
    .output(comparisonSchema)
    .handler(({ input, context: { lab } }) => compareRuns(lab, input)),
};
export type CompareCalls = typeof calls;

export default calls;

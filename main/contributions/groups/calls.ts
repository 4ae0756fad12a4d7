import { call } from '../../services/api/index.ts';
import { compareInputSchema, compareSchema } from './contract/compare.ts';
import type { GroupsQuestions } from './results.ts';

const calls = {
  /** Two groups, targets, studies of the same stimuli, or subsets of labelers: tests, and images that changed type. */
  compare: call
    .input(compareInputSchema)
    .output(compareSchema)
    .handler(({ input, context: { lab }, signal }) =>
      lab.analysis.askOf<GroupsQuestions, 'compare'>('groups', 'compare', input, signal),
    ),
};
export default calls;
export type GroupsCalls = typeof calls;

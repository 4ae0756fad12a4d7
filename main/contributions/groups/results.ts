import type { ViewInput } from '../../contract/results/index.ts';
import { type AnswerTools, type ContributedResults, viewGroup } from '../../services/results/index.ts';
import { compareGroups } from './compare.ts';
import { comparisonExhibit } from './exhibits/comparison.ts';
import type { CompareInput } from './contract/compare.ts';

const questions = {
  compare: ({ people }: AnswerTools, { a, b }: CompareInput) => {
    const view = (input: ViewInput) => viewGroup(people(input), input.group);
    return compareGroups(view(a), view(b));
  },
};
export type GroupsQuestions = typeof questions;

export default {
  questions,
  results: [{ section: 'comparison', make: comparisonExhibit, before: 'intervals' }],
} satisfies ContributedResults;

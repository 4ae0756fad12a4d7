import type { AnswerTools, ContributedResults } from '../../../main/services/contributed-results.ts';

const questions = {
  /** Letters in the title of a study. */
  letters: (tools: AnswerTools, { study }: { study: string }) =>
    tools.study(study).spec.title.replace(/[^a-z]/gi, '').length,
};
export type HelloQuestions = typeof questions;

export default { questions } satisfies ContributedResults;

import type { AnswerTools, ContributedResults } from '../../services/results/index.ts';
import { planTestAnswers } from './open-evaluations.ts';

const questions = {
  /** Networks without answers to the test images, of a study by its name. */
  plan: ({ storage, study }: AnswerTools, input: { study: string }) => planTestAnswers({ storage }, study(input.study)),
};
export type EvaluationQuestions = typeof questions;

export default { questions } satisfies ContributedResults;

import type { AnswerTools, ContributedResults } from '../../services/results/index.ts';
import type { OutcomesInput, SizePlanInput } from './contract/teaching.ts';
import { reportTeaching } from './outcomes/report.ts';
import { outcomesResult, sizePlan } from './outcomes/result.ts';

const questions = {
  outcomes: ({ storage }: AnswerTools, input: OutcomesInput) => outcomesResult({ storage }, input),
  sizePlan: ({ storage }: AnswerTools, input: SizePlanInput) => sizePlan({ storage }, input),
};
export type TeachingQuestions = typeof questions;

export default { questions, report: reportTeaching } satisfies ContributedResults;

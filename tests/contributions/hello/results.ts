import type { AnswerTools, ContributedResults } from '../../../main/services/results/contributed-results.ts';
import { greetingsTable } from './index.ts';

const questions = {
  table: (tools: AnswerTools, { study }: { study: string }) => greetingsTable(tools.storage, tools.study(study)),
};
export type HelloQuestions = typeof questions;

export default {
  questions,
  report: ({ workbench: { storage }, study }) => [
    { section: 'images', tables: [greetingsTable(storage, study)], figures: [] },
  ],
} satisfies ContributedResults;

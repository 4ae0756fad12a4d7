import { table } from '../../../main/exhibits/index.ts';
import type { AnswerTools, ContributedResults } from '../../../main/services/results/index.ts';
import { greetedNetworks, greetingsTable } from './index.ts';

const questions = {
  table: (tools: AnswerTools, { study }: { study: string }) => greetingsTable(tools.storage, tools.study(study)),
};
export type HelloQuestions = typeof questions;

export default {
  questions,
  results: [{ ...table('agreement', 'chosen', greetedNetworks), after: 'agreement', drawnAfter: 'agreement' }],
  report: ({ workbench: { storage }, study }) => [
    { section: 'images', tables: [greetingsTable(storage, study)], figures: [] },
  ],
} satisfies ContributedResults;

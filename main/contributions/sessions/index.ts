import { defineContribution } from '../define.ts';
import { answerHistories } from './answer-histories.ts';

/** What is stored of labeling sessions: plans, orders of trials, and everything that happened in them. */
export const sessions = defineContribution({
  name: 'sessions',
  offers: { answerHistories },
});

import { defineContribution } from '../define.ts';
import { closeEvaluation } from './opened.ts';

/** Networks on the test images: which classes they confuse, their most confident mistakes, and their answers, for results. */
export const evaluation = defineContribution({
  name: 'evaluation',
  calls: () => import('./calls.ts'),
  commands: () => import('./commands.ts'),
  results: 'contributions/evaluation/results',
  opened: (lab) => ({ close: () => closeEvaluation(lab) }),
});

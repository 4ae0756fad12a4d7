import { defineContribution } from '../define.ts';

/** Whether two err on the same images: error consistency, and intervals of kappas over pairs of raters. */
export const consistency = defineContribution({
  name: 'consistency',
  results: 'contributions/consistency/results',
});

import { defineContribution } from '../define.ts';

/** What fewer people, or fewer networks, would have shown. */
export const subsampling = defineContribution({
  name: 'subsampling',
  results: 'contributions/subsampling/results',
});

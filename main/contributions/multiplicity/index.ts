import { defineContribution } from '../define.ts';

/** What depends on which of several equally accurate networks one has, also on test images. */
export const multiplicity = defineContribution({
  name: 'multiplicity',
  results: 'contributions/multiplicity/results',
});

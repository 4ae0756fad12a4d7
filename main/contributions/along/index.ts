import { defineContribution } from '../define.ts';

/** How answers change along alpha, pair by pair: shares, flip points and psychometric curves. */
export const along = defineContribution({
  name: 'along',
  results: 'contributions/along/results',
});

import { defineContribution } from '../define.ts';

/** Two groups of networks, image by image. */
export const groups = defineContribution({
  name: 'groups',
  calls: () => import('./calls.ts'),
  results: 'contributions/groups/results',
});

import { defineContribution } from '../define.ts';

/** How good a generator's samples are, as a classifier sees them, and pictures of them. */
export const quality = defineContribution({
  name: 'quality',
  commands: () => import('./commands.ts'),
});

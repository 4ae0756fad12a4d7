import { defineContribution } from '../define.ts';

/** A study with all its data as one file; the sample study comes as one. */
export const archives = defineContribution({
  name: 'archives',
  needs: ['answers', 'sessions'],
  calls: () => import('./calls.ts'),
  commands: () => import('./commands.ts'),
});

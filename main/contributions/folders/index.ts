import { defineContribution } from '../define.ts';

/** Analyzes tables of answers of any program, without a study: a folder, or CSV files of people and models. */
export const folders = defineContribution({
  name: 'folders',
  needs: ['along', 'answers', 'consistency', 'contrasts', 'groups', 'multiplicity'],
  commands: () => import('./commands.ts'),
});

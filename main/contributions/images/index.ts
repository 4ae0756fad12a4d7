import { defineContribution } from '../define.ts';

/** A study from one's own images: what lies in a folder or file, how it is read, and what is proposed for it. */
export const images = defineContribution({
  name: 'images',
  needs: ['formats'],
  calls: () => import('./calls.ts'),
  commands: () => import('./commands.ts'),
});

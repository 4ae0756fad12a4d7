import { defineContribution } from '../define.ts';
import { openTeaching } from './process.ts';

/** People as teachers: networks that are taught a study's images by its labels and by other targets. */
export const teaching = defineContribution({
  name: 'teaching',
  needs: ['contrasts'],
  calls: () => import('./calls.ts'),
  commands: () => import('./commands.ts'),
  results: 'contributions/teaching/results',
  opened: openTeaching,
});

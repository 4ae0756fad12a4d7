import { defineContribution } from '../define.ts';
import { openTeaching } from './process.ts';
import { studySection } from './study-section.ts';

/** People as teachers: networks that are taught a study's images by its labels and by other targets. */
export const teaching = defineContribution({
  name: 'teaching',
  needs: ['contrasts'],
  calls: () => import('./calls.ts'),
  commands: () => import('./commands.ts'),
  results: 'contributions/teaching/results',
  offers: { studySection },
  settings: async () => ({ 'an experiment': (await import('./contract/settings.ts')).teachingSettings }),
  opened: openTeaching,
});

import { defineContribution } from '../define.ts';
import { studySection } from './study-section.ts';

/** Sweeps of recipes, what each factor of them changes, how large a study shows it, and whether it holds over studies. */
export const effects = defineContribution({
  name: 'effects',
  needs: ['along', 'contrasts'],
  calls: () => import('./calls.ts'),
  commands: () => import('./commands.ts'),
  results: 'contributions/effects/results',
  offers: { studySection },
  settings: async () => ({ 'a sweep': (await import('./contract/settings.ts')).sweepSettings }),
});

import { defineContribution } from '../define.ts';

/** Sweeps of recipes, what each factor of them changes, how large a study shows it, and whether it holds over studies. */
export const effects = defineContribution({
  name: 'effects',
  needs: ['along', 'contrasts'],
  calls: () => import('./calls.ts'),
  commands: () => import('./commands.ts'),
  results: 'contributions/effects/results',
});

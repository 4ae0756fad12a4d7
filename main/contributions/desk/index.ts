import { defineContribution } from '../define.ts';
import { limitedPages } from './limited-pages.ts';

/** The labeling desk: people label in sessions on this computer. */
export const desk = defineContribution({
  name: 'desk',
  needs: ['sessions'],
  calls: () => import('./calls.ts'),
  offers: { limitedPages },
  settings: async () => ({ 'a session': (await import('./contract/settings.ts')).sessionSettings }),
});

import { defineContribution } from '../define.ts';

/** The labeling desk: people label in sessions on this computer. */
export const desk = defineContribution({
  name: 'desk',
  calls: () => import('./calls.ts'),
  settings: async () => ({ 'a session': (await import('./contract/settings.ts')).sessionSettings }),
});

import { defineContribution } from '../define.ts';
import { closeSearches } from './opened.ts';

/** Choosing anchors by hand: walls of candidates, further searches, points of one's own. */
export const search = defineContribution({
  name: 'search',
  calls: () => import('./calls.ts'),
  commands: () => import('./commands.ts'),
  settings: async () => ({ 'a further search': (await import('./contract.ts')).searchSettings }),
  opened: (lab) => ({ close: () => closeSearches(lab) }),
});

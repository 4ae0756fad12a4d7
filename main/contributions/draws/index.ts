import { defineContribution } from '../define.ts';
import { closeDraws } from './opened.ts';
import { isShort } from './short.ts';

/** How much one draw of anchors decides: measures over many draws, among them the study's own set and the paper. */
export const draws = defineContribution({
  name: 'draws',
  calls: () => import('./calls.ts'),
  commands: () => import('./commands.ts'),
  results: 'contributions/draws/results',
  offers: { isShort },
  opened: (lab) => ({ close: () => closeDraws(lab) }),
});

import { defineContribution } from '../define.ts';
import { closeDraws } from './opened.ts';

/** How much one draw of anchors decides: measures over many draws, among them the study's own set and the paper. */
export const draws = defineContribution({
  name: 'draws',
  calls: () => import('./calls.ts'),
  commands: () => import('./commands.ts'),
  results: 'contributions/draws/results',
  opened: (lab) => ({ close: () => closeDraws(lab) }),
});

import { definePageParts } from '../define.ts';
import { KitPanel, SaveKit } from './kit-panel.tsx';
import { PaperActions } from './paper-actions.tsx';

export const offline = definePageParts({
  name: 'offline',
  parts: {
    'labeling.cards': KitPanel,
    'labeling.ways': [
      {
        medium: 'kit',
        note: 'One file that opens in any browser, without a network. Import its result file here afterwards.',
        NextStep: SaveKit,
        width: 140,
      },
      {
        medium: 'paper',
        note: 'Sheets to print, in each person’s own order. You enter the answers twice.',
        NextStep: PaperActions,
        width: 212,
      },
    ],
  },
});

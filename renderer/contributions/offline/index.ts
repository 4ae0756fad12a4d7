import type { ComponentProps } from 'react';
import type { WayToLabel } from '../desk/places.ts';
import { later } from '../../ui/parts/index.ts';
import { definePageParts } from '../define.ts';

export const offline = definePageParts({
  name: 'offline',
  parts: {
    'labeling.cards': later(async () => (await import('./kit-panel.tsx')).KitPanel),
    'labeling.ways': [
      {
        medium: 'kit',
        note: 'One file that opens in any browser, without a network. Import its result file here afterwards.',
        NextStep: later<ComponentProps<WayToLabel['NextStep']>>(async () => (await import('./kit-panel.tsx')).SaveKit),
        width: 140,
      },
      {
        medium: 'paper',
        note: 'Sheets to print, in each person’s own order. You enter the answers twice.',
        NextStep: later<ComponentProps<WayToLabel['NextStep']>>(
          async () => (await import('./paper-actions.tsx')).PaperActions,
        ),
        width: 212,
      },
    ],
  },
});

import { later } from '../../ui/parts/index.ts';
import { definePageParts } from '../define.ts';

export const compare = definePageParts({
  name: 'compare',
  parts: {
    'models.chosen': later(async () => (await import('./compare-link.tsx')).CompareLink),
    'models.screens': [
      {
        path: '/compare',
        title: 'Compare runs',
        isLinked: false,
        load: async () => (await import('./compare-screen.tsx')).CompareScreen,
      },
    ],
  },
});

import { later } from '../../ui/parts/index.ts';
import { definePageParts } from '../define.ts';

export const along = definePageParts({
  name: 'along',
  parts: {
    'results.views': [
      {
        id: 'along',
        name: 'Along alpha',
        question: 'where',
        View: later(async () => (await import('./along-view.tsx')).AlongView),
        shows: null,
        // Only images between two classes lie along alpha.
        isOffered: ({ images, pairs }) => images === 0 || pairs.length > 0,
      },
    ],
    'report.sections': [{ section: 'along', title: 'Along alpha: curves and flip points' }],
  },
});

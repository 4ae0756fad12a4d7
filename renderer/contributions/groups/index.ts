import { later } from '../../ui/parts/index.ts';
import { definePageParts } from '../define.ts';

export const groups = definePageParts({
  name: 'groups',
  parts: {
    'results.views': [
      {
        id: 'compare',
        name: 'Compare',
        question: 'with',
        View: later(async () => (await import('./compare-view.tsx')).CompareView),
        shows: 'It compares two groups of networks, image by image.',
        isOffered: () => true,
        // A second group of another study means nothing elsewhere; one of this study is what Stimuli compares with.
        parameters: (address) => ['study2', 'labelers2', ...(address.has('study2') ? ['other'] : [])],
      },
    ],
  },
});

import { later } from '../../ui/parts/index.ts';
import { definePageParts } from '../define.ts';

export const search = definePageParts({
  name: 'search',
  parts: {
    'stimuli.anchors': later(async () => (await import('./class-candidates.tsx')).ClassCandidates),
  },
});

import { later } from '../../ui/parts/index.ts';
import { definePageParts } from '../define.ts';

export const subsampling = definePageParts({
  name: 'subsampling',
  parts: {
    'results.agreement': later(async () => (await import('./fewer-raters.tsx')).FewerRaters),
    'report.sections': [{ section: 'agreement', title: 'subsampling' }],
  },
});

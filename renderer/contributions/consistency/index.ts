import { definePageParts } from '../define.ts';

export const consistency = definePageParts({
  name: 'consistency',
  parts: {
    'results.measures': [{ key: 'errors', title: 'Error consistency κ: errors on the same images' }],
    'report.sections': [{ section: 'agreement', title: 'error consistency' }],
  },
});

import { definePageParts } from '../define.ts';
import { ExportItems } from './export-items.tsx';
import { ImportActions, ImportButton, ImportJobs, SampleCard } from './imports.tsx';

export const archives = definePageParts({
  name: 'archives',
  parts: {
    'studies.actions': ImportActions,
    'studies.work': ImportJobs,
    'welcome.card': SampleCard,
    'welcome.actions': ImportButton,
    'study.menu': ExportItems,
  },
});

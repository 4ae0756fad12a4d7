import { later } from '../../ui/parts/index.ts';
import { definePageParts } from '../define.ts';

export const teaching = definePageParts({
  name: 'teaching',
  parts: {
    'models.screens': [
      {
        path: '/teachers',
        title: 'Teachers',
        load: async () => (await import('./teachers-screen.tsx')).TeachersScreen,
      },
    ],
    'results.views': [
      {
        id: 'teachers',
        name: 'Teachers',
        question: 'learned',
        View: later(async () => (await import('./teachers-view.tsx')).TeachersView),
        shows: 'It shows what networks learn from people’s labels, and from other targets.',
        isOffered: ({ sections }) => sections.includes('teaching'),
        chooses: ['networks', 'labelers'],
      },
    ],
    'report.sections': [{ section: 'teachers', title: 'Teachers: what networks learn from labels' }],
  },
});

import { otherModelsTitle } from '../../../main/domain/networks/index.ts';
import { useVotes } from './live-votes.ts';
import { definePageParts } from '../define.ts';

export const outside = definePageParts({
  name: 'outside',
  parts: {
    'stimuli.voters': [{ useVotes }],
    'models.screens': [
      {
        path: '/outside',
        title: otherModelsTitle,
        load: async () => (await import('./outside-screen.tsx')).OutsideScreen,
      },
    ],
  },
});

import { outsideWords } from '../../../main/contributions/answers/contract/outside-words.ts';
import { useVotes } from './live-votes.ts';
import { definePageParts } from '../define.ts';

export const outside = definePageParts({
  name: 'outside',
  parts: {
    'stimuli.voters': [{ useVotes }],
    'models.screens': [
      {
        path: '/outside',
        title: outsideWords.group,
        load: async () => (await import('./outside-screen.tsx')).OutsideScreen,
      },
    ],
  },
});

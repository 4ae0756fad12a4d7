import { IconBook } from '@tabler/icons-react';
import { definePageParts } from '../define.ts';
import { NewHere } from './new-here.tsx';

export const tutorial = definePageParts({
  name: 'tutorial',
  parts: {
    screens: [
      {
        path: '/tutorial',
        title: 'Tutorial',
        command: 'Tutorial',
        icon: IconBook,
        load: async () => (await import('./tutorial-screen.tsx')).TutorialScreen,
      },
    ],
    'welcome.help': NewHere,
  },
});

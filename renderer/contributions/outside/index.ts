import { outsideTitle } from '../../../main/domain/outside-models.ts';
import { definePageParts } from '../define.ts';

export const outside = definePageParts({
  name: 'outside',
  parts: {
    'models.screens': [
      {
        path: '/outside',
        title: outsideTitle,
        load: async () => (await import('./outside-screen.tsx')).OutsideScreen,
      },
    ],
  },
});

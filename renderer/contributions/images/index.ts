import { definePageParts } from '../define.ts';
import { newStudy, newStudyFromImages, NewStudyLink, OwnImagesCard } from './links.tsx';

export const images = definePageParts({
  name: 'images',
  parts: {
    screens: [
      {
        path: newStudy,
        title: 'New study',
        command: newStudyFromImages,
        load: async () => (await import('./new-study-screen.tsx')).NewStudyScreen,
      },
    ],
    'studies.actions': NewStudyLink,
    'welcome.card': OwnImagesCard,
  },
});

import { definePageParts } from '../define.ts';
import { DrawsView } from './draws-view.tsx';

export const draws = definePageParts({
  name: 'draws',
  resultViews: [
    {
      id: 'draws',
      name: 'Anchor draws',
      View: DrawsView,
      shows: 'It shows how far disagreement moves with the anchors alone.',
      isOffered: ({ generated }) => generated,
    },
  ],
});

import { later } from '../../ui/parts/index.ts';
import { definePageParts } from '../define.ts';

export const draws = definePageParts({
  name: 'draws',
  parts: {
    'run.kinds': [{ kind: 'draws', title: 'Anchor draws' }],
    'results.views': [
      {
        id: 'draws',
        name: 'Anchor draws',
        question: 'cause',
        View: later(async () => (await import('./draws-view.tsx')).DrawsView),
        shows: 'It shows how far disagreement moves with the anchors alone.',
        isOffered: ({ generated }) => generated,
      },
    ],
  },
});

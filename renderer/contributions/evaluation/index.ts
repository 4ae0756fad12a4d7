import { later } from '../../ui/parts/index.ts';
import { definePageParts } from '../define.ts';

export const evaluation = definePageParts({
  name: 'evaluation',
  parts: {
    'run.parts': [
      {
        part: 'test',
        title: 'Test images',
        Part: later(async () => (await import('./test-images.tsx')).TestImages),
        isShown: ({ task }) => task.kind === 'classifier',
      },
    ],
    'results.agreement': later(async () => (await import('./test-answers.tsx')).TestAnswers),
  },
});

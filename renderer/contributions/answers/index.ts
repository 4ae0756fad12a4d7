import { later } from '../../ui/parts/index.ts';
import { definePageParts } from '../define.ts';

export const answers = definePageParts({
  name: 'answers',
  parts: {
    'labeling.files': later(async () => (await import('./labels-cards.tsx')).LabelsCards),
    'newStudy.testImages': later(async () => (await import('./study-of-answers.tsx')).StudyOfAnswers),
    'stimuli.disagreed': later(async () => (await import('./disagreed-part.tsx')).Disagreed),
  },
});

import { figure, inOwnForm, table } from '../../exhibits/index.ts';
import type { ContributedResults } from '../../services/results/index.ts';
import { studyMultiplicity } from './exhibits/multiplicity.ts';

export default {
  questions: {},
  results: [
    {
      ...table('agreement', 'chosen', (study) => studyMultiplicity(study).table),
      after: 'agreement',
      drawnAfter: 'agreement',
    },
    { ...inOwnForm('agreement', 'chosen', (study) => studyMultiplicity(study).deferral), after: 'multiplicity' },
    {
      ...table('agreement', 'chosen', (study) => studyMultiplicity(study).churn),
      after: 'deferral',
      drawnAfter: 'deferral-figure',
    },
    {
      ...table('agreement', 'chosen', (study) => studyMultiplicity(study).testImages),
      after: 'churn',
      drawnAfter: 'churn',
    },
    { ...table('agreement', 'chosen', (study) => studyMultiplicity(study).consistency), after: 'test-images' },
  ],
  figures: [
    {
      ...figure('agreement', 'chosen', (study) => studyMultiplicity(study).deferralFigure),
      drawnAfter: 'multiplicity',
    },
  ],
} satisfies ContributedResults;

import { table } from '../../exhibits/index.ts';
import type { ContributedResults } from '../../services/results/index.ts';
import { consistencyPart } from './analysis/part.ts';
import { errorConsistencyExhibit, errorMeasure } from './exhibits/measure.ts';
import { pairsOfPeopleExhibit } from './exhibits/people.ts';
import { pooledExhibit } from './exhibits/pooled.ts';

export default {
  questions: {},
  analysis: [consistencyPart],
  measures: [errorMeasure],
  results: [
    { ...table('agreement', 'chosen', pooledExhibit), after: 'agreement', drawnAfter: 'agreement' },
    { section: 'agreement', make: errorConsistencyExhibit },
    { section: 'agreement', make: pairsOfPeopleExhibit, ofPeople: 'labeler-pairs' },
  ],
} satisfies ContributedResults;

import { figure } from '../../exhibits/index.ts';
import type { ContributedResults } from '../../services/results/index.ts';
import { fewerNetworksExhibit, fewerPeopleExhibit, rarefied } from './exhibits/rarefaction.ts';
import { rarefactionFigures } from './exhibits/rarefaction-figure.ts';

export default {
  questions: {},
  results: [
    { section: 'agreement', make: fewerPeopleExhibit },
    { section: 'agreement', make: fewerNetworksExhibit },
  ],
  figures: [figure('agreement', 'chosen', (study) => rarefactionFigures(study, rarefied(study)), 'subsampling')],
} satisfies ContributedResults;

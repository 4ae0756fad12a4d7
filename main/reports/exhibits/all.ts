import type { ReportSection } from '../../contract/api/report.ts';
import { has, type View } from '../view.ts';
import type { Exhibit } from './exhibit.ts';
import { comparisonExhibit } from './comparison.ts';
import { flipDistancesExhibit, flipsExhibit } from './flips.ts';
import { eachImageExhibit, figure4Exhibit } from './images.ts';
import { intervalsExhibit } from './intervals.ts';
import {
  agreementExhibit,
  calibrationExhibit,
  certaintyExhibit,
  divergenceExhibit,
  errorConsistencyExhibit,
} from './measures.ts';
import {
  figure2Exhibit,
  table1Exhibit,
  table2Exhibit,
  table3Exhibit,
  table4Exhibit,
  table5Exhibit,
} from './paper-tables.ts';
import { alongExhibit, entropyExhibit, pairsOfPeopleExhibit } from './points.ts';
import { missedExhibit, recipesExhibit, runsExhibit, selfTestExhibit } from './records.ts';
import { fewerNetworksExhibit, fewerPeopleExhibit } from './rarefaction.ts';
import { softmaxExhibit, reliabilityExhibit } from './softmax.ts';

/** Which table stands in which section; null: in what is always there. */
const bySection: readonly (readonly [ReportSection | null, (view: View) => Exhibit])[] = [
  ['networks', missedExhibit],
  ['types', table1Exhibit],
  ['types', table2Exhibit],
  ['types', table3Exhibit],
  ['types', table4Exhibit],
  ['types', figure4Exhibit],
  ['seeds', figure2Exhibit],
  ['seeds', table5Exhibit],
  ['softmax', softmaxExhibit],
  ['softmax', reliabilityExhibit],
  ['softmax', calibrationExhibit],
  ['certainty', entropyExhibit],
  ['certainty', certaintyExhibit],
  ['certainty', divergenceExhibit],
  ['along', alongExhibit],
  ['along', flipsExhibit],
  ['along', flipDistancesExhibit],
  ['agreement', agreementExhibit],
  ['agreement', errorConsistencyExhibit],
  ['agreement', pairsOfPeopleExhibit],
  ['agreement', fewerPeopleExhibit],
  ['agreement', fewerNetworksExhibit],
  ['comparison', comparisonExhibit],
  ['comparison', intervalsExhibit],
  ['each-image', eachImageExhibit],
  [null, recipesExhibit],
  [null, runsExhibit],
  ['self-test', selfTestExhibit],
];

/** Lists of every image, pair or run, or with long texts: files to compute with, not tables of a paper. */
const long = new Set([
  ...['figure-4', 'error-consistency', 'each-image', 'softmax-by-type', 'reliability', 'entropy', 'along-alpha'],
  ...['labeler-pairs', 'recipes', 'runs', 'self-test'],
]);

/** Every table of the sections that were chosen, without those that have no rows. */
export function exhibitsOf(view: View): Exhibit[] {
  return bySection
    .filter(([section]) => section === null || has(view, section))
    .map(([, exhibit]) => exhibit(view))
    .filter(({ rows }) => rows.length > 0);
}

/** Whether a table is short enough to be read on a page. */
export const isForReading = ({ id, rows }: Exhibit): boolean => !long.has(id) && rows.length <= 60;

import type { ReportSection } from '../contract/api/report.ts';
import { formatInteger } from '../domain/format.ts';
import { has, type View } from './view.ts';
import type { Exhibit } from '../contract/exhibit.ts';
import { comparisonExhibit, intervalsExhibit } from './comparison.ts';
import { reportCurveMeans, reportCurvesExhibit } from './curves.ts';
import { reportEffectsExhibit } from './report-effects.ts';
import { flipDistancesExhibit, flipsExhibit } from './flips.ts';
import { eachImageExhibit, figure4Exhibit, alongExhibit, entropyExhibit, pairsOfPeopleExhibit } from './images.ts';
import {
  agreementExhibit,
  calibrationExhibit,
  certaintyExhibit,
  divergenceExhibit,
  errorConsistencyExhibit,
} from './measures.ts';
import { kindExhibit, pooledExhibit } from './kinds.ts';
import { drawsExhibit } from './draws.ts';
import { reportMultiplicity } from './multiplicity.ts';
import { outsideModelsExhibit, outsideTables } from './outside.ts';
import { figure2, table1, table2, table3, table4, table5 } from './paper-tables.ts';
import { missedExhibit, recipesExhibit, runsExhibit, selfTestExhibit } from './records.ts';
import { fewerNetworksExhibit, fewerPeopleExhibit, reportTypesAtExhibit } from './rarefaction.ts';
import { softmaxExhibit, reliabilityExhibit, reportQuartilesExhibit } from './softmax.ts';
import { teachingDifferencesExhibit, teachingOwnLabelsExhibit, teachingScoresExhibit } from './teaching.ts';

/** Which table stands in which section; null: in what is always there. */
const bySection: readonly (readonly [ReportSection | null, (view: View) => Exhibit])[] = [
  ['networks', missedExhibit],
  ['images', ({ data, paper }) => drawsExhibit(data.draws, paper)],
  ['types', table1],
  ['types', table2],
  ['types', table3],
  ['types', reportTypesAtExhibit],
  ['types', kindExhibit],
  ['types', table4],
  ['types', figure4Exhibit],
  ['seeds', figure2],
  ['seeds', table5],
  ['softmax', softmaxExhibit],
  ['softmax', reportQuartilesExhibit],
  ['softmax', reliabilityExhibit],
  ['softmax', calibrationExhibit],
  ['certainty', entropyExhibit],
  ['certainty', certaintyExhibit],
  ['certainty', divergenceExhibit],
  ['along', alongExhibit],
  ['along', flipsExhibit],
  ['along', flipDistancesExhibit],
  ['along', reportCurvesExhibit],
  ['along', reportCurveMeans],
  ['agreement', agreementExhibit],
  ['agreement', pooledExhibit],
  ['agreement', (view) => reportMultiplicity(view).table],
  ['agreement', (view) => reportMultiplicity(view).deferral],
  ['agreement', (view) => reportMultiplicity(view).churn],
  ['agreement', (view) => reportMultiplicity(view).testImages],
  ['agreement', (view) => reportMultiplicity(view).consistency],
  ['agreement', errorConsistencyExhibit],
  ['agreement', pairsOfPeopleExhibit],
  ['agreement', fewerPeopleExhibit],
  ['agreement', fewerNetworksExhibit],
  ['comparison', comparisonExhibit],
  ['comparison', intervalsExhibit],
  ['effects', reportEffectsExhibit],
  ['teachers', (view) => teachingScoresExhibit(view, view.data.teaching ?? [])],
  ['teachers', (view) => teachingDifferencesExhibit(view, view.data.teaching ?? [])],
  ['teachers', (view) => teachingOwnLabelsExhibit(view, view.data.teaching ?? [])],
  ['each-image', eachImageExhibit],
  [null, recipesExhibit],
  [null, runsExhibit],
  ['self-test', selfTestExhibit],
];

/** Lists of every image, pair or run, or with long texts: files to compute with, not tables of a paper. */
const long = new Set([
  ...['figure-4', 'error-consistency', 'each-image', 'softmax-by-type', 'reliability', 'entropy', 'along-alpha'],
  ...['labeler-pairs', 'recipes', 'runs', 'self-test', 'deferral'],
]);

/** Rows of a table in files: spreadsheets take hardly more. */
const mostRows = 1_000_000;

/** Lists of every image at every target, by their sections. */
const points: readonly (readonly [ReportSection, string, (view: View) => Exhibit])[] = [
  ['certainty', 'entropy', entropyExhibit],
  ['along', 'along-alpha', alongExhibit],
];

const countPoints = ({ groups, data }: View): number => groups.length * data.stimuli.items.length;

/** Which of these a report's files were to have and have not, as they are too long, and why. */
export function pointsLeftOut(view: View): string[] {
  const { formats } = view.choice;
  const rows = countPoints(view);
  if (rows <= mostRows || !(formats.includes('csv') || formats.includes('json'))) return [];
  const why = `${formatInteger(view.groups.length)} targets on ${formatInteger(view.data.stimuli.items.length)} images are ${formatInteger(rows)} rows, and a table of a report has at most ${formatInteger(mostRows)}. Choose fewer targets.`;
  return points.flatMap(([section, id]) => (has(view, section) ? [`${id}: ${why}`] : []));
}

/** Every table of the sections that were chosen, without those that have no rows or too many. */
export function reportExhibits(view: View): Exhibit[] {
  const tooLong = countPoints(view) > mostRows ? points.map(([, , exhibit]) => exhibit) : [];
  return bySection
    .filter(([section, exhibit]) => (section === null || has(view, section)) && !tooLong.includes(exhibit))
    .map(([, exhibit]) => exhibit(view))
    .concat(has(view, 'effects') ? (view.data.overStudies ?? []).map(({ table }) => table) : [])
    .concat(has(view, 'networks') ? outsideModelsExhibit(view.data.outside) : [])
    .concat(has(view, 'types') ? outsideTables(view, view.data.outside) : [])
    .filter(({ rows }) => rows.length > 0);
}

/** Whether a table is short enough to be read on a page. */
export const isForReading = ({ id, rows }: Exhibit): boolean => !long.has(id) && rows.length <= 60;

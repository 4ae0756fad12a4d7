import type { ReportSection } from '../contract/api/report.ts';
import type { FigureChoice, ResultPart } from '../contract/api/results-tables.ts';
import { formatInteger } from '../domain/format.ts';
import type { ReportedPart } from './report-data.ts';
import { has, type View } from './view.ts';
import { withoutTarget, withTitles } from './cells.ts';
import type { StudyView } from './study-view.ts';
import type { Exhibit } from '../contract/exhibit.ts';
import type { Figure } from '../contract/figure.ts';
import { certaintyFigure, seedTypesFigure } from './seed-figures.ts';
import { comparisonExhibit, intervalsExhibit } from './comparison.ts';
import { allCurvesFigure } from './along-figure.ts';
import { studyCurveMeans, studyCurves, studyCurvesExhibit } from './curves.ts';
import { flipDistancesExhibit, flipsExhibit } from './flips.ts';
import { eachImageExhibit, figure4Exhibit, alongExhibit, entropyExhibit, pairsOfPeopleExhibit } from './images.ts';
import { agreementExhibit, agreementFigure, errorConsistencyExhibit, reportAgreementFigure } from './agreement.ts';
import { calibrationExhibit, certaintyExhibit, divergenceExhibit } from './measures.ts';
import { kindExhibit, pooledExhibit } from './kinds.ts';
import { studyMultiplicity } from './multiplicity.ts';
import { outsideModelsExhibit, outsideTables } from './outside.ts';
import { figure2, table1, table2, table3, table4, table5 } from './paper-tables.ts';
import { missedExhibit, recipesExhibit, runsExhibit, selfTestExhibit } from './records.ts';
import { fewerNetworksExhibit, fewerPeopleExhibit, rarefied, typesAtExhibit } from './rarefaction.ts';
import { rarefactionFigures } from './rarefaction-figure.ts';
import { softmaxExhibit, reliabilityExhibit, softmaxQuartilesExhibit } from './softmax.ts';
import {
  pairsFigure,
  reportAlongFigure,
  studyEntropyFigure,
  studyReliabilityFigure,
  studySoftmaxFigure,
} from './study-figures.ts';
import { typesFigure } from './types-figure.ts';

/** A table of results, and where it is shown. Files of a report have all of them, in this order. */
interface TableResult {
  /** Null: in what is always there. */
  readonly section: ReportSection | null;
  readonly make: (view: View) => Exhibit | readonly Exhibit[];
  /** On screen; absent: nowhere, or in a form of its own. Then it stands in the report's page only where a section places it. */
  readonly page?: { readonly of: PageGroups; readonly make: (study: StudyView) => Exhibit };
  /** Screen and report show it in a form of its own, such as a figure. */
  readonly ownForm?: true;
  /** Where a report without `section` shows it. */
  readonly otherwise?: ReportSection;
}

/** Which groups a table of the page is of: those of all targets, those that were chosen, or both. */
export type PageGroups = 'targets' | 'chosen' | 'both';

/** In reports, their files and on the page. @param form of the page, which names the chosen groups by itself */
const table = (
  section: ReportSection,
  of: PageGroups,
  make: (study: StudyView) => Exhibit,
  form: (exhibit: Exhibit, study: StudyView) => Exhibit = (exhibit) => exhibit,
): TableResult => ({ section, make, page: { of, make: (study) => form(make(study), study) } });

/** What screen and report show in a form of its own, such as the numbers of a figure. */
const inOwnForm = (section: ReportSection, of: PageGroups, make: (study: StudyView) => Exhibit): TableResult => ({
  ...table(section, of, make),
  ownForm: true,
});

const inReports = (section: TableResult['section'], make: TableResult['make']): TableResult => ({ section, make });

/** An exhibit of chosen groups, a row each, with their titles in place of targets. */
const titled = (exhibit: Exhibit, { groups }: StudyView): Exhibit =>
  withTitles(
    exhibit,
    groups.map(({ name }) => name),
  );

/** Without scores that no image has: a screen says so once. */
const withScores = (exhibit: Exhibit): Exhibit => ({
  ...exhibit,
  rows: exhibit.rows.filter(([, , images]) => images !== 0),
});

/** What contributions add to a section of reports. */
const contributed =
  <Kind extends 'tables' | 'figures'>(kind: Kind, section: ReportSection) =>
  ({ data }: View) =>
    data.contributed.flatMap((part): ReportedPart[Kind][number][] => (part.section === section ? [...part[kind]] : []));

/** Tables of contributions in sections of their own. */
const inOwnSections = (view: View): Exhibit[] =>
  view.data.contributed.flatMap(({ heading, section, tables }) =>
    heading !== undefined && has(view, section) ? tables : [],
  );

/** To add a table, write the function that makes it and add it here. */
const results: readonly TableResult[] = [
  inReports('networks', missedExhibit),
  inReports('images', contributed('tables', 'images')),
  inOwnForm('types', 'chosen', table1),
  table('types', 'targets', table2),
  table('types', 'targets', table3),
  table('types', 'both', typesAtExhibit),
  table('types', 'chosen', kindExhibit),
  { ...table('softmax', 'targets', table4), otherwise: 'types' },
  inReports('types', figure4Exhibit),
  inOwnForm('seeds', 'targets', figure2),
  table('seeds', 'targets', table5),
  inReports('softmax', softmaxExhibit),
  table('softmax', 'chosen', softmaxQuartilesExhibit, withoutTarget),
  inReports('softmax', reliabilityExhibit),
  table('softmax', 'chosen', calibrationExhibit, (exhibit) => withoutTarget(withScores(exhibit))),
  inReports('certainty', entropyExhibit),
  table('certainty', 'chosen', certaintyExhibit, titled),
  table('certainty', 'chosen', divergenceExhibit, withoutTarget),
  inReports('along', alongExhibit),
  table('along', 'chosen', flipsExhibit),
  table('along', 'chosen', flipDistancesExhibit, titled),
  table('along', 'chosen', studyCurvesExhibit),
  table('along', 'chosen', studyCurveMeans),
  table('agreement', 'chosen', agreementExhibit),
  table('agreement', 'chosen', pooledExhibit),
  table('agreement', 'chosen', (study) => studyMultiplicity(study).table),
  inOwnForm('agreement', 'chosen', (study) => studyMultiplicity(study).deferral),
  table('agreement', 'chosen', (study) => studyMultiplicity(study).churn),
  table('agreement', 'chosen', (study) => studyMultiplicity(study).testImages),
  table('agreement', 'chosen', (study) => studyMultiplicity(study).consistency),
  inReports('agreement', errorConsistencyExhibit),
  inReports('agreement', pairsOfPeopleExhibit),
  inReports('agreement', fewerPeopleExhibit),
  inReports('agreement', fewerNetworksExhibit),
  inReports('comparison', comparisonExhibit),
  inReports('comparison', intervalsExhibit),
  inReports(null, inOwnSections),
  inReports('each-image', eachImageExhibit),
  inReports(null, recipesExhibit),
  inReports(null, runsExhibit),
  inReports('self-test', selfTestExhibit),
  inReports('networks', ({ data }) => outsideModelsExhibit(data.outside)),
  inReports('types', (view) => outsideTables(view, view.data.outside)),
];

const hasRows = ({ rows }: Exhibit): boolean => rows.length > 0;

/** Tables of a part of the page. @param viewOf a study with the groups that a table is of */
export const pageTables = (
  part: ResultPart,
  viewOf: (groups: PageGroups) => StudyView,
): { of: 'targets' | 'chosen'; exhibit: Exhibit }[] =>
  results
    .flatMap(({ section: own, page }) =>
      own === part && page
        ? {
            of: page.of === 'chosen' ? ('chosen' as const) : ('targets' as const),
            exhibit: page.make(viewOf(page.of)),
          }
        : [],
    )
    .filter(({ exhibit }) => hasRows(exhibit));

/** A figure of results, and where it is shown. One without charts says why, or is left out. */
interface FigureResult {
  readonly section: ReportSection;
  /** Null: reports do not have it, or in another form. */
  readonly make: ((view: View) => Figure | readonly Figure[]) | null;
  /** On screen; absent: nowhere, or in an answer of its own. */
  readonly page?: { readonly part: ResultPart; readonly of: PageGroups; readonly make: MakeFigure };
}
type MakeFigure = (study: StudyView, choice: FigureChoice) => Figure | readonly Figure[];

/** In reports and on the page. @param part of the page that asks for it */
const figure = (
  section: ReportSection,
  of: PageGroups,
  make: (study: StudyView) => Figure | readonly Figure[],
  part: ResultPart = section,
): FigureResult => ({ section, make, page: { part, of, make } });

/** On the page alone. */
const onPage = (section: ReportSection, part: ResultPart, make: MakeFigure): FigureResult => ({
  section,
  make: null,
  page: { part, of: 'chosen', make },
});

/** More raters than these cannot be read on a screen. */
const mostRaters = 400;

/** To add a figure, write the function that makes it and add it here. */
const figures: readonly FigureResult[] = [
  { section: 'images', make: contributed('figures', 'images') },
  figure('types', 'both', typesFigure),
  figure('softmax', 'chosen', studySoftmaxFigure),
  figure('softmax', 'chosen', studyReliabilityFigure),
  figure('certainty', 'chosen', studyEntropyFigure),
  { section: 'along', make: reportAlongFigure },
  onPage('along', 'pairs', (study, { curves = 'softmax' }) => pairsFigure(study, curves)),
  { section: 'along', make: (view) => allCurvesFigure(view, studyCurves(view)) },
  figure('agreement', 'chosen', (study) => studyMultiplicity(study).deferralFigure),
  { section: 'agreement', make: reportAgreementFigure },
  onPage('agreement', 'matrix', (study, { measure = 'errors' }) => agreementFigure(study, measure, mostRaters)),
  figure('agreement', 'chosen', (study) => rarefactionFigures(study, rarefied(study)), 'subsampling'),
  figure('seeds', 'targets', seedTypesFigure),
  figure('seeds', 'targets', certaintyFigure),
];

/** Figures of a part of the page. @param viewOf a study with the groups that a figure is of */
export const pageFigures = (
  part: ResultPart,
  viewOf: (groups: PageGroups) => StudyView,
  choice: FigureChoice,
): Figure[] =>
  figures
    .flatMap(({ page }) => (page?.part === part ? page.make(viewOf(page.of), choice) : []))
    .filter(({ charts, notes }) => charts.length + notes.length > 0);

/** The figures of a section of a report. */
export const sectionFigures = (view: View, section: ReportSection): Figure[] =>
  figures.flatMap(({ section: own, make }) => (own === section && make ? make(view) : []));

/** The tables of a section of a report. */
export const sectionTables = (view: View, section: ReportSection): Exhibit[] =>
  results
    .filter(({ section: own, page, ownForm }) => own === section && page && !ownForm)
    .flatMap(({ make }) => make(view))
    .filter(hasRows);

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
  const tooLong: unknown[] = countPoints(view) > mostRows ? points.map(([, , exhibit]) => exhibit) : [];
  return results
    .filter(
      ({ section, otherwise, make }) =>
        (section === null || has(view, section) || (otherwise && has(view, otherwise))) && !tooLong.includes(make),
    )
    .flatMap(({ make }) => make(view))
    .filter(hasRows);
}

/** Whether a table is short enough to be read on a page. */
export const isForReading = ({ id, rows }: Exhibit): boolean => !long.has(id) && rows.length <= 60;

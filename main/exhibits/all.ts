import type { ReportSection } from '../contract/api/report.ts';
import type { FigureChoice, ResultPart, TablesResult } from '../contract/api/results-tables.ts';
import { formatInteger } from '../domain/format.ts';
import type { ReportedPart } from './report-data.ts';
import { has, type View } from './view.ts';
import { withoutTarget, withTitles } from './cells.ts';
import {
  type AddedFigure,
  type AddedResults,
  type AddedTable,
  type FigureResult,
  figure,
  inOrder,
  inOwnForm,
  type MakeFigure,
  type PageGroups,
  table,
  type TableResult,
} from './result-lists.ts';
import type { StudyView } from './study-view.ts';
import type { Exhibit } from '../contract/exhibit.ts';
import type { Figure } from '../contract/figure.ts';
import { certaintyFigure, seedTypesFigure } from './seed-figures.ts';
import { intervalsExhibit } from './intervals.ts';
import { allCurvesFigure } from './along-figure.ts';
import { studyCurveMeans, studyCurves, studyCurvesExhibit } from './curves.ts';
import { flipDistancesExhibit, flipsExhibit } from './flips.ts';
import { eachImageExhibit, figure4Exhibit, alongExhibit, entropyExhibit, pairsOfPeopleExhibit } from './images.ts';
import { agreementExhibit, agreementFigure, errorConsistencyExhibit, reportAgreementFigure } from './agreement.ts';
import { calibrationExhibit, certaintyExhibit, divergenceExhibit } from './measures.ts';
import { kindExhibit, pooledExhibit } from './kinds.ts';
import { figure2, table1, table2, table3, table4, table5 } from './paper-tables.ts';
import { missedExhibit, recipesExhibit, runsExhibit } from './records.ts';
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

/** In reports alone, and on their page only where a section places it. */
const inReports = (section: TableResult['section'], make: TableResult<View>['make']): TableResult<View> => ({
  section,
  make,
});

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

/** Tables of a part of a contribution on a page of its own. */
export const pageTables = (view: View, { section, pageTables: make }: ReportedPart): readonly Exhibit[] =>
  has(view, section) ? (make?.(view) ?? []) : [];

const onOwnPages = (view: View): Exhibit[] => view.data.contributed.flatMap((part) => pageTables(view, part));

/** To add a table, write the function that makes it and add it here. */
const results: readonly TableResult<View>[] = [
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
  inReports('agreement', errorConsistencyExhibit),
  inReports('agreement', pairsOfPeopleExhibit),
  inReports('agreement', fewerPeopleExhibit),
  inReports('agreement', fewerNetworksExhibit),
  inReports('comparison', intervalsExhibit),
  inReports(null, inOwnSections),
  inReports('each-image', eachImageExhibit),
  inReports(null, recipesExhibit),
  inReports(null, runsExhibit),
  inReports(null, onOwnPages),
];

const hasRows = ({ rows }: Exhibit): boolean => rows.length > 0;

type ListedTable = TableResult<View> & Partial<Pick<AddedTable, 'after' | 'before' | 'drawnAfter'>>;
type ListedFigure = FigureResult<View> & Partial<Pick<AddedFigure, 'drawnAfter'>>;

/** Tables with rows, those of contributions where they stand among those of the core. */
function tablesOf<List extends Partial<Pick<AddedTable, 'after' | 'before'>>>(
  listed: readonly List[],
  make: (result: List) => Exhibit | readonly Exhibit[],
): { result: List; exhibit: Exhibit }[] {
  const made = listed.flatMap((result) =>
    [make(result)]
      .flat()
      .map((exhibit: Exhibit) => ({ result, exhibit, id: exhibit.id, after: result.after, before: result.before })),
  );
  return inOrder(made).filter(({ exhibit }) => hasRows(exhibit));
}

/** On the page alone. */
const onPage = (section: ReportSection, part: ResultPart, make: MakeFigure): FigureResult<View> => ({
  section,
  make: null,
  page: { part, of: 'chosen', make },
});

/** More raters than these cannot be read on a screen. */
const mostRaters = 400;

/** To add a figure, write the function that makes it and add it here. */
const figures: readonly FigureResult<View>[] = [
  { section: 'images', make: contributed('figures', 'images') },
  figure('types', 'both', typesFigure),
  figure('softmax', 'chosen', studySoftmaxFigure),
  figure('softmax', 'chosen', studyReliabilityFigure),
  figure('certainty', 'chosen', studyEntropyFigure),
  { section: 'along', make: reportAlongFigure },
  onPage('along', 'pairs', (study, { curves = 'softmax' }) => pairsFigure(study, curves)),
  { section: 'along', make: (view) => allCurvesFigure(view, studyCurves(view)) },
  { section: 'agreement', make: reportAgreementFigure },
  onPage('agreement', 'matrix', (study, { measure = 'errors' }) => agreementFigure(study, measure, mostRaters)),
  figure('agreement', 'chosen', (study) => rarefactionFigures(study, rarefied(study)), 'subsampling'),
  figure('seeds', 'targets', seedTypesFigure),
  figure('seeds', 'targets', certaintyFigure),
];

/** Tables and figures of a part of the page. @param viewOf a study with the groups that a result is of */
export function pagePart(
  part: ResultPart,
  viewOf: (groups: PageGroups) => StudyView,
  choice: FigureChoice,
  added: AddedResults,
): Pick<TablesResult, 'tables' | 'figures' | 'order'> {
  const listed: ListedTable[] = [...results, ...(added.results ?? [])];
  const tables = tablesOf(
    listed.flatMap(({ section, page, ...result }) => (section === part && page ? [{ ...result, page }] : [])),
    ({ page }) => page.make(viewOf(page.of)),
  );
  const drawn: ListedFigure[] = [...figures, ...(added.figures ?? [])];
  const shown = drawn
    .flatMap(({ page, drawnAfter }) =>
      page?.part === part
        ? [page.make(viewOf(page.of), choice)].flat().map((made: Figure) => ({ made, id: made.id, after: drawnAfter }))
        : [],
    )
    .filter(({ made: { charts, notes } }) => charts.length + notes.length > 0);
  const places = [
    ...tables.flatMap(({ result: { ownForm, drawnAfter }, exhibit: { id } }) =>
      ownForm ? [] : [{ id, after: drawnAfter }],
    ),
    ...shown,
  ];
  return {
    tables: tables.map(({ result: { page }, exhibit }) => ({
      of: page.of === 'chosen' ? 'chosen' : 'targets',
      exhibit,
    })),
    figures: shown.map(({ made }) => made),
    order: inOrder(places).map(({ id }) => id),
  };
}

/** A table or figure on the page of a report. */
export interface Drawn {
  readonly id: string;
  /** What it is drawn after, where that is there. */
  readonly after: string | undefined;
  readonly what: { readonly table: Exhibit } | { readonly figure: Figure };
}

/**
 * What a section of a report's page draws: tables and figures, last tables of contributions that the screen does not have.
 * Such tables of the core stand only where a section places them.
 */
export function sectionDrawn(view: View, section: ReportSection): Drawn[] {
  const { results: tables = [], figures: further = [] } = view.data.added ?? {};
  const draw = (listed: readonly ListedTable[]): Drawn[] =>
    tablesOf(
      listed.filter(({ section: own, ownForm }) => own === section && !ownForm),
      ({ make }) => make(view),
    ).map(({ result, exhibit }) => ({ id: exhibit.id, after: result.drawnAfter, what: { table: exhibit } }));
  const all: ListedFigure[] = [...figures, ...further];
  return [
    ...draw([...results, ...tables].filter(({ page }) => page)),
    ...all.flatMap(({ section: own, make, drawnAfter }) =>
      own === section && make
        ? [make(view)].flat().map((made: Figure) => ({ id: made.id, after: drawnAfter, what: { figure: made } }))
        : [],
    ),
    ...draw(tables.filter(({ page }) => !page)),
  ];
}

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
  const listed: ListedTable[] = [...results, ...(view.data.added?.results ?? [])];
  return tablesOf(
    listed.filter(
      ({ section, otherwise, make }) =>
        (section === null || has(view, section) || (otherwise && has(view, otherwise))) && !tooLong.includes(make),
    ),
    ({ make }) => make(view),
  ).map(({ exhibit }) => exhibit);
}

/** Whether a table is short enough to be read on a page. */
export const isForReading = ({ long, rows }: Exhibit): boolean => !long && rows.length <= 60;

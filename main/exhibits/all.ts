import { type ReportSection, reportSections } from '../contract/api/report.ts';
import type { FigureChoice, ResultPart, TablesResult } from '../contract/api/results-tables.ts';
import { formatInteger } from '../domain/numbers/format.ts';
import type { ReportedPart } from './report-data.ts';
import { has, type View } from './view.ts';
import {
  type AddedFigure,
  type AddedResults,
  type AddedTable,
  type FigureResult,
  figure,
  groupTitles,
  inOrder,
  inOwnForm,
  onPage,
  type PageGroups,
  table,
  type TableResult,
  withAdded,
} from './result-lists.ts';
import type { StudyView } from './parts/study-view.ts';
import type { Exhibit } from '../contract/results/exhibit.ts';
import type { Figure } from '../contract/results/figure.ts';
import { certaintyFigure, seedTypesFigure } from './seed-figures.ts';
import { intervalsExhibit } from './intervals.ts';
import { eachImageExhibit, figure4Exhibit, entropyExhibit } from './images.ts';
import { agreementExhibit, agreementFigure, reportAgreementFigures } from './agreement.ts';
import { certaintyExhibit } from './certainty.ts';
import { figure2, table1, table2, table3, table4, table5 } from './paper-tables.ts';
import { missedExhibit, recipesExhibit, runsExhibit } from './records.ts';
import { softmaxExhibit } from './softmax.ts';
import { studyEntropyFigure, studySoftmaxFigure } from './study-figures.ts';
import { typesAtExhibit } from './types-at.ts';
import { typesFigure } from './types-figure.ts';

/** In reports alone, and on their page only where a section places it. */
const inReports = (section: TableResult['section'], make: TableResult<View>['make']): TableResult<View> => ({
  section,
  make,
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
  { ...table('softmax', 'targets', table4), otherwise: 'types' },
  inReports('types', figure4Exhibit),
  inOwnForm('seeds', 'targets', figure2),
  table('seeds', 'targets', table5),
  inReports('softmax', softmaxExhibit),
  { ...inReports('certainty', entropyExhibit), ofEachImage: 'entropy' },
  table('certainty', 'chosen', certaintyExhibit, groupTitles),
  table('agreement', 'chosen', agreementExhibit),
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

/** More raters than these cannot be read on a screen. */
const mostRaters = 400;

/** To add a figure, write the function that makes it and add it here. */
const figures: readonly ListedFigure[] = [
  { section: 'images', make: contributed('figures', 'images') },
  figure('types', 'both', typesFigure),
  figure('softmax', 'chosen', studySoftmaxFigure),
  figure('certainty', 'chosen', studyEntropyFigure),
  { section: 'agreement', make: reportAgreementFigures, drawnAfter: 'agreement' },
  onPage('agreement', 'matrix', (study, { measure }) => agreementFigure(study, measure, mostRaters)),
  figure('seeds', 'targets', seedTypesFigure),
  figure('seeds', 'targets', certaintyFigure),
];

const tablesWith = ({ results: added = [] }: AddedResults): ListedTable[] => withAdded(results, added);
const figuresWith = ({ figures: added = [] }: AddedResults): ListedFigure[] => [...figures, ...added];

/** Whether the page has a part: a section, or what a figure names. */
export const isPart = (part: ResultPart, added: AddedResults): boolean =>
  reportSections.some((section) => section === part) || figuresWith(added).some(({ page }) => page?.part === part);

/** Tables and figures of a part of the page. @param viewOf a study with the groups that a result is of */
export function pagePart(
  part: ResultPart,
  viewOf: (groups: PageGroups) => StudyView,
  choice: FigureChoice,
  added: AddedResults,
): Pick<TablesResult, 'tables' | 'figures' | 'order'> {
  const tables = tablesOf(
    tablesWith(added).flatMap(({ section, page, ...result }) =>
      section === part && page ? [{ ...result, page }] : [],
    ),
    ({ page }) => page.make(viewOf(page.of)),
  );
  const shown = figuresWith(added)
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
  const { added = {} } = view.data;
  const draw = (listed: readonly ListedTable[]): Drawn[] =>
    tablesOf(
      listed.filter(({ section: own, ownForm }) => own === section && !ownForm),
      ({ make }) => make(view),
    ).map(({ result, exhibit }) => ({ id: exhibit.id, after: result.drawnAfter, what: { table: exhibit } }));
  return [
    ...draw(tablesWith(added).filter(({ page }) => page)),
    ...figuresWith(added).flatMap(({ section: own, make, drawnAfter }) =>
      own === section && make
        ? [make(view)].flat().map((made: Figure) => ({ id: made.id, after: drawnAfter, what: { figure: made } }))
        : [],
    ),
    ...draw((added.results ?? []).filter(({ page, ofEachImage }) => !page && ofEachImage === undefined)),
  ];
}

/** Rows of a table in files: spreadsheets take hardly more. */
const mostRows = 1_000_000;

const countPoints = ({ groups, data }: View): number => groups.length * data.stimuli.items.length;

/** Whether the files of a report have a table of this section. */
const isChosen = (view: View, { section, otherwise }: ListedTable): boolean =>
  section === null || has(view, section) || (otherwise !== undefined && has(view, otherwise));

/** Which lists of every image at every target a report's files were to have and have not, as they are too long, and why. */
export function pointsLeftOut(view: View): string[] {
  const { formats } = view.choice;
  const rows = countPoints(view);
  if (rows <= mostRows || !(formats.includes('csv') || formats.includes('json'))) return [];
  const why = `${formatInteger(view.groups.length)} targets on ${formatInteger(view.data.stimuli.items.length)} images are ${formatInteger(rows)} rows, and a table of a report has at most ${formatInteger(mostRows)}. Choose fewer targets.`;
  return tablesWith(view.data.added ?? {}).flatMap((listed) =>
    listed.ofEachImage !== undefined && isChosen(view, listed) ? [`${listed.ofEachImage}: ${why}`] : [],
  );
}

/** Every table of the sections that were chosen, without those that have no rows or too many. */
export function reportExhibits(view: View): Exhibit[] {
  const isTooLong = countPoints(view) > mostRows;
  return tablesOf(
    tablesWith(view.data.added ?? {}).filter(
      (listed) => isChosen(view, listed) && !(isTooLong && listed.ofEachImage !== undefined),
    ),
    ({ make }) => make(view),
  ).map(({ exhibit }) => exhibit);
}

/** Whether a table is short enough to be read on a page. */
export const isForReading = ({ long, rows }: Exhibit): boolean => !long && rows.length <= 60;

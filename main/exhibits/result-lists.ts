import type { ReportSection } from '../contract/api/report.ts';
import type { FigureChoice, ResultPart } from '../contract/api/results-tables.ts';
import type { Exhibit } from '../contract/exhibit.ts';
import type { Figure } from '../contract/figure.ts';
import type { StudyView } from './study-view.ts';

/** Which groups a table of the page is of: those of all targets, those that were chosen, or both. */
export type PageGroups = 'targets' | 'chosen' | 'both';

/** A table of results, and where it is shown. Files of a report have all of them, in the order of their list. */
export interface TableResult<View extends StudyView = StudyView> {
  /** Null: in what is always there. */
  readonly section: ReportSection | null;
  readonly make: (view: View) => Exhibit | readonly Exhibit[];
  /** On screen; absent: nowhere, or in a form of its own. */
  readonly page?: { readonly of: PageGroups; readonly make: (study: StudyView) => Exhibit };
  /** Screen and report show it in a form of its own, such as a figure. */
  readonly ownForm?: true;
  /** Where a report without `section` shows it. */
  readonly otherwise?: ReportSection;
}

export type MakeFigure = (study: StudyView, choice: FigureChoice) => Figure | readonly Figure[];

/** A figure of results, and where it is shown. One without charts says why, or is left out. */
export interface FigureResult<View extends StudyView = StudyView> {
  readonly section: ReportSection;
  /** Null: reports do not have it, or in another form. */
  readonly make: ((view: View) => Figure | readonly Figure[]) | null;
  /** On screen; absent: nowhere, or in an answer of its own. */
  readonly page?: { readonly part: ResultPart; readonly of: PageGroups; readonly make: MakeFigure };
}

interface Drawn {
  /**
   * The table or figure of its section after which it is drawn, by its id. Absent: with what has no place of its own,
   * tables first, then figures, and last tables that the screen does not have.
   */
  readonly drawnAfter?: string;
}

/** A table that a contribution adds. */
export interface AddedTable extends TableResult, Drawn {
  readonly section: ReportSection;
  /** The table after which it stands in files, by its id. It stands last where neither that nor `before` is there. */
  readonly after?: string;
  /** Or the table before which it stands. */
  readonly before?: string;
}

/** A figure that a contribution adds, after those of the core. */
export interface AddedFigure extends FigureResult, Drawn {}

/** What contributions add to the tables and figures of results, made exactly as the core's own. */
export interface AddedResults {
  readonly results?: readonly AddedTable[];
  readonly figures?: readonly AddedFigure[];
}

/** In reports, their files and on the page. @param form of the page, which names the chosen groups by itself */
export const table = (
  section: ReportSection,
  of: PageGroups,
  make: (study: StudyView) => Exhibit,
  form: (exhibit: Exhibit, study: StudyView) => Exhibit = (exhibit) => exhibit,
) => ({ section, make, page: { of, make: (study: StudyView) => form(make(study), study) } }) satisfies TableResult;

/** What screen and report show in a form of its own, such as the numbers of a figure. */
export const inOwnForm = (section: ReportSection, of: PageGroups, make: (study: StudyView) => Exhibit) =>
  ({ ...table(section, of, make), ownForm: true }) satisfies TableResult;

/** In reports and on the page. @param part of the page that asks for it */
export const figure = (
  section: ReportSection,
  of: PageGroups,
  make: (study: StudyView) => Figure | readonly Figure[],
  part: ResultPart = section,
) => ({ section, make, page: { part, of, make } }) satisfies FigureResult;

/** A table or figure, by its id, and the one after or before which it stands. */
interface Placed {
  readonly id: string;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

/** Each behind or before the one that it names, and otherwise as listed. */
export function inOrder<Item extends Placed>(items: readonly Item[]): Item[] {
  const ids = new Set(items.map(({ id }) => id));
  const isKnown = (id: string | undefined): boolean => id !== undefined && ids.has(id);
  return items
    .filter(({ after, before }) => !isKnown(after) && !isKnown(before))
    .flatMap((item) => around(items, item));
}

/** An item with what names it, each with what names that. */
const around = <Item extends Placed>(items: readonly Item[], item: Item): Item[] => [
  ...items.filter(({ before }) => before === item.id).flatMap((each) => around(items, each)),
  item,
  ...followers(items, item.id),
];

/** What stands behind an id: what names it, each with what names that. */
export const followers = <Item extends Placed>(items: readonly Item[], id: string): Item[] =>
  items.filter(({ after }) => after === id).flatMap((each) => around(items, each));

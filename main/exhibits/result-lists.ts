import type { AnalysisPart } from '../analysis/groups/analysis-part.ts';
import { type ReportSection, reportSections } from '../contract/api/report.ts';
import type { FigureChoice, ResultPart } from '../contract/api/results-tables.ts';
import type { Cell, Column, Exhibit } from '../contract/results/exhibit.ts';
import type { Figure } from '../contract/results/figure.ts';
import { withTitles } from './parts/cells.ts';
import type { AgreementMeasure, StudyView } from './parts/study-view.ts';

/** Which groups a table of the page is of: those of all targets, those that were chosen, or both. */
export type PageGroups = 'targets' | 'chosen' | 'both';

/** A table of results, and where it is shown. Files of a report have all of them, in the order of their list. */
export interface TableResult<View extends StudyView = StudyView> {
  /** Null: in what is always there. */
  readonly section: ReportSection | null;
  readonly make: (view: View) => Exhibit | readonly Exhibit[];
  /** On screen; absent: nowhere, or in a form of its own. */
  readonly page?: {
    readonly of: PageGroups;
    readonly make: (study: StudyView) => Exhibit;
    /** Of a contribution's table: a study without predictions shows it too, where it has rows. */
    readonly withoutNetworks?: true;
  };
  /** Screen and report show it in a form of its own, such as a figure. */
  readonly ownForm?: true;
  /** Where a report without `section` shows it. */
  readonly otherwise?: ReportSection;
  /** Its id, where it has a row for each image at each target: files leave it out where these are too many, and name it. */
  readonly ofEachImage?: string;
  /** Its id, where it is of people alone: its caption names no networks. */
  readonly ofPeople?: string;
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
  /**
   * The table after which it stands in files, by its id, or that before which it stands. It stands last where neither is there.
   * Both absent: after the core's tables of its section.
   */
  readonly after?: string;
  readonly before?: string;
}

/** A figure that a contribution adds, after the core's figures of its section. */
export interface AddedFigure extends FigureResult, Drawn {}

/** A section on the page of a report that consists of tables and figures of these lists. */
export interface DrawnSection {
  readonly section: ReportSection;
  /** Of its heading, which the contents of the page lead to. */
  readonly id: string;
  readonly name: string;
  /** Ids of its tables and figures in the order in which they are drawn. Others follow them. */
  readonly first: readonly string[];
  /** It has nothing to show of people alone. */
  readonly needsNetworks?: true;
  /** Whether it has anything to show of such a study, on the page and in files. Absent: of every one. */
  readonly isShown?: (study: StudyView) => boolean;
}

/** A column of the table of each image. */
export interface ImageColumn {
  readonly column: Column;
  /** @param image place in lists by image */
  readonly cell: (image: number) => Cell;
}

/** What contributions add to the tables and figures of results, made exactly as the core's own. */
export interface AddedResults {
  readonly results?: readonly AddedTable[];
  readonly figures?: readonly AddedFigure[];
  /** Sections that the core does not have, in the order of all sections. */
  readonly sections?: readonly DrawnSection[];
  /** Fields and statistics of analyses. */
  readonly analysis?: readonly AnalysisPart[];
  /** Measures of how far two raters agree. */
  readonly measures?: readonly AgreementMeasure[];
  /** What people's answers have of each image, beside their votes. */
  readonly imageColumns?: readonly ((study: StudyView) => readonly ImageColumn[])[];
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

/** On the page alone, of the chosen groups. @param part of the page that asks for it */
export const onPage = (section: ReportSection, part: ResultPart, make: MakeFigure) =>
  ({ section, make: null, page: { part, of: 'chosen', make } }) satisfies FigureResult;

/** An exhibit of chosen groups, a row each, with their titles in place of targets. */
export const groupTitles = (exhibit: Exhibit, { groups }: StudyView): Exhibit =>
  withTitles(
    exhibit,
    groups.map(({ name }) => name),
  );

/** Place of a section among all. */
export const placeOf = (section: ReportSection): number => reportSections.indexOf(section);

const isPlaced = ({ after, before }: AddedTable): boolean => after !== undefined || before !== undefined;

/**
 * Tables of the core with those of contributions: behind all of their section, or of the section before where it has none yet.
 * Those that name another table are last here: `inOrder` places them.
 */
export function withAdded<Own extends TableResult<never>>(
  core: readonly Own[],
  added: readonly AddedTable[],
): (Own | AddedTable)[] {
  const all: (Own | AddedTable)[] = [...core];
  for (const one of added.filter((each) => !isPlaced(each))) {
    const places = all.map(({ section }) => (section === null ? -1 : placeOf(section)));
    const last = Math.max(...places.filter((place) => place <= placeOf(one.section)));
    all.splice(places.lastIndexOf(last) + 1, 0, one);
  }
  return [...all, ...added.filter(isPlaced)];
}

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

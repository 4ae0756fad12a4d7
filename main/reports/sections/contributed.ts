import type { ReportSection } from '../../contract/api/report.ts';
import { isForReading, pageTables } from '../../exhibits/all.ts';
import { has, type View } from '../../exhibits/view.ts';
import { drawFigure } from '../drawings/figure.ts';
import { exhibitTable } from '../formats/as-html.ts';
import { section as framed } from '../frame.ts';
import { type Content, type Html, html, trusted } from '../html.ts';

/** What contributions add to a section: figures, what they show, and tables that have rows; those that are too long to be read by their names. */
export const contributed = (view: View, section: ReportSection): Content =>
  view.data.contributed
    .filter((part) => part.section === section)
    .flatMap(({ figures, shows, tables }) => [
      ...figures.map((figure) => drawFigure(view, figure)),
      ...(shows ? [shows.found.length > 0 ? listed(shows.found) : html`<p>${shows.none}</p>`] : []),
      ...tables
        .filter(({ rows }) => rows.length > 0)
        .map((table) =>
          isForReading(table)
            ? exhibitTable(view, table)
            : html`<p>The table “${table.title}” with ${table.rows.length} rows is among the files of this report.</p>`,
        ),
    ]);

const listed = (sentences: readonly string[]): Html =>
  html`<ul>${sentences.map((text) => html`<li>${text}</li>`)}</ul>`;

/** What parts of contributions show, for a report without networks that are compared at a target. */
export const shownInstead = (view: View): Content[] =>
  view.data.contributed.flatMap(({ section, shows }) =>
    shows && has(view, section)
      ? [
          html`<p>${shows.lead}${shows.found.length === 0 && ` ${shows.none}`}</p>
    ${shows.found.length > 0 && listed(shows.found)}`,
        ]
      : [],
  );

/** Sections that contributions have alone, in the order of their first parts. */
export function ownSections(view: View): { id: string; name: string; body: Html }[] {
  const headings = new Map<ReportSection, string>();
  for (const { section, heading, tables, figures } of view.data.contributed) {
    if (heading !== undefined && has(view, section) && tables.length + figures.length > 0)
      headings.set(section, heading);
  }
  return [...headings].map(([section, name]) => {
    const id = `part-${section}`;
    return { id, name, body: framed(id, name, contributed(view, section)) };
  });
}

/** Pages of contributions after Results, in the order of their first parts. */
export function ownPages(view: View): { id: string; name: string; body: Html }[] {
  const parts = view.data.contributed.flatMap((part) =>
    part.page && has(view, part.section) ? [{ ...part.page, tables: pageTables(view, part) }] : [],
  );
  return [...Map.groupBy(parts, ({ id }) => id)].map(([id, all]) => {
    const name = all[0]?.name ?? '';
    const tables = all.flatMap((part) => part.tables);
    return {
      id,
      name,
      body: framed(
        id,
        name,
        tables.map((table) => exhibitTable(view, table)),
      ),
    };
  });
}

/** What contributions add at the end of the page. */
export const appendices = (view: View): { id: string; name: string; body: Html }[] =>
  view.data.contributed.flatMap(({ section, appendix }) =>
    appendix !== undefined && has(view, section)
      ? [{ id: section, name: appendix.name, body: framed(section, appendix.heading, trusted(appendix.body)) }]
      : [],
  );

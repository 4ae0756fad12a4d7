import type { ReportSection } from '../../contract/api/report.ts';
import { isForReading } from '../../exhibits/all.ts';
import { has, type View } from '../../exhibits/view.ts';
import { drawFigure } from '../drawings/figure.ts';
import { exhibitTable } from '../formats/as-html.ts';
import { section as framed } from '../frame.ts';
import { type Content, type Html, html } from '../html.ts';

/** What contributions add to a section: figures, and tables that have rows; those that are too long to be read by their names. */
export const contributed = (view: View, section: ReportSection): Content =>
  view.data.contributed
    .filter((part) => part.section === section)
    .flatMap(({ figures, tables }) => [
      ...figures.map((figure) => drawFigure(view, figure)),
      ...tables
        .filter(({ rows }) => rows.length > 0)
        .map((table) =>
          isForReading(table)
            ? exhibitTable(view, table)
            : html`<p>The table “${table.title}” with ${table.rows.length} rows is among the files of this report.</p>`,
        ),
    ]);

/** Sections that contributions have alone. */
export const ownSections = (view: View): { id: string; name: string; body: Html }[] =>
  view.data.contributed.flatMap(({ section, heading, tables, figures }) => {
    if (heading === undefined || !has(view, section) || tables.length + figures.length === 0) return [];
    const id = `part-${section}`;
    return [{ id, name: heading, body: framed(id, heading, contributed(view, section)) }];
  });

import type { ReportSection } from '../../contract/api/report.ts';
import type { View } from '../../exhibits/view.ts';
import { drawFigure } from '../drawings/figure.ts';
import { exhibitTable } from '../formats/as-html.ts';
import type { Content } from '../html.ts';

/** What contributions add to a section: figures, and tables that have rows. */
export const contributed = (view: View, section: ReportSection): Content =>
  view.data.contributed
    .filter((part) => part.section === section)
    .flatMap(({ figures, tables }) => [
      ...figures.map((figure) => drawFigure(view, figure)),
      ...tables.filter(({ rows }) => rows.length > 0).map((table) => exhibitTable(view, table)),
    ]);

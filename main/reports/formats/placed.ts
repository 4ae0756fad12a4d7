import type { ReportSection } from '../../contract/api/report.ts';
import { isForReading, sectionFigures, sectionTables } from '../../exhibits/all.ts';
import type { View } from '../../exhibits/view.ts';
import { drawFigure } from '../drawings/figure.ts';
import type { Content } from '../html.ts';
import { exhibitTable } from './as-html.ts';

/** Tables and figures of a section: those that it places by their ids, and all others, so that none is forgotten. */
export interface Placed {
  /** Nothing where the table has no rows, or the figure no charts. */
  take(...ids: string[]): Content;
  /** What was not taken: tables that are short enough to be read, then figures. */
  rest(): Content;
}

export function placed(view: View, section: ReportSection): Placed {
  const tables = sectionTables(view, section);
  const left = new Map<string, { isLong: boolean; draw: () => Content }>([
    ...tables.map((exhibit) => {
      const draw = (): Content => exhibitTable(view, exhibit);
      return [exhibit.id, { isLong: !isForReading(exhibit), draw }] as const;
    }),
    ...sectionFigures(view, section).map((figure) => {
      const draw = (): Content => drawFigure(view, figure);
      return [figure.id, { isLong: false, draw }] as const;
    }),
  ]);
  const take = (...ids: string[]): Content =>
    ids.map((id) => {
      const found = left.get(id);
      left.delete(id);
      return found?.draw();
    });
  return { take, rest: () => take(...[...left].flatMap(([id, { isLong }]) => (isLong ? [] : id))) };
}

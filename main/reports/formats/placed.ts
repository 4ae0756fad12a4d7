import type { ReportSection } from '../../contract/api/report.ts';
import { isForReading, sectionDrawn } from '../../exhibits/all.ts';
import { followers, inOrder } from '../../exhibits/result-lists.ts';
import type { View } from '../../exhibits/view.ts';
import { drawFigure } from '../drawings/figure.ts';
import type { Content } from '../html.ts';
import { exhibitTable } from './as-html.ts';

/** Tables and figures of a section: those that it places by their ids, and all others, so that none is forgotten. */
export interface Placed {
  /** With what stands behind them. Nothing where the table has no rows, or the figure no charts. */
  take(...ids: string[]): Content;
  /** What was not taken: tables that are short enough to be read, then figures. */
  rest(): Content;
  /** What was not taken, however long. */
  all(): Content;
}

export function placed(view: View, section: ReportSection): Placed {
  const all = sectionDrawn(view, section);
  const left = new Map(all.map((each) => [each.id, each]));
  const draw = (id: string): Content => {
    const found = left.get(id)?.what;
    left.delete(id);
    if (found === undefined) return undefined;
    return 'table' in found ? exhibitTable(view, found.table) : drawFigure(view, found.figure);
  };
  return {
    take: (...ids) => ids.flatMap((id) => [draw(id), ...followers(all, id).map((each) => draw(each.id))]),
    all: () => inOrder([...left.values()]).map(({ id }) => draw(id)),
    rest: () =>
      inOrder([...left.values()]).flatMap(({ id, what }) =>
        'table' in what && !isForReading(what.table) ? [] : [draw(id)],
      ),
  };
}

import type { ReportSection } from '../../contract/api/report.ts';
import { isForReading, sectionTables } from '../../exhibits/all.ts';
import type { View } from '../../exhibits/view.ts';
import type { Content, Html } from '../html.ts';
import { exhibitTable } from './as-html.ts';

/** The tables of a section: those that it places by their ids, and all others, so that none is forgotten. */
export interface PlacedTables {
  /** Nothing where the table has no rows. */
  take(id: string): Content;
  /** Tables that were not taken and are short enough to be read. */
  rest(): Html[];
}

export function placedTables(view: View, section: ReportSection): PlacedTables {
  const left = new Map(sectionTables(view, section).map((exhibit) => [exhibit.id, exhibit]));
  return {
    take(id) {
      const exhibit = left.get(id);
      left.delete(id);
      return exhibit && exhibitTable(view, exhibit);
    },
    rest: () => [...left.values()].filter(isForReading).map((exhibit) => exhibitTable(view, exhibit)),
  };
}

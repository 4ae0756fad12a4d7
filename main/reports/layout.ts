import type { ReportStimulus } from './report-data.ts';

/** Where each stimulus stands: a row for each pair, a column for each alpha. */
export interface Layout {
  /** Alphas, ascending; empty when the images have no pairs and stand in plain rows. */
  alphas: number[];
  /** Number of columns. */
  columns: number;
  rows: LayoutRow[];
  /** Images left out because the report would become too large. */
  hidden: number;
}

export interface LayoutRow {
  /** Class indexes, or null in plain rows. */
  pair: readonly [number, number] | null;
  /** Index into the stimuli, or null where the pair has no image at this alpha. */
  cells: (number | null)[];
}

/** More images than this are not drawn: the files beside the report hold them all. */
export const maxDrawn = 1000;
const plainColumns = 15;

/** Pairs by alphas where every image has a place of its own there, else plain rows in order of id. */
export function layOut(items: readonly ReportStimulus[]): Layout {
  const layout = pairLayout(items) ?? plainLayout(items);
  const rows = layout.rows.slice(0, Math.max(1, Math.floor(maxDrawn / Math.max(1, layout.columns))));
  const drawn = rows.flatMap((row) => row.cells).filter((cell) => cell !== null).length;
  return { ...layout, rows, hidden: items.length - drawn };
}

function pairLayout(items: readonly ReportStimulus[]): Layout | null {
  const alphas = [...new Set(items.map((item) => item.alpha))].filter((alpha) => alpha !== null).sort((a, b) => a - b);
  const column = new Map(alphas.map((alpha, index) => [alpha, index]));
  const rows = new Map<string, LayoutRow>();
  for (const [index, { pairI, pairJ, alpha }] of items.entries()) {
    if (pairI === null || pairJ === null || alpha === null) return null;
    const key = `${pairI}-${pairJ}`;
    const row = rows.get(key) ?? { pair: [pairI, pairJ], cells: alphas.map(() => null) };
    const place = column.get(alpha) ?? 0;
    if (row.cells[place] !== null) return null;
    row.cells[place] = index;
    rows.set(key, row);
  }
  return { alphas, columns: alphas.length, rows: [...rows.values()], hidden: 0 };
}

function plainLayout(items: readonly ReportStimulus[]): Layout {
  const rows: LayoutRow[] = [];
  for (let start = 0; start < items.length; start += plainColumns) {
    const cells = Array.from({ length: plainColumns }, (_, offset) =>
      start + offset < items.length ? start + offset : null,
    );
    rows.push({ pair: null, cells });
  }
  return { alphas: [], columns: plainColumns, rows, hidden: 0 };
}

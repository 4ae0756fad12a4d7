import { distinctAlphas, isPlaced, sameAlpha, type StimulusImage } from '../../domain/stimuli/stimulus-set.ts';

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
/** Images drawn where there are more, without pairs: the first ones. A page of a thousand color images has megabytes. */
const excerpt = 150;
const plainColumns = 15;

/**
 * Pairs by alphas where every image has a place of its own there. Else plain rows: images between no classes in the order of
 * people's entropy, the most disagreed on first, all others in order of id.
 * @param entropy of people's labels, by image; null: nobody labeled it
 */
export function layOut(items: readonly StimulusImage[], entropy: readonly (number | null)[] = []): Layout {
  const order = [...items.keys()];
  if (!items.some(isPlaced)) order.sort((a, b) => (entropy[b] ?? -1) - (entropy[a] ?? -1) || a - b);
  const layout = pairLayout(items) ?? plainLayout(order);
  const most = layout.alphas.length === 0 && items.length > maxDrawn ? excerpt : maxDrawn;
  const rows = layout.rows.slice(0, Math.max(1, Math.floor(most / Math.max(1, layout.columns))));
  const drawn = rows.flatMap((row) => row.cells).filter((cell) => cell !== null).length;
  return { ...layout, rows, hidden: items.length - drawn };
}

function pairLayout(items: readonly StimulusImage[]): Layout | null {
  const alphas = distinctAlphas(items);
  const rows = new Map<string, LayoutRow>();
  for (const [index, { pairI, pairJ, alpha }] of items.entries()) {
    if (pairI === null || pairJ === null || alpha === null) return null;
    const key = `${pairI}-${pairJ}`;
    const row = rows.get(key) ?? { pair: [pairI, pairJ], cells: alphas.map(() => null) };
    const place = alphas.findIndex((each) => sameAlpha(each, alpha));
    if (row.cells[place] !== null) return null;
    row.cells[place] = index;
    rows.set(key, row);
  }
  return { alphas, columns: alphas.length, rows: [...rows.values()], hidden: 0 };
}

function plainLayout(order: readonly number[]): Layout {
  const rows: LayoutRow[] = [];
  for (let start = 0; start < order.length; start += plainColumns) {
    rows.push({
      pair: null,
      cells: Array.from({ length: plainColumns }, (_, offset) => order[start + offset] ?? null),
    });
  }
  return { alphas: [], columns: plainColumns, rows, hidden: 0 };
}

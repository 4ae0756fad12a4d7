/** Positions of a grid's cells. Lengths in CSS pixels. */
export interface GridLayout {
  columns: number;
  rows: number;
  /** Distance between cells: across and down. */
  pitch: number;
  down: number;
  /** Side of an image. */
  cell: number;
  /** Room for names left of the first column and above the first row. */
  left: number;
  top: number;
}

const gap = 4;

interface GridShape {
  count: number;
  /** Images in a row; null: as many as fit. */
  columns: number | null;
  cell: number;
  /** Room under each image for text that must not cover it. */
  foot: number;
  width: number;
  /** Room for names left of the rows; 0: there are none. */
  rowNames: number;
  columnNames: boolean;
}

export function layoutGrid({ count, columns, cell, foot, width, rowNames, columnNames }: GridShape): GridLayout {
  const pitch = cell + gap;
  const left = gap + rowNames;
  const across = columns ?? Math.max(1, Math.floor((width - left) / pitch));
  const top = gap + (columnNames ? 20 : 0);
  return { columns: across, rows: Math.ceil(count / across), pitch, down: pitch + foot, cell, left, top };
}

/** First and last visible index; last < first where nothing is visible. */
export function visibleRange(layout: GridLayout, count: number, scrollTop: number, height: number): [number, number] {
  const firstRow = Math.max(0, Math.floor((scrollTop - layout.top) / layout.down));
  const lastRow = Math.floor((scrollTop + height - layout.top) / layout.down);
  return [firstRow * layout.columns, Math.min(count - 1, (lastRow + 1) * layout.columns - 1)];
}

/** Top left corner of a cell in the grid. */
export function cellPosition({ columns, pitch, down, left, top }: GridLayout, index: number): { x: number; y: number } {
  return { x: left + (index % columns) * pitch, y: top + Math.floor(index / columns) * down };
}

/** Index of the cell at a point of the grid, or null outside all cells. */
export function cellAt(layout: GridLayout, count: number, x: number, y: number): number | null {
  const column = Math.floor((x - layout.left) / layout.pitch);
  const row = Math.floor((y - layout.top) / layout.down);
  if (column < 0 || column >= layout.columns || row < 0) return null;
  const index = row * layout.columns + column;
  return index < count ? index : null;
}

/** Index that a key moves to, or null for other keys. `page`: rows that fit on screen. */
export function moveIndex(
  key: string,
  index: number,
  { columns }: GridLayout,
  count: number,
  page: number,
): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    k: -columns,
    j: columns,
    PageUp: -columns * page,
    PageDown: columns * page,
  };
  if (count === 0) return null;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const step = steps[key];
  if (step === undefined) return null;
  const next = index + step;
  if (next >= 0 && next < count) return next;
  // Arrows stop at the edges; a page jump ends in the first or last row.
  return Math.abs(step) > columns ? (step < 0 ? index % columns : count - 1) : index;
}

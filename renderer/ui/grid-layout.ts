/** Where cells of a grid stand. Lengths in CSS pixels. */
export interface GridLayout {
  columns: number;
  rows: number;
  /** From one cell to the next: across, and down. */
  pitch: number;
  down: number;
  /** Of an image. */
  cell: number;
  /** Left of the first column and above the first row, for names. */
  left: number;
  top: number;
}

const gap = 4;

export interface GridShape {
  count: number;
  /** Images in a row; null: as many as fit. */
  columns: number | null;
  cell: number;
  /** CSS pixels under each image, for words that must not cover it. */
  foot: number;
  width: number;
  rowNames: boolean;
  columnNames: boolean;
}

export function layoutGrid({ count, columns, cell, foot, width, rowNames, columnNames }: GridShape): GridLayout {
  const pitch = cell + gap;
  const left = gap + (rowNames ? 72 : 0);
  const across = columns ?? Math.max(1, Math.floor((width - left) / pitch));
  const top = gap + (columnNames ? 20 : 0);
  return { columns: across, rows: Math.ceil(count / across), pitch, down: pitch + foot, cell, left, top };
}

/** The first and the last index that can be seen, and nothing where there is none. */
export function visibleRange(layout: GridLayout, count: number, scrollTop: number, height: number): [number, number] {
  const firstRow = Math.max(0, Math.floor((scrollTop - layout.top) / layout.down));
  const lastRow = Math.floor((scrollTop + height - layout.top) / layout.down);
  return [firstRow * layout.columns, Math.min(count - 1, (lastRow + 1) * layout.columns - 1)];
}

/** Left top corner of a cell in the whole grid. */
export function cellPosition({ columns, pitch, down, left, top }: GridLayout, index: number): { x: number; y: number } {
  return { x: left + (index % columns) * pitch, y: top + Math.floor(index / columns) * down };
}

/** The cell at a point of the whole grid, or null beside all of them. */
export function cellAt(layout: GridLayout, count: number, x: number, y: number): number | null {
  const column = Math.floor((x - layout.left) / layout.pitch);
  const row = Math.floor((y - layout.top) / layout.down);
  if (column < 0 || column >= layout.columns || row < 0) return null;
  const index = row * layout.columns + column;
  return index < count ? index : null;
}

/** Where a key leads from a cell, or null for a key that leads nowhere. `page`: rows that fit on screen. */
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
  // Up and down stay in their column; a page stops at the first and the last row.
  return Math.abs(step) > columns ? (step < 0 ? index % columns : count - 1) : index;
}

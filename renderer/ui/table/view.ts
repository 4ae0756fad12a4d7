import { type ReactNode, useMemo, useState } from 'react';
import type { ExportCell, ExportTable } from '../export/csv.ts';
import {
  type ColumnDef,
  getCoreRowModel,
  getFilteredRowModel,
  getSortedRowModel,
  type Row as TanstackRow,
  type SortingState,
  useReactTable,
} from '@tanstack/react-table';

export interface DataColumn<Row> {
  id: string;
  /** Sentence case, with its unit: `Time (s)`. */
  title: string;
  /** What is sorted, filtered by, grouped by and exported. Null sorts last. */
  value: (row: Row) => ExportCell;
  /** How it is drawn; left out: the value as text. */
  cell?: (row: Row) => ReactNode;
  /** Right-aligned. */
  numeric?: boolean;
  /** CSS pixels. */
  width?: number;
  /** Not shown until the user asks for it. */
  hidden?: boolean;
  /** Rows can be grouped by it. */
  groupable?: boolean;
}

/** How the user has set a table up: what is remembered, and what a saved view holds. */
export interface TableView {
  sort: { column: string; descending: boolean } | null;
  /** Ids of columns that do not show. */
  hidden: string[];
  filter: string;
  groupBy: string | null;
}

export function defaultView<Row>(columns: readonly DataColumn<Row>[]): TableView {
  return { sort: null, hidden: columns.filter(({ hidden }) => hidden).map(({ id }) => id), filter: '', groupBy: null };
}

/** A line of a grouped table. */
export type Item<Row> = { kind: 'group'; title: string; count: number } | { kind: 'row'; row: Row; index: number };

/** Rows in their order, under the headings of their groups, which come in the order of their names. */
export function groupRows<Row>(rows: readonly Row[], groupBy: DataColumn<Row> | undefined): Item<Row>[] {
  if (!groupBy) return rows.map((row, index) => ({ kind: 'row', row, index }));
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const title = String(groupBy.value(row) ?? '–');
    const members = groups.get(title);
    if (members) members.push(row);
    else groups.set(title, [row]);
  }
  let index = 0;
  return [...groups]
    .sort(([a], [b]) => compareValues(a, b))
    .flatMap(([title, members]): Item<Row>[] => [
      { kind: 'group', title, count: members.length },
      ...members.map((row): Item<Row> => ({ kind: 'row', row, index: index++ })),
    ]);
}

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Numbers by size, texts as people sort them; null after everything. */
export function compareValues(a: ExportCell, b: ExportCell): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return names.compare(String(a), String(b));
}

/** Whether every word of a filter stands somewhere in the row. */
export function matchesFilter<Row>(row: Row, columns: readonly DataColumn<Row>[], words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = columns
    .map(({ value }) => String(value(row) ?? ''))
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

export const filterWords = (filter: string): string[] => filter.toLowerCase().split(/\s+/).filter(Boolean);

/** The table as it stands: shown columns, filtered and sorted rows. */
export function toExportTable<Row>(columns: readonly DataColumn<Row>[], rows: readonly Row[]): ExportTable {
  return {
    columns: columns.map(({ title }) => title),
    rows: rows.map((row) => columns.map(({ value }) => value(row))),
  };
}

/** Rows as a view shows them: filtered, then sorted. Rows that compare as equal keep their order. */
export function useRows<Row>(rows: readonly Row[], columns: readonly DataColumn<Row>[], view: TableView): Row[] {
  const data = useMemo(() => [...rows], [rows]);
  const definitions = useMemo(() => columns.map(definitionOf), [columns]);
  const words = useMemo(() => filterWords(view.filter), [view.filter]);
  const sorting = useMemo(() => sortingOf(view.sort, columns), [view.sort, columns]);
  const table = useReactTable<Row>({
    data,
    columns: definitions,
    state: { globalFilter: words.length > 0 ? words : undefined, sorting },
    autoResetAll: false,
    autoResetPageIndex: false,
    globalFilterFn: (row) => matchesFilter(row.original, columns, words),
    // One look at a row sees all of its columns.
    getColumnCanGlobalFilter: (column) => column.id === columns[0]?.id,
    getCoreRowModel: getCoreRowModel(),
    getFilteredRowModel: getFilteredRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
  const { rows: shown } = table.getRowModel();
  return useMemo(() => shown.map(({ original }) => original), [shown]);
}

function definitionOf<Row>({ id, value }: DataColumn<Row>): ColumnDef<Row> {
  return {
    id,
    // Undefined is what the table puts last, whichever way one sorts.
    accessorFn: (row) => value(row) ?? undefined,
    sortUndefined: 'last',
    sortingFn: (a: TanstackRow<Row>, b: TanstackRow<Row>, column: string) =>
      compareValues(a.getValue(column), b.getValue(column)),
  };
}

/** A remembered view may name a column that is no more. */
function sortingOf<Row>(sort: TableView['sort'], columns: readonly DataColumn<Row>[]): SortingState {
  if (!sort || !columns.some(({ id }) => id === sort.column)) return [];
  return [{ id: sort.column, desc: sort.descending }];
}

/** A table's view, remembered by this browser under the table's id. */
export function useRememberedView<Row>(
  id: string,
  columns: readonly DataColumn<Row>[],
): readonly [TableView, (view: TableView) => void] {
  const [view, setView] = useState(() => remembered(id) ?? defaultView(columns));
  const change = (next: TableView): void => {
    setView(next);
    remember(id, next);
  };
  return [view, change];
}

const keyOf = (id: string): string => `table:${id}`;

function remembered(id: string): TableView | null {
  try {
    const view: unknown = JSON.parse(localStorage.getItem(keyOf(id)) ?? 'null');
    // What was typed to find one row is not how one wants to see the table tomorrow.
    return isView(view) ? { ...view, filter: '' } : null;
  } catch {
    return null;
  }
}

function remember(id: string, view: TableView): void {
  try {
    localStorage.setItem(keyOf(id), JSON.stringify(view));
  } catch {
    // A browser that keeps nothing: the view lasts as long as the page.
  }
}

function isView(view: unknown): view is TableView {
  if (typeof view !== 'object' || view === null) return false;
  const { sort, hidden, filter, groupBy } = view as Partial<Record<keyof TableView, unknown>>;
  const isSort = sort === null || (typeof sort === 'object' && sort !== undefined && 'column' in sort);
  return (
    isSort && Array.isArray(hidden) && typeof filter === 'string' && (groupBy === null || typeof groupBy === 'string')
  );
}

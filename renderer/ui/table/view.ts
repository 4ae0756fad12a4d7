import { useMemo, useState } from 'react';
import {
  type ColumnDef,
  getCoreRowModel,
  getFilteredRowModel,
  getSortedRowModel,
  type Row as TanstackRow,
  type SortingState,
  useReactTable,
} from '@tanstack/react-table';
import type { ExportCell, ExportTable } from '../export/csv.ts';
import type { GridColumn, GridLine } from './virtual-grid.tsx';

export interface DataColumn<Row> extends GridColumn<Row> {
  hidden?: boolean;
  /** Offered for grouping. */
  groupable?: boolean;
}

/** A table's settings by the user; remembered and saved as views. */
export interface TableView {
  sort: { column: string; descending: boolean } | null;
  /** Ids of hidden columns. */
  hidden: string[];
  filter: string;
  groupBy: string | null;
}

export function defaultView<Row>(columns: readonly DataColumn<Row>[]): TableView {
  return { sort: null, hidden: columns.filter(({ hidden }) => hidden).map(({ id }) => id), filter: '', groupBy: null };
}

/** Rows in order, under their groups' headings; groups are sorted by name. */
export function groupRows<Row>(
  rows: readonly Row[],
  groupBy: DataColumn<Row> | undefined,
  rowId: (row: Row) => string,
): GridLine<string>[] {
  const line = (row: Row): GridLine<string> => ({ kind: 'row', key: rowId(row) });
  if (!groupBy) return rows.map(line);
  const groups = Map.groupBy(rows, (row) => String(groupBy.value(row) ?? '–'));
  return [...groups]
    .sort(([a], [b]) => compareValues(a, b))
    .flatMap(([title, members]): GridLine<string>[] => [
      { kind: 'group', title, count: members.length },
      ...members.map(line),
    ]);
}

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Numbers by value, texts in natural order, null last. */
function compareValues(a: ExportCell, b: ExportCell): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return names.compare(String(a), String(b));
}

/** Whether the row contains every word of the filter. */
function matchesFilter<Row>(row: Row, columns: readonly DataColumn<Row>[], words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = columns
    .map(({ value }) => String(value(row) ?? ''))
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

const filterWords = (filter: string): string[] => filter.toLowerCase().split(/\s+/).filter(Boolean);

/** The table as shown: visible columns, filtered and sorted rows. */
export function toExportTable<Row>(columns: readonly DataColumn<Row>[], rows: readonly Row[]): ExportTable {
  return {
    columns: columns.map(({ title }) => title),
    rows: rows.map((row) => columns.map(({ value }) => value(row))),
  };
}

/** Rows filtered and sorted by a view. Equal rows keep their order. */
export function useRows<Row>(rows: readonly Row[], columns: readonly DataColumn<Row>[], view: TableView): Row[] {
  const data = useMemo(() => [...rows], [rows]);
  const definitions = useMemo(() => columns.map(toColumnDef), [columns]);
  const words = useMemo(() => filterWords(view.filter), [view.filter]);
  const sorting = useMemo(() => toSorting(view.sort, columns), [view.sort, columns]);
  const table = useReactTable<Row>({
    data,
    columns: definitions,
    state: { globalFilter: words.length > 0 ? words : undefined, sorting },
    autoResetAll: false,
    autoResetPageIndex: false,
    globalFilterFn: (row) => matchesFilter(row.original, columns, words),
    // The filter reads all columns at once, so one call a row is enough.
    getColumnCanGlobalFilter: (column) => column.id === columns[0]?.id,
    getCoreRowModel: getCoreRowModel(),
    getFilteredRowModel: getFilteredRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
  const { rows: shown } = table.getRowModel();
  return useMemo(() => shown.map(({ original }) => original), [shown]);
}

function toColumnDef<Row>({ id, value }: DataColumn<Row>): ColumnDef<Row> {
  return {
    id,
    // The table sorts undefined last in both directions.
    accessorFn: (row) => value(row) ?? undefined,
    sortUndefined: 'last',
    sortingFn: (a: TanstackRow<Row>, b: TanstackRow<Row>, column: string) =>
      compareValues(a.getValue(column), b.getValue(column)),
  };
}

/** A remembered view may name a removed column. */
function toSorting<Row>(sort: TableView['sort'], columns: readonly DataColumn<Row>[]): SortingState {
  if (!sort || !columns.some(({ id }) => id === sort.column)) return [];
  return [{ id: sort.column, desc: sort.descending }];
}

/** A table's view, remembered by this browser under the table's id. */
export function useRememberedView<Row>(
  id: string,
  columns: readonly DataColumn<Row>[],
): readonly [TableView, (view: TableView) => void] {
  const [view, setView] = useState(() => loadView(id) ?? defaultView(columns));
  const change = (next: TableView): void => {
    setView(next);
    saveView(id, next);
  };
  return [view, change];
}

const storageKey = (id: string): string => `table:${id}`;

function loadView(id: string): TableView | null {
  try {
    const view: unknown = JSON.parse(localStorage.getItem(storageKey(id)) ?? 'null');
    // The typed filter is not remembered: it was meant for one search.
    return isView(view) ? { ...view, filter: '' } : null;
  } catch {
    return null;
  }
}

function saveView(id: string, view: TableView): void {
  try {
    localStorage.setItem(storageKey(id), JSON.stringify(view));
  } catch {
    // Storage is unavailable: the view lasts as long as the page.
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

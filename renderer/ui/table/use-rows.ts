import {
  type ColumnDef,
  getCoreRowModel,
  getFilteredRowModel,
  getSortedRowModel,
  type Row as TableRow,
  type SortingState,
  useReactTable,
} from '@tanstack/react-table';
import { useMemo } from 'react';
import { compareValues, type DataColumn, matches, type TableView, wordsOf } from './columns.ts';

/** Rows as a view shows them: filtered, then sorted. Rows that compare as equal keep their order. */
export function useRows<Row>(rows: readonly Row[], columns: readonly DataColumn<Row>[], view: TableView): Row[] {
  const data = useMemo(() => [...rows], [rows]);
  const definitions = useMemo(() => columns.map(definitionOf), [columns]);
  const words = useMemo(() => wordsOf(view.filter), [view.filter]);
  const sorting = useMemo(() => sortingOf(view.sort, columns), [view.sort, columns]);
  const table = useReactTable<Row>({
    data,
    columns: definitions,
    state: { globalFilter: words.length > 0 ? words : undefined, sorting },
    autoResetAll: false,
    autoResetPageIndex: false,
    globalFilterFn: (row) => matches(row.original, columns, words),
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
    sortingFn: (a: TableRow<Row>, b: TableRow<Row>, column: string) =>
      compareValues(a.getValue(column), b.getValue(column)),
  };
}

/** A remembered view may name a column that is no more. */
function sortingOf<Row>(sort: TableView['sort'], columns: readonly DataColumn<Row>[]): SortingState {
  if (!sort || !columns.some(({ id }) => id === sort.column)) return [];
  return [{ id: sort.column, desc: sort.descending }];
}

import { type ReactNode, useMemo, useRef } from 'react';
import { TableTools } from './table-tools.tsx';
import { type DataColumn, groupRows, type TableView, toExportTable, useRememberedView, useRows } from './view.ts';
import { type ColumnSort, columnSort, VirtualGrid } from './virtual-grid.tsx';

export type { DataColumn } from './view.ts';

interface DataTableProps<Row> {
  /** Key of the view that this browser remembers. */
  id: string;
  /** Accessible name, and the name of exported files: `Runs of Quick study`. */
  label: string;
  rows: readonly Row[];
  /** Must be the same array while nothing changes, so that rows are not redrawn. */
  columns: readonly DataColumn<Row>[];
  rowId: (row: Row) => string;
  /** Enter or a click. */
  onOpen?: (row: Row) => void;
  /** Ids of selected rows; `onSelect` makes rows selectable. */
  selected?: ReadonlySet<string>;
  onSelect?: (ids: ReadonlySet<string>) => void;
  /** Beside the filter box. */
  tools?: ReactNode;
  /** Shown instead of a table without rows. */
  empty?: ReactNode;
  /** CSS height of the rows' window. */
  height?: number | string;
}

/** A table of rows that are all there, with sorting, filter, columns, grouping and export; / goes to the filter. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { id, label, rows, columns, rowId, onOpen, onSelect, selected, tools, empty, height = 480 } = props;
  const [view, onView] = useRememberedView(id, columns);
  const shown = useRows(rows, columns, view);
  const visible = useMemo(() => columns.filter((column) => !view.hidden.includes(column.id)), [columns, view.hidden]);
  const groupBy = columns.find((column) => column.id === view.groupBy);
  // Its function is another one each time.
  const keyOf = useRef(rowId);
  keyOf.current = rowId;
  const byId = useMemo(() => new Map(rows.map((row) => [keyOf.current(row), row])), [rows]);
  const lines = useMemo(() => groupRows(shown, groupBy, keyOf.current), [shown, groupBy]);
  const source = useMemo(
    () => ({ get: (key: string) => byId.get(key) ?? null, subscribe: () => () => undefined }),
    [byId],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const openKey = (key: string): void => {
    const row = byId.get(key);
    if (row !== undefined) onOpen?.(row);
  };
  if (rows.length === 0 && empty !== undefined) return empty;
  return (
    <div className="data-table" style={{ height }}>
      <TableTools
        label={label}
        columns={columns}
        view={view}
        onView={onView}
        shown={shown.length}
        total={rows.length}
        table={() => toExportTable(visible, shown)}
        onDone={() => scroller.current?.focus()}
      >
        {tools}
      </TableTools>
      <VirtualGrid
        label={label}
        lines={lines}
        rows={source}
        columns={visible}
        sortOf={(column) => sortOf(column, view, onView)}
        onOpen={onOpen && openKey}
        selected={selected}
        onSelect={onSelect}
        scroller={scroller}
      />
    </div>
  );
}

/** A click sorts ascending, a second one descending, a third one not at all. */
function sortOf(column: string, view: TableView, onView: (view: TableView) => void): ColumnSort {
  const now = view.sort?.column === column ? view.sort : null;
  return columnSort(now, () =>
    onView({ ...view, sort: now?.descending ? null : { column, descending: now !== null } }),
  );
}

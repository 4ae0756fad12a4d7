import { Checkbox } from '@mantine/core';
import { getHotkeyHandler, type HotkeyItem } from '@mantine/hooks';
import { memo, type ReactNode, useCallback, useId, useMemo, useRef } from 'react';
import { boxWidth, GroupRow, HeadCell, SelectAllCell, type Selection, toggleId, useVirtualRows } from './parts.tsx';
import type { ExportCell } from '../export/csv.ts';
import { TableTools } from './table-tools.tsx';
import {
  type DataColumn,
  groupRows,
  type Item,
  type TableView,
  toExportTable,
  useRememberedView,
  useRows,
} from './view.ts';

export type { DataColumn, TableView } from './view.ts';

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
  /** The view, if the screen holds it; left out: the table remembers its own. */
  view?: TableView;
  onView?: (view: TableView) => void;
  /** Beside the filter box. */
  tools?: ReactNode;
  /** Shown instead of a table without rows. */
  empty?: ReactNode;
  /** CSS height of the rows' window. */
  height?: number | string;
}

const none: ReadonlySet<string> = new Set();

/**
 * A virtual table with sorting, filter, columns, grouping and export. Keyboard: j/k or arrows, Home, End, Page keys; Enter
 * opens, space selects, / filters, Escape clears the selection.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { id, label, rows, columns, rowId, onOpen, onSelect, selected = none, tools, empty, height = 480 } = props;
  const own = useRememberedView(id, columns);
  const view = props.view ?? own[0];
  const onView = props.onView ?? own[1];
  const shown = useRows(rows, columns, view);
  const visible = useMemo(() => columns.filter((column) => !view.hidden.includes(column.id)), [columns, view.hidden]);
  const groupBy = columns.find((column) => column.id === view.groupBy);
  const items = useMemo(() => groupRows(shown, groupBy), [shown, groupBy]);
  const lines = useMemo(() => items.flatMap((item, line) => (item.kind === 'row' ? [line] : [])), [items]);
  const scroller = useRef<HTMLDivElement>(null);
  const { virtual, at, setCurrent, keys: moves } = useVirtualRows(scroller, items.length, lines);
  const grid = useId();
  const rowAt = (index: number): Row | undefined => getRow(items[lines[index] ?? -1]);
  const currentRow = rowAt(at);
  const toggle = (row: Row): void => onSelect?.(toggleId(selected, rowId(row)));
  const keys = getHotkeyHandler([
    ...moves,
    ['Enter', () => currentRow !== undefined && onOpen?.(currentRow)],
    ['space', () => currentRow !== undefined && toggle(currentRow)],
    ...(selected.size > 0 ? [['Escape', () => onSelect?.(none)] satisfies HotkeyItem] : []),
  ]);

  const latest = useRef({ toggle, onOpen, selectRange });
  function selectRange(from: number, to: number): void {
    const [first, last] = [Math.min(from, to), Math.max(from, to)];
    const range = Array.from({ length: last - first + 1 }, (_, step) => rowAt(first + step));
    onSelect?.(new Set([...selected, ...range.flatMap((row) => (row === undefined ? [] : [rowId(row)]))]));
  }
  latest.current = { toggle, onOpen, selectRange };
  const onPress = useCallback(
    (item: Item<Row>, event: React.MouseEvent) => {
      if (item.kind === 'group' || isControl(event.target)) return;
      const inBox = (event.target as Element).closest('[data-box]') !== null;
      setCurrent((before) => {
        if (event.shiftKey) queueMicrotask(() => latest.current.selectRange(before, item.index));
        return item.index;
      });
      if (event.shiftKey) return;
      if (inBox || event.ctrlKey || event.metaKey) latest.current.toggle(item.row);
      else latest.current.onOpen?.(item.row);
    },
    [setCurrent],
  );

  if (rows.length === 0 && empty !== undefined) return empty;
  const ids = onSelect ? shown.map(rowId) : [];
  const chosen = ids.filter((each) => selected.has(each)).length;
  const selection = onSelect && {
    all: chosen > 0 && chosen === ids.length,
    some: chosen > 0,
    toggle: () => onSelect(chosen === ids.length ? none : new Set(ids)),
  };
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
      <div
        ref={scroller}
        className="data-table-body"
        role="grid"
        aria-label={label}
        aria-rowcount={items.length + 1}
        aria-multiselectable={onSelect !== undefined}
        aria-activedescendant={lines.length > 0 ? `${grid}-${at}` : undefined}
        tabIndex={0}
        onKeyDown={(event) => event.target === event.currentTarget && keys(event)}
      >
        <DataTableHead columns={visible} selection={selection ?? null} view={view} onView={onView} />
        <div className="data-table-rows" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index: line, start }) => {
            const item = items[line];
            if (!item) return null;
            const isRow = item.kind === 'row';
            return (
              <TableRow
                key={isRow ? rowId(item.row) : `group ${item.title}`}
                domId={isRow ? `${grid}-${item.index}` : ''}
                ariaIndex={line + 2}
                top={start}
                columns={visible}
                current={isRow && item.index === at}
                selected={onSelect && isRow ? selected.has(rowId(item.row)) : null}
                opens={onOpen !== undefined}
                item={item}
                onPress={onPress}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

const getRow = <Row,>(item: Item<Row> | undefined): Row | undefined => (item?.kind === 'row' ? item.row : undefined);

/** A click on a link or button within a cell does not open the row. */
const isControl = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('a, button, select, textarea') !== null;

const columnWidth = <Row,>({ width, numeric }: DataColumn<Row>): number => width ?? (numeric ? 96 : 140);

interface TableHeadProps<Row> {
  columns: readonly DataColumn<Row>[];
  view: TableView;
  onView: (view: TableView) => void;
  /** Null: rows cannot be selected. */
  selection: Selection | null;
}

/** Column titles: a click sorts ascending, a second one descending, a third one not at all. */
function DataTableHead<Row>({ columns, view, onView, selection }: TableHeadProps<Row>) {
  const sortBy = (column: string): void => {
    const { sort } = view;
    const next =
      sort?.column !== column ? { column, descending: false } : sort.descending ? null : { column, descending: true };
    onView({ ...view, sort: next });
  };
  return (
    <div className="data-table-head" role="row" aria-rowindex={1}>
      {selection && <SelectAllCell label="Select all rows" selection={selection} />}
      {columns.map((column) => (
        <HeadCell
          key={column.id}
          title={column.title}
          width={columnWidth(column)}
          numeric={column.numeric}
          sorted={view.sort?.column !== column.id ? null : view.sort.descending ? 'descending' : 'ascending'}
          onSort={() => sortBy(column.id)}
        />
      ))}
    </div>
  );
}

interface TableRowProps<Row> {
  item: Item<Row>;
  domId: string;
  /** Counts from 2: the head is row 1. */
  ariaIndex: number;
  top: number;
  columns: readonly DataColumn<Row>[];
  current: boolean;
  /** Null: rows cannot be selected. */
  selected: boolean | null;
  opens: boolean;
  onPress: (item: Item<Row>, event: React.MouseEvent) => void;
}

function TableRowPlain<Row>(props: TableRowProps<Row>) {
  const { item, domId, ariaIndex, top, columns, current, selected, opens, onPress } = props;
  if (item.kind === 'group') return <GroupRow title={item.title} count={item.count} top={top} ariaIndex={ariaIndex} />;
  return (
    <div
      id={domId}
      className="data-table-row"
      role="row"
      aria-rowindex={ariaIndex}
      aria-selected={selected ?? undefined}
      data-current={current || undefined}
      data-opens={opens || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => onPress(item, event)}
    >
      {selected !== null && (
        <div role="gridcell" data-box="" style={{ width: boxWidth }}>
          <Checkbox aria-label="Select this row" checked={selected} readOnly tabIndex={-1} />
        </div>
      )}
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          data-numeric={column.numeric || undefined}
          title={textOf(column.value(item.row))}
          style={{ width: columnWidth(column) }}
        >
          {column.cell ? column.cell(item.row) : column.value(item.row)}
        </div>
      ))}
    </div>
  );
}

/** A text is cut where its column is narrow. */
const textOf = (value: ExportCell): string | undefined => (typeof value === 'string' ? value : undefined);

/** One line; memoised, so that scrolling redraws nothing. */
const TableRow = memo(TableRowPlain) as typeof TableRowPlain;

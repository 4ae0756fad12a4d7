import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, useCallback, useId, useMemo, useRef, useState } from 'react';
import {
  type DataColumn,
  toExportTable,
  type Item,
  groupRows,
  type TableView,
  useRememberedView,
  useRows,
} from './view.ts';
import { TableTools } from './table-tools.tsx';
import { Checkbox } from '@mantine/core';
import { formatInteger } from '../../../main/domain/format.ts';

export type { DataColumn, TableView } from './view.ts';

export interface DataTableProps<Row> {
  /** Names the table in this browser's memory of views. */
  id: string;
  /** What a reader hears, and what exported files are named after: `Runs of Quick study`. */
  label: string;
  rows: readonly Row[];
  /** The same array while nothing changes, so that rows need not be drawn again. */
  columns: readonly DataColumn<Row>[];
  rowId: (row: Row) => string;
  /** Enter or a click. */
  onOpen?: (row: Row) => void;
  /** Rows that are selected, by id; with `onSelect` rows can be. */
  selected?: ReadonlySet<string>;
  onSelect?: (ids: ReadonlySet<string>) => void;
  /** A view that the screen holds; left out: the table remembers its own. */
  view?: TableView;
  onView?: (view: TableView) => void;
  /** Beside the filter box. */
  tools?: ReactNode;
  /** Stands where there are no rows at all. */
  empty?: ReactNode;
  /** CSS height of the rows' window. */
  height?: number | string;
}

const rowHeight = 32;
const nobody: ReadonlySet<string> = new Set();

/**
 * Thousands of rows: sorting, filter, columns, grouping, export. Keyboard: j/k or arrows, Home, End, Page keys, Enter
 * opens, space selects, / filters, Escape lets the selection go.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { id, label, rows, columns, rowId, onOpen, onSelect, selected = nobody, tools, empty, height = 480 } = props;
  const own = useRememberedView(id, columns);
  const view = props.view ?? own[0];
  const onView = props.onView ?? own[1];
  const shown = useRows(rows, columns, view);
  const visible = useMemo(() => columns.filter((column) => !view.hidden.includes(column.id)), [columns, view.hidden]);
  const groupBy = columns.find((column) => column.id === view.groupBy);
  const items = useMemo(() => groupRows(shown, groupBy), [shown, groupBy]);
  const lines = useMemo(() => items.flatMap((item, line) => (item.kind === 'row' ? [line] : [])), [items]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingStart: rowHeight,
  });
  const [current, setCurrent] = useState(0);
  const at = Math.min(current, lines.length - 1);
  const grid = useId();
  const rowAt = (index: number): Row | undefined => rowOf(items[lines[index] ?? -1]);

  const go = (index: number): void => {
    const next = Math.max(0, Math.min(lines.length - 1, index));
    setCurrent(next);
    virtual.scrollToIndex(lines[next] ?? 0);
  };
  const toggle = (row: Row): void => onSelect?.(toggled(selected, rowId(row)));
  const pressed = (event: React.KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    const row = rowAt(at);
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const moves: Record<string, number> = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, Home: 0 };
    Object.assign(moves, { End: lines.length - 1, PageDown: at + page, PageUp: at - page });
    const next = moves[event.key];
    if (next !== undefined) go(next);
    else if (event.key === 'Enter' && row !== undefined) onOpen?.(row);
    else if (event.key === ' ' && row !== undefined) toggle(row);
    else if (event.key === 'Escape' && selected.size > 0) onSelect?.(nobody);
    else return;
    event.preventDefault();
  };

  const latest = useRef({ toggle, onOpen, selectRange });
  function selectRange(from: number, to: number): void {
    const [first, last] = [Math.min(from, to), Math.max(from, to)];
    const range = Array.from({ length: last - first + 1 }, (_, step) => rowAt(first + step));
    onSelect?.(new Set([...selected, ...range.flatMap((row) => (row === undefined ? [] : [rowId(row)]))]));
  }
  latest.current = { toggle, onOpen, selectRange };
  const onPress = useCallback((item: Item<Row>, event: React.MouseEvent) => {
    if (item.kind === 'group' || isControl(event.target)) return;
    const inBox = (event.target as Element).closest('[data-box]') !== null;
    setCurrent((before) => {
      if (event.shiftKey) queueMicrotask(() => latest.current.selectRange(before, item.index));
      return item.index;
    });
    if (event.shiftKey) return;
    if (inBox || event.ctrlKey || event.metaKey) latest.current.toggle(item.row);
    else latest.current.onOpen?.(item.row);
  }, []);

  if (rows.length === 0 && empty !== undefined) return empty;
  const ids = onSelect ? shown.map(rowId) : [];
  const chosen = ids.filter((each) => selected.has(each)).length;
  const selection = onSelect && {
    all: chosen > 0 && chosen === ids.length,
    some: chosen > 0,
    toggle: () => onSelect(chosen === ids.length ? nobody : new Set(ids)),
  };
  return (
    <div className="data-table" style={{ height }}>
      <TableTools
        {...{ label, columns, view, onView }}
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
        style={{ flex: 1 }}
        onKeyDown={pressed}
      >
        <DataTableHead columns={visible} selection={selection ?? null} {...{ view, onView }} />
        <div role="rowgroup" style={{ position: 'relative', height: virtual.getTotalSize() }}>
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
                {...{ item, onPress }}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

const rowOf = <Row,>(item: Item<Row> | undefined): Row | undefined => (item?.kind === 'row' ? item.row : undefined);

function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** A link or a button within a cell does what it says, and nothing else. */
const isControl = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('a, button, select, textarea') !== null;

export const boxWidth = 36;
export const widthOf = <Row,>({ width, numeric }: DataColumn<Row>): number => width ?? (numeric ? 96 : 140);

export interface TableHeadProps<Row> {
  columns: readonly DataColumn<Row>[];
  view: TableView;
  onView: (view: TableView) => void;
  /** Null: rows cannot be selected. */
  selection: { all: boolean; some: boolean; toggle: () => void } | null;
}

/** Titles; a press sorts, a second one the other way, a third one not at all. */
export function DataTableHead<Row>({ columns, view, onView, selection }: TableHeadProps<Row>) {
  const sortBy = (column: string): void => {
    const { sort } = view;
    const next =
      sort?.column !== column ? { column, descending: false } : sort.descending ? null : { column, descending: true };
    onView({ ...view, sort: next });
  };
  return (
    <div className="data-table-head" role="row" aria-rowindex={1}>
      {selection && (
        <div role="columnheader" style={{ width: boxWidth }}>
          <Checkbox
            aria-label="Select all rows"
            checked={selection.all}
            indeterminate={selection.some && !selection.all}
            onChange={selection.toggle}
          />
        </div>
      )}
      {columns.map((column) => {
        const sort = view.sort?.column === column.id ? (view.sort.descending ? 'descending' : 'ascending') : 'none';
        return (
          <div
            key={column.id}
            role="columnheader"
            aria-sort={sort}
            data-numeric={column.numeric || undefined}
            style={{ width: widthOf(column) }}
          >
            <button type="button" className="data-table-sort" onClick={() => sortBy(column.id)}>
              {column.title}
              {sort !== 'none' && <span aria-hidden="true">{{ ascending: '↑', descending: '↓' }[sort]}</span>}
            </button>
          </div>
        );
      })}
    </div>
  );
}

export interface TableRowProps<Row> {
  item: Item<Row>;
  domId: string;
  /** Of the line, from 2: the titles are 1. */
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
  const style = { transform: `translateY(${top}px)` };
  if (item.kind === 'group') {
    return (
      <div className="data-table-row data-table-group" role="row" aria-rowindex={ariaIndex} style={style}>
        <div role="gridcell">
          {item.title} <span className="share-n">({formatInteger(item.count)})</span>
        </div>
      </div>
    );
  }
  return (
    <div
      id={domId}
      className="data-table-row"
      role="row"
      aria-rowindex={ariaIndex}
      aria-selected={selected ?? undefined}
      data-current={current || undefined}
      data-opens={opens || undefined}
      style={style}
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
          style={{ width: widthOf(column) }}
        >
          {column.cell ? column.cell(item.row) : column.value(item.row)}
        </div>
      ))}
    </div>
  );
}

/** One line. Drawn again only if what it shows has changed: scrolling leaves the others alone. */
export const TableRow = memo(TableRowPlain) as typeof TableRowPlain;

import { Checkbox } from '@mantine/core';
import { getHotkeyHandler, type HotkeyItem } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  memo,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { formatInteger } from '../../../main/domain/numbers/format.ts';
import type { ExportCell } from '../export/csv.ts';

export interface GridColumn<Row> {
  id: string;
  title: string;
  /** CSS pixels. */
  width?: number;
  /** Right-aligned. */
  numeric?: boolean;
  /** Says on the title what the values are. */
  help?: string;
  value: (row: Row) => ExportCell;
  /** Content of the cell; left out: the value as text, and a dash for null. */
  cell?: (row: Row) => ReactNode;
}

/** A heading above rows, or a row with its index among the rows. */
export type GridLine<Key> = { kind: 'group'; title: string; count: number } | { kind: 'row'; key: Key; index: number };

/** Rows by key. Each line subscribes to its own row, so that a change redraws one line only. */
export interface GridRows<Key, Row> {
  /** Null while it loads. */
  get: (key: Key) => Row | null;
  subscribe: (key: Key, listener: () => void) => () => void;
}

/** How a column sorts the rows; `sorted` is null where another one does. */
export interface ColumnSort {
  sorted: 'ascending' | 'descending' | null;
  onSort: () => void;
}

/** @param now the order that the column gives; null: another one does */
export const columnSort = (now: { descending: boolean } | null, onSort: () => void): ColumnSort => ({
  sorted: now && (now.descending ? 'descending' : 'ascending'),
  onSort,
});

interface VirtualGridProps<Row, Key> {
  /** Accessible name. */
  label: string;
  /** What its rows are: `runs`. */
  things?: string;
  lines: readonly GridLine<Key>[];
  rows: GridRows<Key, Row>;
  /** Must be the same array while nothing changes, so that rows are not redrawn. */
  columns: readonly GridColumn<Row>[];
  /** Null: the column cannot be sorted by. */
  sortOf: (column: string) => ColumnSort | null;
  /** Enter or a click. */
  onOpen?: ((key: Key) => void) | undefined;
  selected?: ReadonlySet<Key> | undefined;
  /** Left out: rows cannot be selected. */
  onSelect?: ((keys: ReadonlySet<Key>) => void) | undefined;
  /** Hears which rows are visible. */
  onShown?: (keys: readonly Key[]) => void;
  /** The scrolling element, so that other parts can focus it. */
  scroller: RefObject<HTMLDivElement | null>;
}

/** CSS pixels. */
const rowHeight = 32;
const boxWidth = 36;

const columnWidth = ({ width, numeric }: Pick<GridColumn<unknown>, 'width' | 'numeric'>): number =>
  width ?? (numeric ? 96 : 140);

/**
 * Rows of which only those in sight are drawn. Keyboard: j/k or arrows, Home, End, Page keys; Enter opens, space selects,
 * Ctrl A selects all, Escape clears the selection.
 */
export function VirtualGrid<Row, Key extends string | number>(props: VirtualGridProps<Row, Key>) {
  const { label, things = 'rows', lines, rows, columns, sortOf, onOpen, onSelect, onShown, scroller } = props;
  const selected = props.selected ?? new Set<Key>();
  const keys = useMemo(() => lines.flatMap((line) => (line.kind === 'row' ? [line.key] : [])), [lines]);
  const lineOfRow = useMemo(() => lines.flatMap(({ kind }, at) => (kind === 'row' ? [at] : [])), [lines]);
  const { virtual, at, setCurrent, moves } = useVirtualRows(scroller, lines.length, lineOfRow);
  const grid = useId();
  const drawn = virtual.getVirtualItems();
  const [first = 0, end = 0] = [drawn[0]?.index, drawn.at(-1)?.index];
  useEffect(() => {
    onShown?.(lines.slice(first, end + 1).flatMap((line) => (line.kind === 'row' ? [line.key] : [])));
  }, [onShown, lines, first, end]);

  const toggle = (key: Key): void => {
    const next = new Set(selected);
    if (!next.delete(key)) next.add(key);
    onSelect?.(next);
  };
  const current = keys[at];
  const onKey = getHotkeyHandler([
    ...moves,
    ['Enter', () => current !== undefined && onOpen?.(current)],
    ['space', () => current !== undefined && toggle(current)],
    ['mod+A', () => onSelect?.(new Set(keys))],
    ...(selected.size > 0 ? [['Escape', () => onSelect?.(new Set())] satisfies HotkeyItem] : []),
  ]);
  const press = (key: Key, index: number, event: MouseEvent): void => {
    if (isControl(event.target)) return;
    const inBox = (event.target as Element).closest('[data-box]') !== null;
    setCurrent(index);
    if (event.shiftKey) {
      const range = keys.slice(Math.min(at, index), Math.max(at, index) + 1);
      onSelect?.(new Set([...selected, ...range]));
    } else if (inBox || event.ctrlKey || event.metaKey) toggle(key);
    else onOpen?.(key);
  };
  const latest = useRef(press);
  latest.current = press;
  const onPress = useCallback((key: Key, index: number, event: MouseEvent) => latest.current(key, index, event), []);

  const chosen = useMemo(() => keys.filter((key) => props.selected?.has(key)).length, [keys, props.selected]);
  const isAll = chosen > 0 && chosen === keys.length;
  return (
    <div
      ref={scroller}
      className="data-table-body"
      role="grid"
      aria-label={label}
      aria-rowcount={lines.length + 1}
      aria-multiselectable={onSelect !== undefined}
      aria-activedescendant={keys.length > 0 ? `${grid}-${at}` : undefined}
      tabIndex={0}
      onKeyDown={(event) => event.target === event.currentTarget && onKey(event)}
    >
      <div className="data-table-head" role="row" aria-rowindex={1}>
        {onSelect && (
          <div role="columnheader" style={{ width: boxWidth }}>
            <Checkbox
              aria-label={`Select all ${things}`}
              checked={isAll}
              indeterminate={chosen > 0 && !isAll}
              onChange={() => onSelect(isAll ? new Set() : new Set(keys))}
            />
          </div>
        )}
        {columns.map((column) => (
          <HeadCell key={column.id} column={column} sort={sortOf(column.id)} />
        ))}
      </div>
      <div className="data-table-rows" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {drawn.map(({ index: place, start }) => {
          const line = lines[place];
          if (!line) return null;
          // The head is row 1.
          const where = { ariaIndex: place + 2, top: start };
          if (line.kind === 'group') return <GroupRow key={`group ${line.title}`} {...where} {...line} />;
          return (
            <GridRow
              key={line.key}
              {...where}
              id={line.key}
              index={line.index}
              rows={rows}
              domId={`${grid}-${line.index}`}
              columns={columns}
              current={line.index === at}
              selected={onSelect ? selected.has(line.key) : null}
              opens={onOpen !== undefined}
              onPress={onPress}
            />
          );
        })}
      </div>
    </div>
  );
}

/** The lines in sight and the current row, with the keys that move it. @param lineOfRow line number of each row */
function useVirtualRows(scroller: RefObject<HTMLDivElement | null>, lineCount: number, lineOfRow: readonly number[]) {
  const virtual = useVirtualizer({
    count: lineCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollPaddingStart: rowHeight,
  });
  const [current, setCurrent] = useState(0);
  const last = lineOfRow.length - 1;
  const at = Math.min(current, last);
  const go = (index: number): void => {
    const next = Math.max(0, Math.min(last, index));
    setCurrent(next);
    virtual.scrollToIndex(lineOfRow[next] ?? 0);
  };
  const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
  const targets = {
    ArrowDown: at + 1,
    j: at + 1,
    ArrowUp: at - 1,
    k: at - 1,
    Home: 0,
    End: last,
    PageDown: at + page,
    PageUp: at - page,
  };
  const moves = Object.entries(targets).map(([key, index]): HotkeyItem => [key, () => go(index)]);
  return { virtual, at, setCurrent, moves };
}

/** A click on a link or button within a cell does not open the row. */
const isControl = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('a, button, select, textarea') !== null;

/** A column's title; a click sorts by it. */
function HeadCell<Row>({ column, sort }: { column: GridColumn<Row>; sort: ColumnSort | null }) {
  const { id, title, numeric, help } = column;
  return (
    <div
      role="columnheader"
      aria-sort={sort === null ? undefined : (sort.sorted ?? 'none')}
      data-numeric={numeric || undefined}
      data-column={id}
      title={help}
      style={{ width: columnWidth(column) }}
    >
      {sort === null ? (
        title
      ) : (
        <button type="button" className="data-table-sort" onClick={sort.onSort}>
          {title}
          {sort.sorted && <span aria-hidden="true">{{ ascending: '↑', descending: '↓' }[sort.sorted]}</span>}
        </button>
      )}
    </div>
  );
}

interface LinePlace {
  ariaIndex: number;
  /** CSS pixels. */
  top: number;
}

function GroupRow({ title, count, top, ariaIndex }: LinePlace & { title: string; count: number }) {
  return (
    <div
      className="data-table-row data-table-group"
      role="row"
      aria-rowindex={ariaIndex}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div role="gridcell">
        {title} <span className="share-n">({formatInteger(count)})</span>
      </div>
    </div>
  );
}

interface GridRowProps<Row, Key> extends LinePlace {
  id: Key;
  index: number;
  rows: GridRows<Key, Row>;
  domId: string;
  columns: readonly GridColumn<Row>[];
  current: boolean;
  /** Null: rows cannot be selected. */
  selected: boolean | null;
  opens: boolean;
  onPress: (key: Key, index: number, event: MouseEvent) => void;
}

function GridRowPlain<Row, Key extends string | number>(props: GridRowProps<Row, Key>) {
  const { id, index, rows, domId, ariaIndex, top, columns, current, selected, opens, onPress } = props;
  const subscribe = useCallback((listener: () => void) => rows.subscribe(id, listener), [rows, id]);
  const row = useSyncExternalStore(subscribe, () => rows.get(id));
  return (
    <div
      id={domId}
      className="data-table-row"
      role="row"
      aria-rowindex={ariaIndex}
      aria-selected={selected ?? undefined}
      data-current={current || undefined}
      data-opens={opens || undefined}
      data-row={id}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => onPress(id, index, event)}
    >
      {selected !== null && (
        <div role="gridcell" data-box="" style={{ width: boxWidth }}>
          <input
            type="checkbox"
            aria-label={`Select ${row === null ? id : nameOf(row, columns)}`}
            checked={selected}
            readOnly
            tabIndex={-1}
          />
        </div>
      )}
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          data-column={column.id}
          data-numeric={column.numeric || undefined}
          title={row === null ? undefined : textOf(column.value(row))}
          style={{ width: columnWidth(column) }}
        >
          {row === null ? (
            <span className="row-waiting" aria-hidden="true" />
          ) : column.cell ? (
            column.cell(row)
          ) : (
            (column.value(row) ?? <span className="soft">–</span>)
          )}
        </div>
      ))}
    </div>
  );
}

/** The first column names a row. */
const nameOf = <Row,>(row: Row, [first]: readonly GridColumn<Row>[]): ExportCell => first?.value(row) ?? 'this row';

/** A text is cut where its column is narrow. */
const textOf = (value: ExportCell): string | undefined => (typeof value === 'string' ? value : undefined);

/** One line; memoized, so that scrolling redraws nothing. */
const GridRow = memo(GridRowPlain) as typeof GridRowPlain;

import { Checkbox } from '@mantine/core';
import { getHotkeyHandler, type HotkeyItem } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
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

/** What a heading tells of its rows, which it opens and closes. */
export interface OpeningGroup {
  id: string;
  isOpen: boolean;
  /** By column, in which they stand below each other; the title takes the columns before the first one. */
  cells: ReadonlyMap<string, ReactNode>;
  /** Lines of text of its highest cell. */
  height: number;
}

/** A heading above rows, or a row. */
export type GridLine<Key> =
  | { kind: 'group'; title: string; count: number; opening?: OpeningGroup; note?: string }
  | { kind: 'row'; key: Key };

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
  /** All rows, also those of closed groups, in their order; left out: those of the lines. */
  all?: readonly Key[];
  rows: GridRows<Key, Row>;
  /** Must be the same array while nothing changes, so that rows are not redrawn. */
  columns: readonly GridColumn<Row>[];
  /** Null: the column cannot be sorted by. */
  sortOf: (column: string) => ColumnSort | null;
  /** Enter or a click. */
  onOpen?: ((key: Key) => void) | undefined;
  /** Opens or closes a group. */
  onGroup?: ((id: string) => void) | undefined;
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
const lineHeight = 18;
const boxWidth = 36;

const heightOf = (line: GridLine<unknown> | undefined): number =>
  line?.kind === 'group' && line.opening ? 10 + lineHeight * Math.max(2, line.opening.height) : rowHeight;

const columnWidth = ({ width, numeric }: Pick<GridColumn<unknown>, 'width' | 'numeric'>): number =>
  width ?? (numeric ? 96 : 140);

/**
 * Rows of which only those in sight are drawn. Keyboard: j/k or arrows, Home, End, Page keys; Enter opens, space selects,
 * Ctrl A selects all, Escape clears the selection.
 */
export function VirtualGrid<Row, Key extends string | number>(props: VirtualGridProps<Row, Key>) {
  const { label, things = 'rows', lines, rows, columns, sortOf, onOpen, onGroup, onSelect, onShown, scroller } = props;
  const selected = props.selected ?? new Set<Key>();
  const keys = useMemo(() => props.all ?? keysOf(lines), [props.all, lines]);
  const { virtual, at, setCurrent, moves } = useVirtualRows(scroller, lines);
  const grid = useId();
  const drawn = virtual.getVirtualItems();
  const [first = 0, end = 0] = [drawn[0]?.index, drawn.at(-1)?.index];
  useEffect(() => {
    onShown?.(keysOf(lines.slice(first, end + 1)));
  }, [onShown, lines, first, end]);

  const toggle = (key: Key): void => {
    const next = new Set(selected);
    if (!next.delete(key)) next.add(key);
    onSelect?.(next);
  };
  const current = lines[at];
  const turn = (id: string, place: number): void => {
    setCurrent(place);
    onGroup?.(id);
  };
  const onKey = getHotkeyHandler([
    ...moves,
    [
      'Enter',
      () => {
        if (current?.kind === 'row') onOpen?.(current.key);
        else if (current?.opening) onGroup?.(current.opening.id);
      },
    ],
    ['space', () => current?.kind === 'row' && toggle(current.key)],
    ['mod+A', () => onSelect?.(new Set(keys))],
    ...(selected.size > 0 ? [['Escape', () => onSelect?.(new Set())] satisfies HotkeyItem] : []),
  ]);
  const press = (key: Key, place: number, event: MouseEvent): void => {
    if (isControl(event.target)) return;
    const inBox = (event.target as Element).closest('[data-box]') !== null;
    setCurrent(place);
    if (event.shiftKey) {
      const range = keysOf(lines.slice(Math.min(at, place), Math.max(at, place) + 1));
      onSelect?.(new Set([...selected, ...range]));
    } else if (inBox || event.ctrlKey || event.metaKey) toggle(key);
    else onOpen?.(key);
  };
  const latest = useRef(press);
  latest.current = press;
  const onPress = useCallback((key: Key, place: number, event: MouseEvent) => latest.current(key, place, event), []);

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
      aria-activedescendant={lines.length > 0 ? `${grid}-${at}` : undefined}
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
          const domId = `${grid}-${place}`;
          if (line.kind === 'group') {
            const { opening } = line;
            if (!opening) return <GroupRow key={`group ${line.title}`} {...where} {...line} />;
            return (
              <OpeningRow
                key={`group ${opening.id}`}
                {...where}
                {...line}
                opening={opening}
                domId={domId}
                columns={columns}
                current={place === at}
                hasBoxes={onSelect !== undefined}
                onPress={() => turn(opening.id, place)}
              />
            );
          }
          return (
            <GridRow
              key={line.key}
              {...where}
              id={line.key}
              place={place}
              rows={rows}
              domId={domId}
              columns={columns}
              current={place === at}
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

function keysOf<Key>(lines: readonly GridLine<Key>[]): Key[] {
  return lines.flatMap((line) => (line.kind === 'row' ? [line.key] : []));
}

/** The lines in sight and the current one, with the keys that move it; headings that open nothing are passed over. */
function useVirtualRows<Key>(scroller: RefObject<HTMLDivElement | null>, lines: readonly GridLine<Key>[]) {
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (place) => heightOf(lines[place]),
    // A place may have another line, of another height.
    getItemKey: (place) => keyOf(lines[place], place),
    overscan: 10,
    scrollPaddingStart: rowHeight,
  });
  const [current, setCurrent] = useState(0);
  const isStop = (place: number): boolean => {
    const line = lines[place];
    return line !== undefined && (line.kind === 'row' || line.opening !== undefined);
  };
  /** The nearest place in a direction that can be current, else the nearest one before. */
  const stopAt = (place: number, step: 1 | -1): number => {
    const last = lines.length - 1;
    let found = Math.max(0, Math.min(last, place));
    while (found >= 0 && found <= last && !isStop(found)) found += step;
    return isStop(found) ? found : step === -1 ? stopAt(place, 1) : Math.max(0, last);
  };
  const at = stopAt(current, 1);
  const last = lines.length - 1;
  const go = (place: number): void => {
    const next = stopAt(place, place < at ? -1 : 1);
    setCurrent(next);
    virtual.scrollToIndex(next);
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

const keyOf = (line: GridLine<unknown> | undefined, place: number): string | number =>
  line?.kind === 'row' ? String(line.key) : `group ${line?.opening?.id ?? place}`;

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

interface OpeningRowProps extends LinePlace {
  title: string;
  count: number;
  note?: string;
  opening: OpeningGroup;
  domId: string;
  columns: readonly Pick<GridColumn<unknown>, 'id' | 'width' | 'numeric'>[];
  current: boolean;
  hasBoxes: boolean;
  onPress: () => void;
}

/** A heading with what its rows came to, in their columns. */
function OpeningRow({
  title,
  note,
  opening,
  domId,
  columns,
  hasBoxes,
  current,
  onPress,
  top,
  ariaIndex,
}: OpeningRowProps) {
  const { isOpen, cells } = opening;
  const first = columns.findIndex(({ id }) => cells.has(id));
  const before = first === -1 ? columns : columns.slice(0, first);
  const width = before.reduce((sum, column) => sum + columnWidth(column), hasBoxes ? boxWidth : 0);
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <div
      id={domId}
      className="data-table-row data-table-opening"
      role="row"
      aria-rowindex={ariaIndex}
      data-current={current || undefined}
      data-opens=""
      style={{ transform: `translateY(${top}px)`, height: heightOf({ kind: 'group', title, count: 0, opening }) }}
      onClick={onPress}
    >
      <div role="gridcell" data-column={columns[0]?.id} style={{ width }} title={title}>
        <button type="button" tabIndex={-1} aria-expanded={isOpen} className="data-table-open">
          <Chevron size={16} stroke={1.5} aria-hidden="true" />
          <span>{title}</span>
        </button>
        <span className="soft data-table-note">{note}</span>
      </div>
      {columns.slice(before.length).map((column) => (
        <div
          key={column.id}
          role="gridcell"
          data-numeric={column.numeric || undefined}
          style={{ width: columnWidth(column) }}
        >
          {cells.get(column.id)}
        </div>
      ))}
    </div>
  );
}

interface GridRowProps<Row, Key> extends LinePlace {
  id: Key;
  place: number;
  rows: GridRows<Key, Row>;
  domId: string;
  columns: readonly GridColumn<Row>[];
  current: boolean;
  /** Null: rows cannot be selected. */
  selected: boolean | null;
  opens: boolean;
  onPress: (key: Key, place: number, event: MouseEvent) => void;
}

function GridRowPlain<Row, Key extends string | number>(props: GridRowProps<Row, Key>) {
  const { id, place, rows, domId, ariaIndex, top, columns, current, selected, opens, onPress } = props;
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
      onClick={(event) => onPress(id, place, event)}
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

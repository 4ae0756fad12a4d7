import { Checkbox, CloseButton, TextInput } from '@mantine/core';
import { getHotkeyHandler, type HotkeyItem, useHotkeys } from '@mantine/hooks';
import { type RefObject, useRef, useState } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { IconSearch } from '@tabler/icons-react';
import { formatInteger } from '../../../main/domain/format.ts';

/** What both kinds of virtual table are made of. Lengths in CSS pixels. */
export const rowHeight = 32;
export const boxWidth = 36;

/**
 * The visible lines of a virtual table and its current row, with keys that move it: j/k or arrows, Home, End, Page keys.
 * @param scroller the scrolling element, whose height is one page
 * @param lineCount rows and group headings
 * @param lineOfRow line number of each row
 */
export function useVirtualRows(
  scroller: RefObject<HTMLDivElement | null>,
  lineCount: number,
  lineOfRow: readonly number[],
) {
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
  const moves = {
    ArrowDown: at + 1,
    j: at + 1,
    ArrowUp: at - 1,
    k: at - 1,
    Home: 0,
    End: last,
    PageDown: at + page,
    PageUp: at - page,
  };
  const keys = Object.entries(moves).map(([key, index]): HotkeyItem => [key, () => go(index)]);
  return { virtual, at, setCurrent, keys };
}

/** The ids with one added, or removed if it was there. */
export function toggleId<Id>(ids: ReadonlySet<Id>, id: Id): ReadonlySet<Id> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}

export interface Selection {
  all: boolean;
  some: boolean;
  toggle: () => void;
}

export function SelectAllCell({ label, selection }: { label: string; selection: Selection }) {
  return (
    <div role="columnheader" style={{ width: boxWidth }}>
      <Checkbox
        aria-label={label}
        checked={selection.all}
        indeterminate={selection.some && !selection.all}
        onChange={selection.toggle}
      />
    </div>
  );
}

interface HeadCellProps {
  title: string;
  width: number;
  numeric: boolean | undefined;
  /** Marks the cell, as `data-column` marks those below it. */
  column?: string;
  help?: string | undefined;
  /** Null: the table is sorted by another column. */
  sorted: 'ascending' | 'descending' | null;
  /** Left out: the column cannot be sorted by. */
  onSort?: (() => void) | undefined;
}

/** A column's title; a click sorts by it. */
export function HeadCell({ title, width, numeric, column, help, sorted, onSort }: HeadCellProps) {
  return (
    <div
      role="columnheader"
      {...(onSort && { 'aria-sort': sorted ?? 'none' })}
      data-numeric={numeric || undefined}
      data-column={column}
      title={help}
      style={{ width }}
    >
      {onSort ? (
        <button type="button" className="data-table-sort" onClick={onSort}>
          {title}
          {sorted && <span aria-hidden="true">{{ ascending: '↑', descending: '↓' }[sorted]}</span>}
        </button>
      ) : (
        title
      )}
    </div>
  );
}

interface GroupRowProps {
  title: string;
  count: number;
  top: number;
  /** Counts from 2: the head is row 1. */
  ariaIndex: number;
}

export function GroupRow({ title, count, top, ariaIndex }: GroupRowProps) {
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

interface FilterInputProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Moves the focus to the rows. */
  onDone: () => void;
  className?: string;
}

/** A filter field: `/` focuses it, Enter and the arrow down leave it, Escape also clears it. */
export function FilterInput({ label, value, onChange, onDone, className = 'filter-input' }: FilterInputProps) {
  const input = useRef<HTMLInputElement>(null);
  const focus = (): void => input.current?.focus();
  const clear = (): void => {
    onChange('');
    onDone();
  };
  // On many keyboards `/` needs the Shift key.
  useHotkeys([
    ['/', focus],
    ['shift+/', focus],
  ]);
  return (
    <TextInput
      ref={input}
      aria-label={label}
      placeholder="Filter ( / )"
      leftSection={<IconSearch size={14} stroke={1.5} />}
      rightSection={
        value !== '' && <CloseButton size="xs" aria-label="Clear the filter" onClick={() => onChange('')} />
      }
      value={value}
      onChange={(event) => onChange(event.currentTarget.value.slice(0, 200))}
      onKeyDown={getHotkeyHandler([
        ['Escape', clear],
        ['Enter', onDone],
        ['ArrowDown', onDone],
      ])}
      className={className}
    />
  );
}

import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { RunTable as Table, RunView } from '../../../../main/contract/api/runs.ts';
import { formatInteger } from '../../../../main/domain/format.ts';
import { type RunColumn, shownColumns } from './columns.tsx';
import { linesOf, type RowStore, type RunRows, useRow } from './use-run-rows.ts';
import { Checkbox } from '@mantine/core';

const lineHeight = 32;

export interface RunTableProps {
  label: string;
  table: Table;
  rows: Pick<RunRows, 'store' | 'show'>;
  view: RunView;
  onView: (view: RunView) => void;
  selected: ReadonlySet<number>;
  onSelect: (ids: ReadonlySet<number>) => void;
  onOpen: (id: number) => void;
  /** Where the rows' window is kept, so that other pieces can give it the focus. */
  scroller: React.RefObject<HTMLDivElement | null>;
}

/**
 * Thousands of runs, of which only those in sight are here. Keyboard: j/k or arrows, Home, End, Page keys; Enter opens,
 * space selects, Ctrl A selects all, Escape lets go.
 */
export function RunTable({ label, table, rows, view, onView, selected, onSelect, onOpen, scroller }: RunTableProps) {
  const columns = useMemo(() => shownColumns(view.columns), [view.columns]);
  const { lines, ofRun } = useMemo(() => linesOf({ ids: table.ids, groups: table.groups }), [table.ids, table.groups]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 8,
    scrollPaddingStart: lineHeight,
  });
  const [current, setCurrent] = useState(0);
  const last = table.ids.length - 1;
  const at = Math.min(current, last);
  const grid = useId();
  const drawn = virtual.getVirtualItems();
  const [first = 0, end = 0] = [drawn[0]?.index, drawn.at(-1)?.index];
  const { show } = rows;
  useEffect(() => {
    show(lines.slice(first, end + 1).flatMap((line) => (line.kind === 'run' ? [line.id] : [])));
  }, [show, lines, first, end]);

  const go = (index: number): void => {
    const next = Math.max(0, Math.min(last, index));
    setCurrent(next);
    virtual.scrollToIndex(ofRun[next] ?? 0);
  };
  const pressed = (event: React.KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.altKey) return;
    const id = table.ids[at];
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== 'a') return;
      onSelect(new Set(table.ids));
      return event.preventDefault();
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / lineHeight) - 2);
    const next = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, Home: 0, End: last }[event.key];
    const byPage = { PageDown: at + page, PageUp: at - page }[event.key];
    const target = next ?? byPage;
    if (target !== undefined) go(target);
    else if (event.key === 'Enter' && id !== undefined) onOpen(id);
    else if (event.key === ' ' && id !== undefined) onSelect(toggled(selected, id));
    else if (event.key === 'Escape' && selected.size > 0) onSelect(new Set());
    else return;
    event.preventDefault();
  };

  const latest = useRef({ selected, onSelect, onOpen, current: at, ids: table.ids });
  latest.current = { selected, onSelect, onOpen, current: at, ids: table.ids };
  const onPress = useCallback((id: number, index: number, event: React.MouseEvent) => {
    const now = latest.current;
    const inBox = (event.target as Element).closest('[data-box]') !== null;
    setCurrent(index);
    if (event.shiftKey) {
      const [from, to] = [Math.min(now.current, index), Math.max(now.current, index)];
      now.onSelect(new Set([...now.selected, ...now.ids.slice(from, to + 1)]));
    } else if (inBox || event.ctrlKey || event.metaKey) now.onSelect(toggled(now.selected, id));
    else now.onOpen(id);
  }, []);

  const chosen = table.ids.filter((id) => selected.has(id)).length;
  const all = chosen > 0 && chosen === table.ids.length;
  return (
    <div
      ref={scroller}
      className="data-table-body"
      role="grid"
      aria-label={label}
      aria-rowcount={lines.length + 1}
      aria-multiselectable
      aria-activedescendant={last >= 0 ? `${grid}-${at}` : undefined}
      tabIndex={0}
      style={{ flex: 1 }}
      onKeyDown={pressed}
    >
      <RunHead
        columns={columns}
        sort={view.sort}
        onSort={(sort) => onView({ ...view, sort })}
        selection={{ all, some: chosen > 0, toggle: () => onSelect(all ? new Set() : new Set(table.ids)) }}
      />
      <div role="rowgroup" style={{ position: 'relative', height: virtual.getTotalSize() }}>
        {drawn.map(({ index: line, start }) => {
          const item = lines[line];
          if (!item) return null;
          if (item.kind === 'group') {
            const { key, title, count } = item;
            return <GroupLine key={`group ${key}`} {...{ title, count, line }} top={start} />;
          }
          return (
            <RunLine
              key={item.id}
              id={item.id}
              index={item.index}
              store={rows.store}
              domId={`${grid}-${item.index}`}
              ariaIndex={line + 2}
              top={start}
              columns={columns}
              current={item.index === at}
              selected={selected.has(item.id)}
              onPress={onPress}
            />
          );
        })}
      </div>
    </div>
  );
}

interface GroupLineProps {
  title: string;
  count: number;
  top: number;
  line: number;
}

function GroupLine({ title, count, top, line }: GroupLineProps) {
  return (
    <div
      className="data-table-row data-table-group"
      role="row"
      aria-rowindex={line + 2}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div role="gridcell">
        {title} <span className="share-n">({formatInteger(count)})</span>
      </div>
    </div>
  );
}

function toggled(ids: ReadonlySet<number>, id: number): ReadonlySet<number> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}

export interface RunHeadProps {
  columns: readonly RunColumn[];
  sort: RunView['sort'];
  onSort: (sort: RunView['sort']) => void;
  selection: { all: boolean; some: boolean; toggle: () => void };
}

/** Titles of the columns; a press sorts by one, a second one the other way round. */
export function RunHead({ columns, sort, onSort, selection }: RunHeadProps) {
  return (
    <div className="data-table-head" role="row" aria-rowindex={1}>
      <div role="columnheader" style={{ width: boxWidth }}>
        <Checkbox
          aria-label="Select all runs"
          checked={selection.all}
          indeterminate={selection.some && !selection.all}
          onChange={selection.toggle}
        />
      </div>
      {columns.map(({ id, title, width, numeric, sort: by }) => {
        const isBy = by !== undefined && sort.by === by;
        const direction = isBy ? (sort.descending ? 'descending' : 'ascending') : 'none';
        return (
          <div
            key={id}
            role="columnheader"
            {...(by !== undefined && { 'aria-sort': direction })}
            data-numeric={numeric || undefined}
            style={{ width }}
          >
            {by === undefined ? (
              title
            ) : (
              <button
                type="button"
                className="data-table-sort"
                onClick={() => onSort({ by, descending: isBy && !sort.descending })}
              >
                {title}
                {direction !== 'none' && (
                  <span aria-hidden="true">{{ ascending: '↑', descending: '↓' }[direction]}</span>
                )}
              </button>
            )}
          </div>
        );
      })}
    </div>
  );
}

export const boxWidth = 36;

export interface RunLineProps {
  store: RowStore;
  id: number;
  index: number;
  domId: string;
  /** Of the line, from 2: the titles are 1. */
  ariaIndex: number;
  top: number;
  columns: readonly RunColumn[];
  current: boolean;
  selected: boolean;
  onPress: (id: number, index: number, event: React.MouseEvent) => void;
}

function RunLinePlain({ store, id, index, domId, ariaIndex, top, columns, current, selected, onPress }: RunLineProps) {
  const row = useRow(store, id);
  return (
    <div
      id={domId}
      className="data-table-row"
      role="row"
      aria-rowindex={ariaIndex}
      aria-selected={selected}
      data-current={current || undefined}
      data-opens=""
      data-run={id}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => onPress(id, index, event)}
    >
      <div role="gridcell" data-box="" style={{ width: boxWidth }}>
        <input
          type="checkbox"
          className="run-box"
          aria-label={`Select ${row?.name ?? `run ${id}`}`}
          checked={selected}
          readOnly
          tabIndex={-1}
        />
      </div>
      {columns.map(({ id: column, width, numeric, cell }) => (
        <div key={column} role="gridcell" data-column={column} data-numeric={numeric || undefined} style={{ width }}>
          {row ? cell(row) : <span className="run-waiting" aria-hidden="true" />}
        </div>
      ))}
    </div>
  );
}

/** A run of the table; drawn again only if what it shows has changed. */
export const RunLine = memo(RunLinePlain);

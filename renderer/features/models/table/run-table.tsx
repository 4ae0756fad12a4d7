import { getHotkeyHandler, type HotkeyItem } from '@mantine/hooks';
import { memo, useCallback, useEffect, useId, useMemo, useRef } from 'react';
import type { RunTable as Table, RunView } from '../../../../main/contract/api/runs.ts';
import {
  boxWidth,
  GroupRow,
  HeadCell,
  SelectAllCell,
  type Selection,
  toggleId,
  useVirtualRows,
} from '../../../ui/table/parts.tsx';
import { type RunColumn, shownColumns } from './columns.tsx';
import { groupLines, type RowStore, type RunRows, useRow } from './use-run-rows.ts';

interface RunTableProps {
  label: string;
  table: Table;
  rows: Pick<RunRows, 'store' | 'show'>;
  view: RunView;
  onView: (view: RunView) => void;
  selected: ReadonlySet<number>;
  onSelect: (ids: ReadonlySet<number>) => void;
  onOpen: (id: number) => void;
  /** Ref of the scrolling element, so that other parts can focus it. */
  scroller: React.RefObject<HTMLDivElement | null>;
}

/**
 * A virtual table: only visible rows are loaded. Keyboard: j/k or arrows, Home, End, Page keys; Enter opens, space
 * selects, Ctrl A selects all, Escape clears the selection.
 */
export function RunTable({ label, table, rows, view, onView, selected, onSelect, onOpen, scroller }: RunTableProps) {
  const { differing, onClusters } = table;
  const { tags } = table.facets;
  const columns = useMemo(
    () => shownColumns(view.columns, { differing, onClusters, facets: { tags } }),
    [view.columns, differing, onClusters, tags],
  );
  const { lines, lineOfRun } = useMemo(
    () => groupLines({ ids: table.ids, groups: table.groups }),
    [table.ids, table.groups],
  );
  const { virtual, at, setCurrent, keys: moves } = useVirtualRows(scroller, lines.length, lineOfRun);
  const grid = useId();
  const drawn = virtual.getVirtualItems();
  const [first = 0, end = 0] = [drawn[0]?.index, drawn.at(-1)?.index];
  const { show } = rows;
  useEffect(() => {
    show(lines.slice(first, end + 1).flatMap((line) => (line.kind === 'run' ? [line.id] : [])));
  }, [show, lines, first, end]);
  const currentId = table.ids[at];
  const keys = getHotkeyHandler([
    ...moves,
    ['Enter', () => currentId !== undefined && onOpen(currentId)],
    ['space', () => currentId !== undefined && onSelect(toggleId(selected, currentId))],
    ['mod+A', () => onSelect(new Set(table.ids))],
    ...(selected.size > 0 ? [['Escape', () => onSelect(new Set())] satisfies HotkeyItem] : []),
  ]);

  const latest = useRef({ selected, onSelect, onOpen, current: at, ids: table.ids });
  latest.current = { selected, onSelect, onOpen, current: at, ids: table.ids };
  const onPress = useCallback(
    (id: number, index: number, event: React.MouseEvent) => {
      const now = latest.current;
      const inBox = (event.target as Element).closest('[data-box]') !== null;
      setCurrent(index);
      if (event.shiftKey) {
        const [from, to] = [Math.min(now.current, index), Math.max(now.current, index)];
        now.onSelect(new Set([...now.selected, ...now.ids.slice(from, to + 1)]));
      } else if (inBox || event.ctrlKey || event.metaKey) now.onSelect(toggleId(now.selected, id));
      else now.onOpen(id);
    },
    [setCurrent],
  );

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
      aria-activedescendant={table.ids.length > 0 ? `${grid}-${at}` : undefined}
      tabIndex={0}
      onKeyDown={(event) => event.target === event.currentTarget && keys(event)}
    >
      <RunHead
        columns={columns}
        sort={view.sort}
        onSort={(sort) => onView({ ...view, sort })}
        selection={{ all, some: chosen > 0, toggle: () => onSelect(all ? new Set() : new Set(table.ids)) }}
      />
      <div className="data-table-rows" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {drawn.map(({ index: line, start }) => {
          const item = lines[line];
          if (!item) return null;
          if (item.kind === 'group') {
            const { key, title, count } = item;
            return <GroupRow key={`group ${key}`} title={title} count={count} top={start} ariaIndex={line + 2} />;
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

interface RunHeadProps {
  columns: readonly RunColumn[];
  sort: RunView['sort'];
  onSort: (sort: RunView['sort']) => void;
  selection: Selection;
}

/** Column titles; a click sorts, a second click reverses. */
function RunHead({ columns, sort, onSort, selection }: RunHeadProps) {
  return (
    <div className="data-table-head" role="row" aria-rowindex={1}>
      <SelectAllCell label="Select all runs" selection={selection} />
      {columns.map(({ id, title, width, numeric, help, sort: by }) => {
        const isSorted = by !== undefined && sort.by === by;
        return (
          <HeadCell
            key={id}
            title={title}
            width={width}
            numeric={numeric}
            help={help}
            column={id}
            sorted={!isSorted ? null : sort.descending ? 'descending' : 'ascending'}
            onSort={by && (() => onSort({ by, descending: isSorted && !sort.descending }))}
          />
        );
      })}
    </div>
  );
}

interface RunLineProps {
  store: RowStore;
  id: number;
  index: number;
  domId: string;
  /** Counts from 2: the head is row 1. */
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

/** A run of the table; memoised, so that scrolling redraws nothing. */
const RunLine = memo(RunLinePlain);

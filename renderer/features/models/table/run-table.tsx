import { type RefObject, useMemo } from 'react';
import type { RunTable as Table, RunView } from '../../../../main/contract/api/runs.ts';
import { type ColumnSort, columnSort, VirtualGrid } from '../../../ui/table/virtual-grid.tsx';
import { shownColumns } from './columns.tsx';
import { groupLines, type RunRows } from './use-run-rows.ts';

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
  scroller: RefObject<HTMLDivElement | null>;
}

/** Runs in the order that the program gave: only visible ones are loaded. */
export function RunTable({ label, table, rows, view, onView, selected, onSelect, onOpen, scroller }: RunTableProps) {
  const { differing, onClusters } = table;
  const { tags } = table.facets;
  const columns = useMemo(
    () => shownColumns(view.columns, { differing, onClusters, facets: { tags } }),
    [view.columns, differing, onClusters, tags],
  );
  const lines = useMemo(() => groupLines({ ids: table.ids, groups: table.groups }), [table.ids, table.groups]);
  /** A click sorts, a second click reverses. */
  const sortOf = (id: string): ColumnSort | null => {
    const by = columns.find((column) => column.id === id)?.sort;
    if (by === undefined) return null;
    const now = view.sort.by === by ? view.sort : null;
    return columnSort(now, () => onView({ ...view, sort: { by, descending: now?.descending === false } }));
  };
  return (
    <VirtualGrid
      label={label}
      things="runs"
      lines={lines}
      rows={rows.store}
      columns={columns}
      sortOf={sortOf}
      onOpen={onOpen}
      selected={selected}
      onSelect={onSelect}
      onShown={rows.show}
      scroller={scroller}
    />
  );
}

import { type RefObject, useMemo, useState } from 'react';
import type { RunTable as Table, RunView } from '../../../../main/contract/api/runs.ts';
import { type ColumnSort, columnSort, VirtualGrid } from '../../../ui/table/virtual-grid.tsx';
import { groupColumns, shownColumns } from './columns.tsx';
import { runLines } from './group-lines.tsx';
import type { RunRows } from './use-run-rows.ts';

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

/** Groups that are open: those of another grouping are closed. */
function useOpenGroups(by: string): readonly [ReadonlySet<string>, (id: string) => void] {
  const [{ of, ids }, setOpen] = useState({ of: by, ids: new Set<string>() });
  const open = useMemo(() => (of === by ? ids : new Set<string>()), [of, by, ids]);
  const turn = (id: string): void => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen({ of: by, ids: next });
  };
  return [open, turn];
}

/** Runs, or their groups, in the order that the program gave: only visible ones are loaded. */
export function RunTable({ label, table, rows, view, onView, selected, onSelect, onOpen, scroller }: RunTableProps) {
  const { differing, decimals, onClusters, ids, groups } = table;
  const { tags } = table.facets;
  const isGrouped = groups.length > 0;
  const columns = useMemo(() => {
    const shown = shownColumns(view.columns, { differing, decimals, onClusters, facets: { tags } });
    return isGrouped ? groupColumns(shown) : shown;
  }, [view.columns, differing, decimals, onClusters, tags, isGrouped]);
  const [open, turn] = useOpenGroups(view.group);
  const lines = useMemo(() => runLines({ ids, groups }, open), [ids, groups, open]);
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
      all={ids}
      rows={rows.store}
      columns={columns}
      sortOf={sortOf}
      onOpen={onOpen}
      onGroup={turn}
      selected={selected}
      onSelect={onSelect}
      onShown={rows.show}
      scroller={scroller}
    />
  );
}

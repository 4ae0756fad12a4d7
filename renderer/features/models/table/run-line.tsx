import { memo } from 'react';
import type { RunColumn } from './columns.tsx';
import { type RowStore, useRow } from './row-store.ts';

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

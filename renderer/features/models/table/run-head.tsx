import { Checkbox } from '@mantine/core';
import type { RunView } from '../../../../main/contract/api/runs.ts';
import type { RunColumn } from './columns.tsx';
import { boxWidth } from './run-line.tsx';

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

import { Checkbox } from '@mantine/core';
import { memo } from 'react';
import { whole } from '../numbers.ts';
import type { DataColumn, Item } from './columns.ts';
import { boxWidth, widthOf } from './table-head.tsx';

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
          {item.title} <span className="share-n">({whole(item.count)})</span>
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

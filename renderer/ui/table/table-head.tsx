import { Checkbox } from '@mantine/core';
import type { DataColumn, TableView } from './columns.ts';

export const boxWidth = 36;
export const widthOf = <Row,>({ width, numeric }: DataColumn<Row>): number => width ?? (numeric ? 96 : 140);

export interface TableHeadProps<Row> {
  columns: readonly DataColumn<Row>[];
  view: TableView;
  onView: (view: TableView) => void;
  /** Null: rows cannot be selected. */
  selection: { all: boolean; some: boolean; toggle: () => void } | null;
}

/** Titles; a press sorts, a second one the other way, a third one not at all. */
export function TableHead<Row>({ columns, view, onView, selection }: TableHeadProps<Row>) {
  const sortBy = (column: string): void => {
    const { sort } = view;
    const next =
      sort?.column !== column ? { column, descending: false } : sort.descending ? null : { column, descending: true };
    onView({ ...view, sort: next });
  };
  return (
    <div className="data-table-head" role="row" aria-rowindex={1}>
      {selection && (
        <div role="columnheader" style={{ width: boxWidth }}>
          <Checkbox
            aria-label="Select all rows"
            checked={selection.all}
            indeterminate={selection.some && !selection.all}
            onChange={selection.toggle}
          />
        </div>
      )}
      {columns.map((column) => {
        const sort = view.sort?.column === column.id ? (view.sort.descending ? 'descending' : 'ascending') : 'none';
        return (
          <div
            key={column.id}
            role="columnheader"
            aria-sort={sort}
            data-numeric={column.numeric || undefined}
            style={{ width: widthOf(column) }}
          >
            <button type="button" className="data-table-sort" onClick={() => sortBy(column.id)}>
              {column.title}
              {sort !== 'none' && <span aria-hidden="true">{{ ascending: '↑', descending: '↓' }[sort]}</span>}
            </button>
          </div>
        );
      })}
    </div>
  );
}

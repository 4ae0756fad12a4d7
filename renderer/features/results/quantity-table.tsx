import type { Quantity } from '../../../main/contract/exhibit.ts';
import { ExhibitTable } from './exhibit-table.tsx';

export interface QuantityTableProps<Row> {
  id: string;
  title: string;
  heading: string;
  rows: readonly Row[];
  rowName: (row: Row) => string;
  columns: readonly { name: string; of: (row: Row) => Quantity | null; decimals?: number; unit?: string }[];
  /** Shows the images that a column's numbers count. */
  onOpen?: (column: number) => (() => void) | undefined;
}

/** Numbers of a result that is not an exhibit yet, as one. */
export function QuantityTable<Row>({ id, title, heading, rows, rowName, columns, onOpen }: QuantityTableProps<Row>) {
  const hasSpread = ({ of }: (typeof columns)[number]): boolean => rows.some((row) => (of(row)?.std ?? null) !== null);
  return (
    <ExhibitTable
      exhibit={{
        ...{ id, number: '', title, people: true, paper: true, notes: [] },
        columns: [
          { name: heading },
          ...columns.map((column) => ({
            ...{ name: column.name, decimals: column.decimals ?? 1, spread: hasSpread(column) },
            ...(column.unit !== undefined && { unit: column.unit }),
          })),
        ],
        rows: rows.map((row) => [rowName(row), ...columns.map(({ of }) => of(row))]),
      }}
      {...(onOpen && {
        onOpen: (_quantity, { name }) => {
          const run = onOpen(columns.findIndex((column) => column.name === name));
          return run && { run };
        },
      })}
    />
  );
}

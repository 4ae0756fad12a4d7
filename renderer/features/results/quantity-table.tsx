import type { Quantity } from '../../../main/contract/api/results-parts.ts';
import { ExportMenu } from '../../ui/export/export-menu.tsx';
import { ScrollBox, TableHead } from '../../ui/plain-table.tsx';
import { IntervalNoteOf } from './interval-note.tsx';
import { cellNames, cellsOf, QuantityText } from './quantity.tsx';

export interface QuantityColumn<Row> {
  name: string;
  of: (row: Row) => Quantity | null;
  decimals?: number;
  unit?: string;
}

/** A column of words behind the row's name; null: nothing there. */
export interface BesideColumn<Row> {
  heading: string;
  of: (row: Row) => { text: string; note: string } | null;
}

export interface QuantityTableProps<Row> {
  id: string;
  /** `Table 2`. */
  number?: string;
  title: string;
  heading: string;
  rows: readonly Row[];
  rowName: (row: Row) => string;
  beside?: BesideColumn<Row>;
  columns: readonly QuantityColumn<Row>[];
  /** Shows the images that a number counts. */
  onOpen?: (row: Row, column: number) => (() => void) | undefined;
}

/** A table of numbers as in the paper, its values in gray behind ours; saved as CSV with all that belongs to each. */
export function QuantityTable<Row>(props: QuantityTableProps<Row>) {
  const { id, number, title, heading, rows, rowName, beside, columns, onOpen } = props;
  const named = number === undefined ? title : `${number}: ${title}`;
  const table = () => ({
    columns: [
      heading,
      ...(beside ? [beside.heading, `${beside.heading}: not there`] : []),
      ...columns.flatMap(({ name }) => cellNames(name)),
    ],
    rows: rows.map((row) => [
      rowName(row),
      ...(beside ? [beside.of(row)?.text ?? null, beside.of(row)?.note ?? null] : []),
      ...columns.flatMap(({ of }) => cellsOf(of(row))),
    ]),
  });
  return (
    <section className="results-section" aria-labelledby={id}>
      <h2 id={id}>
        {number === undefined ? (
          title
        ) : (
          <>
            {number} <span className="soft">{title}</span>
          </>
        )}
        <ExportMenu title={named} table={table} />
      </h2>
      <ScrollBox label={named}>
        <table className="plain-table quantity-table">
          <TableHead names={[heading, ...(beside ? [beside.heading] : []), ...columns.map(({ name }) => name)]} />
          <tbody>
            {rows.map((row) => (
              <tr key={rowName(row)}>
                <th scope="row">{rowName(row)}</th>
                {beside && <BesideCell of={beside.of(row)} />}
                {columns.map(({ name, of, decimals, unit }, column) => {
                  const quantity = of(row);
                  return (
                    <td key={name}>
                      {quantity && (
                        <QuantityText
                          of={quantity}
                          label={`${name}, ${rowName(row)}`}
                          onOpen={onOpen?.(row, column)}
                          {...{ ...(decimals !== undefined && { decimals }), ...(unit !== undefined && { unit }) }}
                          {...(number !== undefined && { source: number })}
                        />
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <IntervalNoteOf quantities={rows.flatMap((row) => columns.map(({ of }) => of(row)))} />
    </section>
  );
}

function BesideCell({ of }: { of: ReturnType<BesideColumn<never>['of']> }) {
  return (
    <td className="beside-cell">
      {of?.text}
      {of && of.note !== '' && <small>{of.note}</small>}
    </td>
  );
}

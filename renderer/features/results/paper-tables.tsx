import type { Quantity } from '../../../main/contract/api/results-parts.ts';
import type { TablesResult } from '../../../main/contract/api/results-tables.ts';
import { ExportMenu } from '../../ui/export/export-menu.tsx';
import { ScrollBox } from '../../ui/scroll-box.tsx';
import { capital, peopleWord } from '../../ui/rehearsal.tsx';
import { targetName, useChoice } from './choice.tsx';
import { IntervalNoteOf } from './interval-note.tsx';
import { cellNames, cellsOf, QuantityText } from './quantity.tsx';

export interface QuantityColumn<Row> {
  name: string;
  of: (row: Row) => Quantity | null;
  decimals?: number;
  unit?: string;
}

export interface QuantityTableProps<Row> {
  id: string;
  /** `Table 2`. */
  number?: string;
  title: string;
  heading: string;
  rows: readonly Row[];
  rowName: (row: Row) => string;
  columns: readonly QuantityColumn<Row>[];
  /** Shows the images that a number counts. */
  onOpen?: (row: Row, column: number) => (() => void) | undefined;
}

/** A table of numbers as in the paper, its values in gray behind ours; saved as CSV with all that belongs to each. */
export function QuantityTable<Row>(props: QuantityTableProps<Row>) {
  const { id, number, title, heading, rows, rowName, columns, onOpen } = props;
  const named = number === undefined ? title : `${number}: ${title}`;
  const table = () => ({
    columns: [heading, ...columns.flatMap(({ name }) => cellNames(name))],
    rows: rows.map((row) => [
      rowName(row),
      ...columns.flatMap(({ of }) => {
        const quantity = of(row);
        return quantity ? cellsOf(quantity) : [null, null, null, null, null, null];
      }),
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
          <thead>
            <tr>
              <th scope="col">{heading}</th>
              {columns.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={rowName(row)}>
                <th scope="row">{rowName(row)}</th>
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

type Row2 = TablesResult['table2'][number] | null;

/** Table 2: misclassified and disagreeing; the last row is people's. */
export function Table2({ tables }: { tables: TablesResult }) {
  const { overview } = useChoice();
  const rows: Row2[] = [...tables.table2, null];
  return (
    <QuantityTable
      id="table-2"
      number="Table 2"
      title="Misclassified and disagreeing, percent of images"
      heading="Target"
      rows={rows}
      rowName={(row) => (row ? targetName(overview, row.target) : capital(peopleWord(tables.rehearsal)))}
      columns={[
        { name: 'Misclassified per network', of: (row) => row?.misclassifiedPerModel ?? null },
        { name: 'Misclassified by any', of: (row) => row?.misclassifiedAcross ?? null },
        { name: 'Two differ', of: (row) => (row ? row.pairwise : tables.peoplePairwise) },
        { name: 'Any differ', of: (row) => (row ? row.allDisagree : tables.peopleDisagree) },
      ]}
    />
  );
}

/** Table 3: shares of types. */
export function Table3({ tables }: { tables: TablesResult }) {
  const { overview } = useChoice();
  return (
    <QuantityTable
      id="table-3"
      number="Table 3"
      title="Types by target accuracy, percent of labelled images"
      heading="Target"
      rows={tables.table3}
      rowName={({ target }) => targetName(overview, target)}
      columns={[
        { name: 'Networks disagree', of: (row) => row.networksDisagree },
        { name: 'Type A', of: (row) => row.typeA },
        { name: 'Type B', of: (row) => row.typeB },
        { name: 'Type C', of: (row) => row.typeC },
        { name: 'Exceptions', of: (row) => row.exception },
      ]}
    />
  );
}

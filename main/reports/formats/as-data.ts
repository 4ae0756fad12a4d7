import { stringify } from 'csv-stringify/sync';
import type { Cell, Column, Exhibit } from '../../contract/results/exhibit.ts';
import { claimMarks } from '../../domain/results/claims.ts';
import { flatTable, furtherColumns, isQuantity, withPaperRows } from '../../domain/results/exhibits.ts';

/** Exhibits as files for computing: every digit, nothing for a value that is not defined. */

/** One line a row; in a rehearsal a last column says so in each row that simulated labelers are in. */
export function exhibitCsv(exhibit: Exhibit, rehearsal: boolean): string {
  const { columns, rows } = flatTable(exhibit, rehearsal);
  return stringify([columns, ...rows], { escape_formulas: true });
}

/** The table as JSON with reasons: `{ "because": "..." }` where a value is not defined. */
export function exhibitJson(exhibit: Exhibit, rehearsal: boolean): string {
  const { id, number, title, people, notes } = exhibit;
  const table = withPaperRows(exhibit);
  const further = furtherColumns(table, rehearsal);
  const content = {
    schema: 'boundary-workbench/exhibit/1',
    id,
    number,
    title,
    rehearsal: people && rehearsal,
    columns: [...table.columns, ...further].map(({ name }) => name),
    rows: table.rows.map((cells) => [
      ...table.columns.map((column, at) => jsonCell(cells[at] ?? null, column)),
      ...further.map(({ read }) => read(cells)),
    ]),
    notes,
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}

function jsonCell(cell: Cell, { spread, showN, interval }: Column): unknown {
  if (!isQuantity(cell)) return cell;
  const { value, std, n } = cell;
  if (value === null) return { because: cell.undefined };
  if (interval) {
    const { lo = null, hi = null, claim = null, nNull = 0 } = cell.interval ?? {};
    return { value, lo, hi, claim: claim && claimMarks[claim], leftOut: nNull };
  }
  return spread && std !== null ? { mean: value, std, ...(showN && { n }) } : value;
}

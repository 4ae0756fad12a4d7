import { stringify } from 'csv-stringify/sync';
import { type Exhibit, type ExhibitCell, type ExhibitColumn, fromPaper, isMissing, isSpread } from './exhibit.ts';

/** Exhibits as files for computing: every digit, an empty cell for what is not defined. */

const flatNames = ({ name, spread }: ExhibitColumn): string[] => (spread ? [name, `${name}: std`] : [name]);

function flatCells(cell: ExhibitCell, { spread }: ExhibitColumn): (string | number)[] {
  const [first, second] = isSpread(cell) ? [cell.mean, cell.std] : [isMissing(cell) || cell === null ? '' : cell, ''];
  return spread ? [first, second] : [first];
}

/** One line a row; in a rehearsal a last column says so in each row that simulated labelers are in. */
export function exhibitCsv({ columns, rows, people }: Exhibit, rehearsal: boolean): string {
  const marked = people && rehearsal;
  const header = [...columns.flatMap(flatNames), ...(marked ? ['rehearsal'] : [])];
  const lines = rows.map((cells) => [
    ...columns.flatMap((column, at) => flatCells(cells[at] ?? null, column)),
    ...(marked ? [cells.includes(fromPaper) ? '' : 'yes'] : []),
  ]);
  return stringify([header, ...lines], { escape_formulas: true });
}

/** The same with reasons: `{ "because": "..." }` where a value is not defined. */
export function exhibitJson(exhibit: Exhibit, rehearsal: boolean): string {
  const { id, number, title, people, columns, rows, notes } = exhibit;
  const content = {
    schema: 'boundary-workbench/exhibit/1',
    ...{ id, number, title, rehearsal: people && rehearsal },
    columns: columns.map(({ name }) => name),
    ...{ rows, notes },
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}

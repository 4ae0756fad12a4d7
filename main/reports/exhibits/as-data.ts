import { stringify } from 'csv-stringify/sync';
import { type Exhibit, type ExhibitCell, fromPaper, hasInterval, isMissing, isSpread } from './exhibit.ts';

/** Exhibits as files for computing: every digit, an empty cell for what is not defined. */

type Flat = string | number;

/** What follows the value of a column's cells in columns of their own. */
function moreOf({ columns, rows }: Exhibit, at: number): ('std' | 'n' | 'from' | 'to' | 'left out')[] {
  if (columns[at]?.interval) return ['from', 'to', 'left out'];
  if (!columns[at]?.spread) return [];
  return rows.some((cells) => 'n' in Object(cells[at] ?? null)) ? ['std', 'n'] : ['std'];
}

function flatCells(cell: ExhibitCell, more: readonly string[]): Flat[] {
  const rest = (values: readonly (number | null | undefined)[]): Flat[] => more.map((_, at) => values[at] ?? '');
  if (isSpread(cell)) return [cell.mean, ...rest([cell.std, cell.n])];
  if (hasInterval(cell)) return [cell.value, ...rest([cell.lo, cell.hi, cell.leftOut])];
  return [isMissing(cell) || cell === null ? '' : cell, ...rest([])];
}

/** One line a row; in a rehearsal a last column says so in each row that simulated labelers are in. */
export function exhibitCsv(exhibit: Exhibit, rehearsal: boolean): string {
  const { columns, rows, people } = exhibit;
  const marked = people && rehearsal;
  const more = columns.map((_, at) => moreOf(exhibit, at));
  const names = columns.flatMap(({ name }, at) => [name, ...(more[at] ?? []).map((part) => `${name}: ${part}`)]);
  const header = [...names, ...(marked ? ['rehearsal'] : [])];
  const lines = rows.map((cells) => [
    ...columns.flatMap((_, at) => flatCells(cells[at] ?? null, more[at] ?? [])),
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

/** A table as it is saved: what stands in its cells, not how it is drawn. */
export interface ExportTable {
  columns: readonly string[];
  rows: readonly (readonly ExportCell[])[];
}
export type ExportCell = string | number | null;

/** The same table, each row saying that its labels are simulated. */
export const markRehearsal = ({ columns, rows }: ExportTable): ExportTable => ({
  columns: [...columns, 'Rehearsal'],
  rows: rows.map((cells) => [...cells, 'simulated labels']),
});

/** What spreadsheets take for a formula at the start of a cell (OWASP, CSV injection). */
const formulaStart = /^[=+\-@\t\r]/;

/** A text that a spreadsheet would run begins with an apostrophe instead. Numbers stay what they are. */
export function escapeFormula(cell: ExportCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  return formulaStart.test(cell) ? `'${cell}` : cell;
}

/** RFC 4180, lines ended by CR LF. */
export function toCsv({ columns, rows }: ExportTable): string {
  return [columns, ...rows]
    .map((cells) => `${cells.map((cell) => quoted(escapeFormula(cell))).join(',')}\r\n`)
    .join('');
}

/** For pasting into a spreadsheet: cells apart by tabs, no tab or line break within one. */
export function toTabSeparated({ columns, rows }: ExportTable): string {
  return [columns, ...rows]
    .map((cells) => cells.map((cell) => escapeFormula(cell).replace(/\s+/g, ' ')).join('\t'))
    .join('\n');
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

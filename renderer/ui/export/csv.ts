/** A table for export: plain cell values. */
export interface ExportTable {
  columns: readonly string[];
  rows: readonly (readonly ExportCell[])[];
}
export type ExportCell = string | number | null;

/** Characters that spreadsheets read as the start of a formula (OWASP, CSV injection). */
const formulaStart = /^[=+\-@\t\r]/;

/** Cell as text; an apostrophe goes before texts that a spreadsheet would run as a formula. Numbers are unchanged. */
export function escapeFormula(cell: ExportCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  return formulaStart.test(cell) ? `'${cell}` : cell;
}

/** CSV by RFC 4180, with CR LF line ends. */
export function toCsv({ columns, rows }: ExportTable): string {
  return [columns, ...rows]
    .map((cells) => `${cells.map((cell) => quoted(escapeFormula(cell))).join(',')}\r\n`)
    .join('');
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

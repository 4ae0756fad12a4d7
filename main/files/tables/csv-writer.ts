import { UserError } from '../../contract/errors.ts';
import { quoted } from './csv-reader.ts';

/** What spreadsheets take for a formula at the start of a cell (OWASP, CSV injection). */
const formulaStart = /^[=+\-@\t\r]/;
const needsQuotes = /[",\r\n]/;

/**
 * Text as a cell of a CSV: quoted where it has to be, and with an apostrophe before what a spreadsheet would run as a
 * formula, so that it stays text.
 */
export function textCell(text: string): string {
  const harmless = formulaStart.test(text) ? `'${text}` : text;
  return needsQuotes.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A row with its line end. Numbers are written as they are, null as nothing. */
export function csvRow(cells: readonly (string | number | null)[]): string {
  return `${cells.map((cell) => (typeof cell === 'string' ? textCell(cell) : (cell ?? ''))).join(',')}\n`;
}

/**
 * Lets no name into a file that a spreadsheet would run as a formula. Refused rather than disguised, so that a file gives
 * back the names that went into it.
 * @throws UserError `csv.formula`.
 */
export function refuseFormula(path: string, cell: string): void {
  if (!formulaStart.test(cell)) return;
  throw new UserError({
    code: 'csv.formula',
    what: `The name ${quoted(cell)} begins as a spreadsheet formula does`,
    where: path,
    remedy: 'Choose a name that begins with a letter or a digit.',
  });
}

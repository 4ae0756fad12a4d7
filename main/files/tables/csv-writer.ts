import { stringify } from 'csv-stringify/sync';
import { UserError } from '../../contract/wire/errors.ts';
import { quote } from './table-cells.ts';

/** What spreadsheets take for a formula at the start of a cell (OWASP, CSV injection). */
const formulaStart = /^[=+\-@\t\r]/;

/**
 * Rows of a CSV file: UTF-8, LF, cells quoted where they have to be; null is an empty cell. Texts that a spreadsheet
 * would run as a formula get an apostrophe before them, so that they stay texts.
 */
export const formatCsv = (rows: readonly (readonly (string | number | null)[])[]): string =>
  stringify([...rows], { escape_formulas: true, quoted_match: /\r/ });

/** One row, with its line end. */
export const csvRow = (cells: readonly (string | number | null)[]): string => formatCsv([cells]);

/** A text as a cell, for rows that are joined by hand because there are millions of them. */
export const textCell = (text: string): string => csvRow([text]).slice(0, -1);

/**
 * Lets no name into a file that a spreadsheet would run as a formula. Refused rather than escaped, so that reading the
 * file gives the names that were written.
 * @throws UserError `csv.formula`.
 */
export function refuseFormula(path: string, cell: string): void {
  if (!formulaStart.test(cell)) return;
  throw new UserError(
    'csv.formula',
    `The name ${quote(cell)} begins as a spreadsheet formula does`,
    path,
    'Choose a name that begins with a letter or a digit.',
  );
}

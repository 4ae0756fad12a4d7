import { UserError } from '../../contract/errors.ts';
import { quoted } from './table-errors.ts';

/** What spreadsheets take for a formula at the start of a cell (OWASP, CSV injection). */
const formulaStart = /^[=+\-@\t\r]/;

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

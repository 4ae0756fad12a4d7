import type { CsvHeader } from './csv-reader.ts';
import { quoted, tableError } from './table-errors.ts';

const integerPattern = /^\d{1,15}(\.0+)?$/;
const decimalPattern = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
/** Names are shown on screens and in reports: no control characters. */
const controlCharacters = /\p{Cc}/u;
const maxNameLength = 200;

/** Reads the cells of a file; every error names file, row, column and remedy. */
export class CellReader {
  readonly #path: string;
  readonly #decimalComma: boolean;

  constructor({ path, decimalComma }: CsvHeader) {
    this.#path = path;
    this.#decimalComma = decimalComma;
  }

  /**
   * A whole number from `lowest` to `highest`; "5.0" is one, as some programs write columns with blanks.
   * @throws UserError `csv.not-a-number` or `code`, when out of range.
   */
  integer(
    cell: string,
    line: number,
    column: string,
    lowest: number,
    highest: number,
    code = 'csv.out-of-range',
  ): number {
    if (!integerPattern.test(cell)) {
      const negative = /^-\d+$/.test(cell);
      const what = `${column} is ${quoted(cell)}, ${negative ? 'a negative number' : 'not a whole number'}`;
      const remedy = `Write a whole number from ${lowest} to ${highest}.`;
      throw this.#error(line, negative ? code : 'csv.not-a-number', what, remedy);
    }
    const value = Number(cell);
    if (value < lowest || value > highest) {
      const what = `${column} is ${cell}, out of range`;
      throw this.#error(line, code, what, `Write a whole number from ${lowest} to ${highest}.`);
    }
    return value;
  }

  /**
   * A finite number from `lowest` to `highest`. NaN, Infinity and 1e999 are none.
   * @throws UserError `csv.not-a-number` or `csv.out-of-range`.
   */
  decimal(cell: string, line: number, column: string, lowest: number, highest: number): number {
    const text = this.#decimalComma ? cell.replace(',', '.') : cell;
    const value = decimalPattern.test(text) ? Number(text) : NaN;
    if (!Number.isFinite(value)) {
      const what = `${column} is ${quoted(cell)}, not a finite number`;
      throw this.#error(line, 'csv.not-a-number', what, `Write a number from ${lowest} to ${highest}, such as 0.5.`);
    }
    if (value < lowest || value > highest) {
      const what = `${column} is ${cell}, out of range`;
      throw this.#error(line, 'csv.out-of-range', what, `Write a number from ${lowest} to ${highest}.`);
    }
    return value;
  }

  /**
   * A name: not blank, at most 200 characters, no control characters.
   * @throws UserError `csv.bad-name`.
   */
  name(cell: string, line: number, column: string): string {
    if (cell.trim() === '') {
      throw this.#error(line, 'csv.bad-name', `${column} is blank`, `Give every row a ${column}.`);
    }
    if (cell.length > maxNameLength || controlCharacters.test(cell)) {
      const what = `${column} is ${quoted(cell)}: too long, or with control characters`;
      throw this.#error(line, 'csv.bad-name', what, `Use at most ${maxNameLength} printable characters.`);
    }
    return cell;
  }

  /**
   * Yes (`yes`, `true`, `1`) or no (`no`, `false`, `0`, blank), in any case.
   * @throws UserError `csv.not-yes-or-no`.
   */
  yesOrNo(cell: string, line: number, column: string): boolean {
    const text = cell.trim().toLowerCase();
    if (['yes', 'true', '1'].includes(text)) return true;
    if (['', 'no', 'false', '0'].includes(text)) return false;
    throw this.#error(line, 'csv.not-yes-or-no', `${column} is ${quoted(cell)}`, 'Write yes or no.');
  }

  #error(line: number, code: string, what: string, remedy: string): Error {
    return tableError(this.#path, line, code, what, remedy);
  }
}

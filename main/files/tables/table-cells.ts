/** Headers, rows and cells of tables, and errors in them. A module of its own, as hosts use it and parse no file. */
import { UserError } from '../../contract/wire/errors.ts';
import { largest } from '../limits.ts';

/** A problem in a file that does not stop the import, but that a person should know. */
export interface TableWarning {
  /** Stable, machine-readable code, e.g. `predictions.not-argmax`. */
  readonly code: string;
  readonly message: string;
  /** File, and the first row concerned. */
  readonly where: string;
}

/** `humans.csv, row 17`; rows are lines of the file, the header is row 1. */
export function rowLocation(path: string, line: number): string {
  return `${path}, row ${line}`;
}

/** An error in a file, or in one of its rows if `line` is given. */
export function tableError(
  path: string,
  line: number | null,
  code: string,
  what: string,
  remedy: string,
  cause?: unknown,
): UserError {
  return new UserError(code, what, line === null ? path : rowLocation(path, line), remedy, { cause });
}

/** A cell for a message: in quotes, cut where long. */
export function quote(cell: string): string {
  return JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}…` : cell);
}

/** The error for a file of `largest.csv` or more. */
export function fileTooLarge(path: string): Error {
  const what = `The file is larger than ${largest.csv / 1e6} MB`;
  return tableError(
    path,
    null,
    'csv.too-large',
    what,
    'Split it, for example by target accuracy, and analyze the parts.',
  );
}

/** The first row of a file. */
export interface CsvHeader {
  readonly path: string;
  /** Column names without surrounding blanks. */
  readonly names: readonly string[];
  /** Numbers may have a decimal comma: the delimiter is not a comma, as where Excel writes both. */
  readonly decimalComma: boolean;
}

/** Called for each row: its cells, as many as the header has, and its line in the file (the header is line 1). */
export type RowHandler = (cells: readonly string[], line: number) => void;

/**
 * Positions of the named columns.
 * @throws UserError `csv.missing-columns`, naming all that are missing.
 */
export function requireColumns({ path, names }: CsvHeader, wanted: readonly string[]): number[] {
  const absent = wanted.filter((name) => !names.includes(name));
  if (absent.length > 0) {
    const what = `The header lacks ${absent.length === 1 ? 'the column' : 'the columns'} ${absent.join(', ')}`;
    throw tableError(path, 1, 'csv.missing-columns', what, `The first row must name the columns ${wanted.join(',')}.`);
  }
  return wanted.map((name) => names.indexOf(name));
}

const integerPattern = /^\d{1,15}(\.0+)?$/;
const decimalPattern = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
/** Names are shown on screens and in reports: no control characters. */
const controlCharacters = /\p{Cc}/u;
const maxNameLength = 200;

/** Parses the cells of a file; every error names file, row, column and remedy. */
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
      const what = `${column} is ${quote(cell)}, ${negative ? 'a negative number' : 'not a whole number'}`;
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
      const what = `${column} is ${quote(cell)}, not a finite number`;
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
      const what = `${column} is ${quote(cell)}: too long, or with control characters`;
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
    throw this.#error(line, 'csv.not-yes-or-no', `${column} is ${quote(cell)}`, 'Write yes or no.');
  }

  #error(line: number, code: string, what: string, remedy: string): Error {
    return tableError(this.#path, line, code, what, remedy);
  }
}

import { UserError } from '../../contract/errors.ts';

/** Something in a file that does not stop the reading, but that a person should know. */
export interface TableWarning {
  /** Stable, machine-readable code, e.g. `predictions.not-argmax`. */
  readonly code: string;
  readonly message: string;
  /** File, and the first row that is meant. */
  readonly where: string;
}

/** `humans.csv, row 17`; rows are lines of the file, the header is row 1. */
export function rowOf(path: string, line: number): string {
  return `${path}, row ${line}`;
}

/** An error in a file as a whole, or in one of its rows if `line` is given. */
export function tableError(
  path: string,
  line: number | null,
  code: string,
  what: string,
  remedy: string,
  cause?: unknown,
): UserError {
  return new UserError({ code, what, where: line === null ? path : rowOf(path, line), remedy, cause });
}

/** A cell as it may be shown in a message: in quotes, cut where long. */
export function quoted(cell: string): string {
  return JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}…` : cell);
}

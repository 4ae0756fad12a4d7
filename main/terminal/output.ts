import { stripVTControlCharacters } from 'node:util';
import { UserError } from '../contract/wire/errors.ts';

/** Exit codes: 0 done, 1 a defect or an incomplete study, 2 an error that the user can correct, 130 stopped. */
export const exitCodes = { done: 0, failed: 1, userError: 2, stopped: 130 } as const;

/** The exit code, for commands that end without an error but not with 0. */
export interface Outcome {
  exitCode: number;
}

/** A text table: columns fit their widest cell, numbers are right-aligned, control characters are removed. */
export function table(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => printable(cell === null ? '-' : String(cell))));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const numeric = header.map(
    (_, column) => rows.length > 0 && rows.every((row) => typeof (row[column] ?? 0) === 'number'),
  );
  const fit = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return numeric[column] ? cell.padStart(width) : cell.padEnd(width);
  };
  return cells.map((row) => row.map(fit).join('  ').trimEnd()).join('\n');
}

/** Removes control characters, which could move the cursor of the terminal. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, ' ');
}

/** `printable` for a text of several lines. */
const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');

/** Prints a line on standard output. */
export const printLine = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Prints a value as JSON on standard output. */
export const printJson = (value: unknown, indent = 1): void => printLine(JSON.stringify(value, null, indent));

/** Prints the error on standard error and returns the exit code. */
export function explain(error: unknown): number {
  if (error instanceof UserError) {
    process.stderr.write(`\nError: ${printableLines(error.format())}\n`);
    return exitCodes.userError;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `\nThis is a defect of the program. It did not change any stored data.\n${printableLines(detail)}\n`,
  );
  return exitCodes.failed;
}

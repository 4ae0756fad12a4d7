import { stripVTControlCharacters } from 'node:util';
import { UserError } from '../../contract/errors.ts';

/** Exit codes of the command line: 0 done, 1 a defect or a study that could not finish, 2 something to mend, 130 stopped. */
export const exitCodes = { done: 0, failed: 1, userError: 2, stopped: 130 } as const;

/** Set by commands that end well but have something to say by their exit code. */
export interface Outcome {
  exitCode: number;
}

/** `95 s`, `12 min`, `3 h 05 min`: for people. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120
    ? `${minutes} min`
    : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Columns as wide as their widest cell; numbers right-aligned. Control characters in names are dropped. */
export function table(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => printable(cell === null ? '-' : String(cell))));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const numeric = header.map(
    (_, column) => rows.length > 0 && rows.every((row) => typeof (row[column] ?? 0) === 'number'),
  );
  return cells
    .map((row) =>
      row.map((cell, column) =>
        numeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      ),
    )
    .map((row) => row.join('  ').trimEnd())
    .join('\n');
}

/** Text that cannot move the cursor or ring the bell of the terminal that shows it. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, ' ');
}

/** The same for a text of several lines. */
const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');

/** Says what went wrong on standard error and gives the exit code. */
export function explain(error: unknown): number {
  if (error instanceof UserError) {
    process.stderr.write(`\nError: ${printableLines(error.format())}\n`);
    return exitCodes.userError;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `\nThis is a defect of the program; nothing stored was changed by it.\n${printableLines(detail)}\n`,
  );
  return exitCodes.failed;
}

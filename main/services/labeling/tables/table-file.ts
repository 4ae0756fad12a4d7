/** Receives one row: its cells in column order, and its position for error messages. */
export type TakeRow = (cells: readonly string[], where: () => string) => void;

export interface TableFile {
  path: string;
  name: string;
}

/** Receives the columns of a table and returns what receives its rows. */
export type StartTable = (columns: readonly string[]) => TakeRow;

/** Column of annotators by their place among those of an image: nobody knows who they were. */
export const unknownAnnotator = 'nth_annotator';

/** Receives one row: its cells in column order, and its position for error messages. */
export type TakeRow = (cells: readonly string[], where: () => string) => void;

export interface TableFile {
  path: string;
  name: string;
}

/** Receives the columns of a table and returns what receives its rows. */
export type StartTable = (columns: readonly string[]) => TakeRow;

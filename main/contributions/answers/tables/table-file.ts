import { refusals } from '../../../services/labels/index.ts';
import type { TableFile } from '../table-kinds.ts';

/** Column of annotators by their place among those of an image: nobody knows who they were. */
export const unknownAnnotator = 'nth_annotator';

/** Receives one row: its cells in column order, its position for error messages, and its line in a file that has lines. */
export type TakeRow = (cells: readonly string[], where: () => string, line?: number) => void;

/**
 * Receives the columns of a table and returns what receives its rows.
 * @param decimalComma whether numbers may have a decimal comma
 */
export type StartTable = (columns: readonly string[], decimalComma?: boolean) => TakeRow;

export const nobody = (file: Pick<TableFile, 'name'>) =>
  nothing(
    'Nobody in this table can be imported',
    file,
    'They withdrew, are in this study already, had not finished, or were excluded in the table.',
  );

export const nothing = (what: string, { name }: Pick<TableFile, 'name'>, remedy: string) =>
  refusals.table(what, name, remedy);

import { UserError } from '../../../contract/wire/index.ts';
import { isToolboxTable, toolboxColumns } from './model-vs-human.ts';
import { readCsvBytes } from '../../../files/tables/reading/index.ts';

/** A row of a table of model-vs-human; what its table lacks is empty. */
export type ToolboxRow = Record<(typeof toolboxColumns)[number], string>;

interface Table {
  path: string;
  read: () => Promise<Buffer>;
}

/** Rows of all tables together: sixty people and models about 1,280 images have 77,000. */
const mostRows = 1_000_000;

/** What the toolbox writes where a person did not answer in time. */
export const isNoResponse = (cell: string): boolean => /^(|na|nan|none)$/i.test(cell.trim());

/**
 * Reads the tables of an experiment one after another, in the order of their paths. Other tables, such as lists of accuracies,
 * are passed over.
 * @returns the paths of those that were read, and of the others
 * @throws UserError `csv.*`, naming the table; `labeling.table` for too many rows
 */
export async function readToolboxTables(
  tables: readonly Table[],
  take: (row: ToolboxRow) => void,
): Promise<{ read: string[]; others: string[] }> {
  const [read, others] = [[] as string[], [] as string[]];
  let rows = 0;
  for (const { path, read: bytes } of tables) {
    let isOne = false;
    await readCsvBytes(path, await bytes(), ({ names }) => {
      isOne = isToolboxTable(names);
      const lower = names.map((name) => name.toLowerCase());
      const places = toolboxColumns.map((name) => [name, lower.indexOf(name)] as const);
      return (cells) => {
        if (!isOne) return;
        if (++rows > mostRows) throw tooManyRows(path);
        const row = Object.fromEntries(places.map(([name, at]) => [name, (cells[at] ?? '').trim()]));
        take(row as ToolboxRow);
      };
    }).catch((error: unknown) => {
      // A file beside the tables may be anything.
      if (isOne) throw error;
    });
    (isOne ? read : others).push(path);
  }
  return { read, others };
}

const tooManyRows = (path: string): UserError =>
  new UserError(
    'labeling.table',
    `These tables have more than ${mostRows} rows`,
    path,
    'Choose the folder of one experiment, or fewer models.',
  );

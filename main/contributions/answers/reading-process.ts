import { randomUUID } from 'node:crypto';
import { totalmem } from 'node:os';
import type { PanelRow } from './storage/panels.ts';
import { unreadable } from '../../services/tools/index.ts';
import { entryModule, parser } from '../../files/index.ts';
import { isParquet, type TableFile } from './table-kinds.ts';
import { type Input, type Launcher, type Output, ProcessClient } from '../../processes/index.ts';
import { readingChecks, type ReadingHandlers } from './reading-calls.ts';

/** Reads what others made in a process of its own, so that no file can hold up or end this one. */
export class ReadingProcess {
  readonly #client: ProcessClient<ReadingHandlers>;
  #file = '';
  /** Open questions about files of other formats than Parquet. */
  #patient = 0;

  /** @param idleFor milliseconds without a question after which the process ends */
  constructor({ launcher, idleFor = 60_000 }: { launcher: Launcher; idleFor?: number }) {
    this.#client = new ProcessClient<ReadingHandlers>({
      checks: readingChecks,
      launcher,
      entry: entryModule('contributions/answers/reading-child'),
      idleFor,
      patience: () => (this.#patient > 0 ? parser.patience : parser.parquetPatience),
      startPatience: parser.patience,
      tries: 1,
      heapLimit: Math.min(parser.heap, totalmem() / 2),
      died: (why, hungAfter) => unreadable(why, hungAfter !== null, this.#file),
      failed: (_, detail) => new Error(`the process that reads files failed: ${detail}`),
    });
  }

  /** All answers of a table, checked. @throws UserError `csv.*`, `file.*`, `labeling.*` */
  async readTable(
    input: Omit<Input<ReadingHandlers['readTable']>, 'id'>,
  ): Promise<Output<ReadingHandlers['readTable']> & { rows: PanelRow[] }> {
    const id = randomUUID();
    const outcome = await this.ask('readTable', { ...input, id }, input);
    return { ...outcome, rows: await all(() => this.ask('nextPeople', { id }, input)) };
  }

  /** @param of the file that the question is about @throws UserError `csv.*`, `parquet.*`, `file.*`, `labeling.*`, `outside.*` */
  async ask<Name extends keyof ReadingHandlers>(
    call: Name,
    input: Input<ReadingHandlers[Name]>,
    { path, name }: TableFile,
  ): Promise<Output<ReadingHandlers[Name]>> {
    this.#file = name;
    const patient = isParquet(path) ? 0 : 1;
    this.#patient += patient;
    try {
      return await this.#client.ask(call, input);
    } finally {
      this.#patient -= patient;
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

/** Asks for parts until there is none. */
async function all<Row>(next: () => Promise<readonly Row[] | null>): Promise<Row[]> {
  const rows: Row[] = [];
  for (let some = await next(); some; some = await next()) for (const row of some) rows.push(row);
  return rows;
}

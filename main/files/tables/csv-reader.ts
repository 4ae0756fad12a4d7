import { createReadStream, statSync } from 'node:fs';
import { parse, CsvError, type Parser } from 'csv-parse';
import type { UserError } from '../../contract/errors.ts';
import { fileError } from '../file-errors.ts';
import { ByteGuard, maxFileBytes, tooLarge } from './byte-guard.ts';
import { quoted, tableError } from './table-errors.ts';

/** The first row of a file. */
export interface CsvHeader {
  readonly path: string;
  /** Column names without surrounding blanks. */
  readonly names: readonly string[];
  /** Numbers may have a decimal comma: the delimiter is not a comma, as where Excel writes both. */
  readonly decimalComma: boolean;
}

/** Takes one row: its cells, as many as the header has, and its line in the file (the header is line 1). */
export type RowHandler = (cells: readonly string[], line: number) => void;

/** Longest record in bytes: 1000 softmax values fit many times. */
const maxRecordBytes = 1_000_000;
/** How far the end of the header is looked for. */
const maxHeaderBytes = 65_536;

/**
 * Reads a CSV file row by row in bounded memory: UTF-8 with or without byte order mark; comma, semicolon or tab as
 * delimiter; LF, CRLF or CR; quoted fields; empty lines skipped.
 * @param start takes the header and gives the handler of the rows; both may throw UserErrors, which end the reading.
 * @throws UserError `csv.*` or `file.*`, naming file, row and remedy.
 */
export async function readCsv(path: string, start: (header: CsvHeader) => RowHandler): Promise<void> {
  try {
    const stat = statSync(path);
    if (stat.isFile() && stat.size >= maxFileBytes) throw await reasonToRefuse(path);
    await readChunks(path, createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>, start);
  } catch (error) {
    throw error instanceof CsvError ? syntaxError(path, error) : fileError(error, path);
  }
}

/** Reads CSV that is in memory already, such as a file of an archive; `path` names it in errors. As `readCsv`. */
export async function readCsvBytes(
  path: string,
  bytes: Buffer,
  start: (header: CsvHeader) => RowHandler,
): Promise<void> {
  try {
    await readChunks(path, [bytes], start);
  } catch (error) {
    throw error instanceof CsvError ? syntaxError(path, error) : error;
  }
}

/** A large file that is not CSV at all should be called that, not large. */
async function reasonToRefuse(path: string): Promise<unknown> {
  try {
    for await (const chunk of createReadStream(path, { end: maxHeaderBytes - 1 })) new ByteGuard(path).check(chunk);
  } catch (error) {
    return error;
  }
  return tooLarge(path);
}

async function readChunks(
  path: string,
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  start: (header: CsvHeader) => RowHandler,
): Promise<void> {
  const guard = new ByteGuard(path);
  const rows = new Rows(path, start);
  let head: Buffer = Buffer.alloc(0);
  let parser: Parser | undefined;
  for await (const chunk of chunks) {
    guard.check(chunk);
    if (parser) await feed(parser, chunk);
    else {
      head = Buffer.concat([head, chunk]);
      if (head.length < maxHeaderBytes && !head.includes('\n')) continue;
      parser = openParser(rows, head);
      await feed(parser, head);
    }
  }
  if (!parser) {
    parser = openParser(rows, head);
    await feed(parser, head);
  }
  await finish(parser);
  rows.finish();
}

/** Hands on what the parser finds: the header first, then the rows. */
class Rows {
  readonly #path: string;
  readonly #start: (header: CsvHeader) => RowHandler;
  #onRow: RowHandler | undefined;

  constructor(path: string, start: (header: CsvHeader) => RowHandler) {
    this.#path = path;
    this.#start = start;
  }

  take(cells: readonly string[], line: number, delimiter: string): void {
    if (this.#onRow) this.#onRow(cells, line);
    else if (cells.some((cell) => cell.trim() !== '')) {
      const names = headerNames(this.#path, cells);
      this.#onRow = this.#start({ path: this.#path, names, decimalComma: delimiter !== ',' });
    }
  }

  finish(): void {
    if (this.#onRow) return;
    throw tableError(this.#path, null, 'csv.empty', 'The file is empty', 'Choose another file, or export it again.');
  }
}

function openParser(rows: Rows, head: Buffer): Parser {
  const delimiter = delimiterOf(head);
  const parser = parse({
    bom: true,
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    max_record_size: maxRecordBytes,
    // Rows are handled here and dropped, instead of being read from the stream: several times as fast.
    on_record: (cells: string[], { lines }) => {
      rows.take(cells, lines, delimiter);
      return null;
    },
  });
  // Errors reach us through the callbacks of `write` and `end`; without a listener they would end the process.
  parser.on('error', () => undefined);
  return parser;
}

/** The delimiter that is most frequent in the first line. */
function delimiterOf(head: Buffer): string {
  const firstLine = head.toString('utf8', 0, maxHeaderBytes).split(/\r|\n/, 1)[0]!;
  const uses = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: firstLine.split(delimiter).length }));
  return uses.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}

function headerNames(path: string, cells: readonly string[]): string[] {
  const names = cells.map((name) => name.trim());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    const what = `The column ${quoted(twice)} is there twice`;
    throw tableError(path, 1, 'csv.duplicate-column', what, 'Rename or remove one of the two columns.');
  }
  return names;
}

/**
 * Where the named columns are.
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

function feed(parser: Parser, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}

function finish(parser: Parser): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.once('error', reject);
    parser.once('end', resolve);
    parser.resume();
    parser.end();
  });
}

const syntaxRemedies: Record<string, [what: string, remedy: string]> = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: [
    'This row has another number of cells than the header',
    'Give each row one cell a column; cells that contain the delimiter need quotes.',
  ],
  CSV_QUOTE_NOT_CLOSED: ['A quoted cell has no end', 'Close the quote, or write quotes inside a quoted cell twice.'],
  CSV_INVALID_CLOSING_QUOTE: ['Text follows a quoted cell', 'Write quotes inside a quoted cell twice.'],
  INVALID_OPENING_QUOTE: ['A quote stands inside a cell', 'Put the whole cell in quotes and write quotes in it twice.'],
  CSV_MAX_RECORD_SIZE: ['This row is longer than 1 MB', 'Choose a CSV file with one image and rater a row.'],
};

function syntaxError(path: string, error: CsvError): UserError {
  const [what, remedy] = syntaxRemedies[error.code] ?? [error.message, 'Export the file again as CSV.'];
  const line = 'lines' in error && typeof error.lines === 'number' ? error.lines : null;
  return tableError(path, line, 'csv.syntax', what, remedy, error);
}

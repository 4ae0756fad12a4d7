import { createReadStream, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { CsvError, parse, type Parser } from 'csv-parse';
import type { UserError } from '../../../contract/wire/errors.ts';
import { fileError } from '../../file-errors.ts';
import { largest } from '../../limits.ts';
import { type CsvHeader, fileTooLarge, quote, type RowHandler, tableError } from '../table-cells.ts';

/** Larger files are refused: analyzing them would take too much time and memory. */
const maxFileBytes = largest.csv;

/**
 * Checks the bytes of a file as they are read, before they are parsed.
 * @throws UserError `csv.too-large`, `csv.binary` or `csv.encoding`, on the first chunk that shows it.
 */
class ByteGuard {
  readonly #path: string;
  readonly #most: number;
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true });
  #bytes = 0;
  #lines = 1;

  /** @param most bytes; a file of as many is too large */
  constructor(path: string, most = maxFileBytes) {
    this.#path = path;
    this.#most = most;
  }

  check(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes >= this.#most) throw fileTooLarge(this.#path);
    this.#checkEncoding(chunk);
    this.#lines += countLineFeeds(chunk);
  }

  #checkEncoding(chunk: Buffer): void {
    const startsAsUtf16 = this.#bytes === chunk.length && /^(fffe|feff)$/.test(chunk.toString('hex', 0, 2));
    if (startsAsUtf16) throw this.#notUtf8(1);
    const zero = chunk.indexOf(0);
    if (zero >= 0) {
      const what = 'This is not a text file: it holds zero bytes';
      throw tableError(
        this.#path,
        this.#lineAt(chunk, zero),
        'csv.binary',
        what,
        'Choose a CSV file, as plain text in UTF-8.',
      );
    }
    try {
      this.#utf8.decode(chunk, { stream: true });
    } catch {
      throw this.#notUtf8(this.#lineAt(chunk, firstBadByte(chunk)));
    }
  }

  #lineAt(chunk: Buffer, offset: number): number {
    return this.#lines + countLineFeeds(chunk.subarray(0, offset));
  }

  #notUtf8(line: number): Error {
    const remedy = 'Save the file again as CSV in UTF-8 (in Excel: "CSV UTF-8").';
    return tableError(this.#path, line, 'csv.encoding', 'The text is not in UTF-8', remedy);
  }
}

function countLineFeeds(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count++;
  return count;
}

/**
 * Offset of the first byte that is not UTF-8, or 0 if it is in a character that began in the chunk before. The rest of
 * such a character is skipped.
 */
function firstBadByte(chunk: Buffer): number {
  const [rest = ''] = /^[\x80-\xbf]+/.exec(chunk.toString('latin1', 0, 3)) ?? [];
  const text = chunk.toString('utf8', rest.length);
  const replaced = text.indexOf('\uFFFD');
  return replaced < 0 ? 0 : rest.length + Buffer.byteLength(text.slice(0, replaced));
}

/** Longest record in bytes: 1000 softmax values fit many times. */
const maxRecordBytes = 1_000_000;
/** The first line must end within this many bytes. */
const maxHeaderBytes = 65_536;

/**
 * Reads a CSV file row by row in bounded memory: UTF-8 with or without byte order mark; comma, semicolon or tab as
 * delimiter; LF, CRLF or CR; quoted fields; empty lines skipped.
 * @param start gets the header and returns the handler of the rows; both may throw UserErrors, which end the reading.
 * @param name of the file in errors
 * @throws UserError `csv.*` or `file.*`, naming file, row and remedy.
 */
export async function readCsv(
  path: string,
  start: (header: CsvHeader) => RowHandler,
  name: string = path,
): Promise<void> {
  try {
    const stat = statSync(path);
    if (stat.isFile() && stat.size >= maxFileBytes) throw await reasonToRefuse(path, name);
    await readChunks(name, createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>, start);
  } catch (error) {
    throw error instanceof CsvError ? syntaxError(name, error) : fileError(error, name);
  }
}

/**
 * `readCsv` for a file in memory, such as one from an archive; `path` names it in errors.
 * @param most bytes; a file of as many is too large
 */
export async function readCsvBytes(
  path: string,
  bytes: Buffer,
  start: (header: CsvHeader) => RowHandler,
  most = maxFileBytes,
): Promise<void> {
  try {
    await readChunks(path, pieces(bytes), start, most);
  } catch (error) {
    throw error instanceof CsvError ? syntaxError(path, error) : error;
  }
}

/** Between the pieces, other work of this process has its turn. */
async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    yield bytes.subarray(at, at + pieceBytes);
    await setImmediate();
  }
}

/** Bytes that are parsed in about ten milliseconds. */
const pieceBytes = 256 * 1024;

/** A large file that is no CSV is refused for that, not for its size. */
async function reasonToRefuse(path: string, name: string): Promise<unknown> {
  try {
    for await (const chunk of createReadStream(path, { end: maxHeaderBytes - 1 })) new ByteGuard(name).check(chunk);
  } catch (error) {
    return error;
  }
  return fileTooLarge(name);
}

async function readChunks(
  path: string,
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  start: (header: CsvHeader) => RowHandler,
  most = maxFileBytes,
): Promise<void> {
  const guard = new ByteGuard(path, most);
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

/** Passes on what the parser finds: the header first, then the rows. */
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
  const delimiter = detectDelimiter(head);
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

/** The delimiter that occurs most often in the first line. */
function detectDelimiter(head: Buffer): string {
  const firstLine = head.toString('utf8', 0, maxHeaderBytes).split(/\r|\n/, 1)[0]!;
  const uses = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: firstLine.split(delimiter).length }));
  return uses.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}

function headerNames(path: string, cells: readonly string[]): string[] {
  const names = cells.map((name) => name.trim());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    const what = `The column ${quote(twice)} occurs twice`;
    throw tableError(path, 1, 'csv.duplicate-column', what, 'Rename or remove one of the two columns.');
  }
  return names;
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
    'This row has more or fewer cells than the header',
    'Give each row one cell for each column; cells that contain the delimiter need quotes.',
  ],
  CSV_QUOTE_NOT_CLOSED: ['A quoted cell has no end', 'Close the quote, or write quotes inside a quoted cell twice.'],
  CSV_INVALID_CLOSING_QUOTE: ['Text follows a quoted cell', 'Write quotes inside a quoted cell twice.'],
  INVALID_OPENING_QUOTE: [
    'There is a quote inside a cell',
    'Put quotes around the cell and write each quote inside it twice.',
  ],
  CSV_MAX_RECORD_SIZE: ['This row is longer than 1 MB', 'Choose a CSV file with one image and rater a row.'],
};

function syntaxError(path: string, error: CsvError): UserError {
  const [what, remedy] = syntaxRemedies[error.code] ?? [error.message, 'Export the file again as CSV.'];
  const line = 'lines' in error && typeof error.lines === 'number' ? error.lines : null;
  return tableError(path, line, 'csv.syntax', what, remedy, error);
}

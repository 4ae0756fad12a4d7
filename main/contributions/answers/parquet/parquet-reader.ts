import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { parquetMetadata, parquetScan } from 'hyparquet';
import type { ColumnChunk, Compressors, FileMetaData, ParquetRowRange, ParquetScan } from 'hyparquet';
import { UserError } from '../../../contract/wire/index.ts';
import { fileError, largest } from '../../../files/index.ts';
import { type CsvHeader, fileTooLarge, quote, type RowHandler, tableError } from '../../../files/tables/index.ts';
import { chunkOf, type Column, columnsOf, compressions } from './parquet-columns.ts';
import { checkPages } from './parquet-pages.ts';

/** Largest description of a file's columns, cells of a table, and characters of a row. */
const most = { footer: 64 * 2 ** 20, cells: 100_000_000, row: 1_000_000 };

/** Cells that are passed on before other work of this process has its turn. */
const cellsAtOnce = 100_000;

const magic = 'PAR1';

/**
 * Reads a Parquet file row by row, as `readCsv` reads a CSV: a number, text, date or truth value becomes the text that a CSV
 * has for it, no value the empty cell, and a list of numbers a column for each of them, `name_0`, `name_1`... Row groups are
 * read one after the other. Rows count from 1. A file that was made to block this process or to fill its memory may do so:
 * read files of others in a process of its own, with limits of time and memory.
 * @param start gets the columns and returns the handler of the rows; both may throw UserErrors, which end the reading.
 * @param name of the file in errors
 * @throws UserError `parquet.*`, `csv.too-large` or `file.*`, naming file, column or row, and remedy.
 */
export async function readParquet(
  path: string,
  start: (header: CsvHeader) => RowHandler,
  name: string = path,
): Promise<void> {
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    await new ParquetTable(name, file).read(start);
  } catch (error) {
    throw fileError(error, name);
  } finally {
    if (file !== null) closeSync(file);
  }
}

class ParquetTable {
  readonly #name: string;
  readonly #file: number;
  readonly #size: number;
  /** Bytes of unpacked pages, and characters of cells, so far. */
  #unpacked = 0;
  #characters = 0;
  /** What the chunk that is being read should have. */
  #expected = { values: 0, isList: false };

  constructor(name: string, file: number) {
    this.#name = name;
    this.#file = file;
    this.#size = fstatSync(file).size;
    if (this.#size >= largest.csv) throw fileTooLarge(name);
  }

  async read(start: (header: CsvHeader) => RowHandler): Promise<void> {
    const metadata = this.#readFooter();
    const columns = this.#guard('its columns', () => columnsOf(metadata, this.#name));
    this.#guard('its row groups', () => this.#checkGroups(metadata, columns));
    const names = columns.flatMap((column) => column.names);
    const take = start({ path: this.#name, names, decimalComma: false });
    const scan = await this.#guardAsync('its row groups', () =>
      parquetScan({
        file: { byteLength: this.#size, slice: (from, to = this.#size) => this.#chunk(from, to) },
        metadata,
        compressors,
        parsers,
        geoparquet: false,
        useOffsetIndex: false,
      }),
    );
    const groups = metadata.row_groups.filter(({ num_rows: rows }) => rows > 0n);
    for (const [at, range] of scan.ranges.entries()) {
      const { columns: chunks = [] } = groups[at] ?? {};
      await this.#readGroup(scan, columns, { ...range, chunks }, take);
    }
  }

  #readFooter(): FileMetaData {
    if (this.#size < 12) throw this.#damaged('it is cut short');
    const end = Buffer.from(this.#bytes(this.#size - 8, this.#size));
    if (end.toString('latin1', 4) === 'PARE')
      throw this.#error('parquet.encrypted', 'This Parquet file is encrypted', 'Save it without encryption.');
    if (end.toString('latin1', 4) !== magic) throw this.#damaged('it does not end as one, so it may be cut short');
    const length = end.readUInt32LE(0);
    if (length > this.#size - 12) throw this.#damaged('its description is longer than the file');
    if (length > most.footer) {
      const what = `The description of the columns has more than ${most.footer / 2 ** 20} MiB`;
      throw this.#error('parquet.too-large', what, 'Save only the columns that are needed, in fewer row groups.');
    }
    return this.#guard('its description', () =>
      parquetMetadata(this.#bytes(this.#size - 8 - length, this.#size), { parsers: unread, geoparquet: false }),
    );
  }

  #checkGroups({ row_groups: groups }: FileMetaData, columns: readonly Column[]): void {
    let cells = 0;
    for (const { num_rows: rows, columns: chunks } of groups) {
      for (const { name, isList } of columns) {
        const chunk = chunkOf(chunks, name);
        if (!chunk) throw this.#damaged(`a row group lacks the column ${quote(name)}`);
        if (!compressions.includes(chunk.codec)) {
          const what = `The column ${quote(name)} is packed with ${chunk.codec ?? 'an unknown method'}, which is not read`;
          throw this.#error('parquet.compression', what, 'Save it with compression="zstd", "snappy" or "gzip".');
        }
        const { num_values: values } = chunk;
        if (!(rows >= 0n && values >= 0n && (isList || values === rows)))
          throw this.#damaged(`the column ${quote(name)} has ${values} values for ${rows} rows`);
        cells += Number(values);
      }
      cells += Number(rows);
    }
    if (cells <= most.cells) return;
    const what = `This table has more than ${most.cells / 1e6} million cells`;
    throw this.#error('parquet.too-large', what, 'Split it by models, or save fewer columns.');
  }

  async #readGroup(
    scan: ParquetScan,
    columns: readonly Column[],
    { chunks, ...range }: ParquetRowRange & { chunks: readonly ColumnChunk[] },
    take: RowHandler,
  ): Promise<void> {
    const rows = range.rowEnd - range.rowStart;
    const values: ArrayLike<unknown>[] = [];
    for (const { name, isList } of columns) {
      this.#expected = { values: Number(chunkOf(chunks, name)?.num_values), isList };
      const read = await this.#guardAsync(`column ${quote(name)}`, () => scan.readColumn({ column: name, ...range }));
      if (read.length !== rows) throw this.#damaged(`column ${quote(name)} has ${read.length} values for ${rows} rows`);
      values.push(read);
      await setImmediate();
    }
    let waiting = 0;
    for (let row = 0; row < rows; row++) {
      const line = range.rowStart + row + 1;
      const cells = columns.flatMap((column, at) => this.#cells(column, values[at]?.[row], line));
      this.#count(cells, line);
      take(cells, line);
      waiting += cells.length;
      if (waiting < cellsAtOnce) continue;
      waiting = 0;
      await setImmediate();
    }
  }

  #cells({ name, names, isList }: Column, value: unknown, line: number): string | string[] {
    if (!isList) return this.#text(value, name, line);
    if (value === null) return names.map(() => '');
    if (!Array.isArray(value)) throw this.#damaged(`${name} is no list in row ${line}`);
    if (value.length === names.length) return value.map((each: unknown) => this.#text(each, name, line));
    const what = `${name} is a list of ${value.length} values, and of ${names.length} in the first row group`;
    throw tableError(this.#name, line, 'parquet.list', what, 'Save lists of equal length, a value for each class.');
  }

  #text(value: unknown, column: string, line: number): string {
    if (typeof value === 'string') return value;
    if (value === null) return '';
    if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
    throw this.#damaged(`${column} has no value in row ${line}`);
  }

  /** As much text as a CSV may have, and no more: one value may be repeated a million times in a few bytes. */
  #count(cells: readonly string[], line: number): void {
    const characters = cells.reduce((sum, cell) => sum + cell.length + 1, 0);
    if (characters > most.row)
      throw tableError(this.#name, line, 'parquet.too-large', 'This row is longer than 1 MB', 'Save shorter texts.');
    this.#characters += characters;
    if (this.#characters >= largest.csv) throw this.#tooMuch();
  }

  /** The bytes of a column in a row group, whose pages are checked before any is unpacked. */
  #chunk(from: number, to: number): ArrayBuffer {
    const { buffer } = this.#bytes(from, to);
    this.#unpacked += checkPages(buffer, this.#expected);
    if (this.#unpacked >= largest.csv) throw this.#tooMuch();
    return buffer;
  }

  #bytes(from: number, to: number): Uint8Array<ArrayBuffer> {
    if (!(from >= 0 && from <= to && to <= this.#size)) throw new Error('a part of it lies outside of the file');
    const bytes = new Uint8Array(to - from);
    for (let at = 0; at < bytes.length; ) {
      const count = readSync(this.#file, bytes, at, bytes.length - at, from + at);
      if (count === 0) throw new Error('it is cut short');
      at += count;
    }
    return bytes;
  }

  #guard<T>(part: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#explained(error, part);
    }
  }

  async #guardAsync<T>(part: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#explained(error, part);
    }
  }

  /** What the library throws says little of where it was. */
  #explained(error: unknown, part: string): unknown {
    const known = fileError(error, this.#name);
    if (known instanceof UserError) return known;
    const isOwn = error instanceof Error && !(error instanceof TypeError) && !(error instanceof RangeError);
    return this.#damaged(`${part}: ${isOwn ? error.message : 'it is not as the format says'}`, error);
  }

  #damaged(detail: string, cause?: unknown): UserError {
    const what = `This Parquet file is damaged, or written in a way that is not read: ${detail.slice(0, 200)}`;
    return this.#error('parquet.damaged', what, 'Copy it again, or save it again, for example as CSV.', cause);
  }

  #tooMuch(): UserError {
    const what = `This table has more than ${largest.csv / 1e6} MB when it is unpacked`;
    return this.#error('parquet.too-large', what, 'Split it by models, or save fewer columns.');
  }

  #error(code: string, what: string, remedy: string, cause?: unknown): UserError {
    return tableError(this.#name, null, code, what, remedy, cause);
  }
}

/** A buffer of its own: the library reads beyond a part of a larger one. */
const unpacker =
  (unpack: (bytes: Uint8Array, options: { maxOutputLength: number }) => Buffer) =>
  (bytes: Uint8Array, length: number): Uint8Array =>
    new Uint8Array(unpack(bytes, { maxOutputLength: Math.max(length, 1) }));

/** Snappy comes with the library. */
const compressors: Compressors = {
  GZIP: unpacker(gunzipSync),
  BROTLI: unpacker(brotliDecompressSync),
  ZSTD: unpacker(zstdDecompressSync),
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

function text(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Error('it has bytes that are no text in UTF-8');
  }
}

const time = (milliseconds: number): string => new Date(milliseconds).toISOString();

const parsers = {
  stringFromBytes: text,
  jsonFromBytes: text,
  timestampFromMilliseconds: (value: bigint) => time(Number(value)),
  timestampFromMicroseconds: (value: bigint) => time(Number(value / 1000n)),
  timestampFromNanoseconds: (value: bigint) => time(Number(value / 1_000_000n)),
  dateFromDays: (days: number) => time(days * 86_400_000).slice(0, 10),
};

/** The smallest and largest values of a column are not used, and may be cut within a letter. */
const nothing = (): null => null;
const unread = {
  stringFromBytes: nothing,
  timestampFromMilliseconds: nothing,
  timestampFromMicroseconds: nothing,
  timestampFromNanoseconds: nothing,
  dateFromDays: nothing,
  uuidFromBytes: nothing,
};

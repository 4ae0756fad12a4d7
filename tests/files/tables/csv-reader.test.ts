import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { readCsv, readCsvBytes } from '../../../main/files/tables/reading/csv-reader.ts';
import { CellReader, type CsvHeader, quote, requireColumns } from '../../../main/files/tables/table-cells.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { csvFile, refusal } from './csv-file.ts';

const header = 'image,pair_i,pair_j,alpha,labeler,label\n';
const valid = `${header}0,0,1,0,H1,0\n`;

/** Reads a table of labels to its end. */
const readTable = (path: string): Promise<void> =>
  readCsv(path, (found) => {
    requireColumns(found, header.trimEnd().split(','));
    return () => undefined;
  });

describe('what is no CSV file', () => {
  const png = encode({ width: 8, height: 8, data: new Uint8Array(64), channels: 1 });
  it.each([
    ['nothing', '', 'csv.empty', null],
    ['blank lines', '\uFEFF \n\r\n', 'csv.empty', null],
    ['a PNG', png, 'csv.binary', 3],
    ['a gzipped CSV', gzipSync(valid), 'csv.binary', 1],
    ['UTF-16', Buffer.from(`\uFEFF${valid}`, 'utf16le'), 'csv.encoding', 1],
    ['Latin-1', Buffer.from(`${valid}1,0,1,0,Jörg,0\n`, 'latin1'), 'csv.encoding', 3],
    ['Latin-1 at the start of a row', Buffer.from(`${valid}é,0,1,0,H1,0\n`, 'latin1'), 'csv.encoding', 3],
    ['zero bytes', `${valid}1,0,1,0,H\0,0\n`, 'csv.binary', 3],
    ['a text', 'To be, or not to be\nthat is the question\n', 'csv.missing-columns', 1],
    ['JSON', '{"image": [0, 1]}', 'csv.syntax', 1],
  ])('%s', async (_, content, code, row) => {
    const error = await refusal(readTable(csvFile(content, 'humans.csv')));
    expect(error.code).toBe(code);
    expect(error.where).toBe(row === null ? 'humans.csv' : `humans.csv, row ${row}`);
  });

  it('a path that is not there, or a folder', async () => {
    const folder = join(temporaryFolder(), 'folder');
    mkdirSync(folder);
    expect(await refusal(readTable(join(folder, 'none.csv')))).toMatchObject({ code: 'file.not-found' });
    expect(await refusal(readTable(folder))).toMatchObject({ code: 'file.is-a-folder' });
  });
});

describe('cells', () => {
  const cells = (decimalComma = false) => new CellReader({ path: 'a.csv', names: [], decimalComma });
  /** What a cell is read as, or the code and the words with which it is refused. */
  const read = (work: (reader: CellReader) => unknown, decimalComma = false): unknown => {
    try {
      return work(cells(decimalComma));
    } catch (error) {
      return error instanceof UserError ? `${error.code}: ${error.message}. ${error.remedy}` : error;
    }
  };

  it.each<[string, unknown]>([
    ['2', 2],
    ['7', 7],
    ['5.00', 5],
    ['1', 'csv.out-of-range: n is 1, out of range. Write a whole number from 2 to 7.'],
    ['8', 'csv.out-of-range: n is 8, out of range. Write a whole number from 2 to 7.'],
    ['-3', 'csv.out-of-range: n is "-3", a negative number. Write a whole number from 2 to 7.'],
    ['5.5', 'csv.not-a-number: n is "5.5", not a whole number. Write a whole number from 2 to 7.'],
    ['', 'csv.not-a-number: n is "", not a whole number. Write a whole number from 2 to 7.'],
    [
      '1234567890123456',
      'csv.not-a-number: n is "1234567890123456", not a whole number. Write a whole number from 2 to 7.',
    ],
  ])('the whole number %j', (cell, expected) => {
    expect(read((reader) => reader.integer(cell, 3, 'n', 2, 7))).toBe(expected);
  });

  it('the code of a number out of range is the caller’s', () => {
    for (const cell of ['9', '-1']) {
      expect(read((reader) => reader.integer(cell, 3, 'n', 2, 7, 'own.code'))).toMatch(/^own\.code/);
    }
    expect(read((reader) => reader.integer('x', 3, 'n', 2, 7, 'own.code'))).toMatch(/^csv\.not-a-number/);
    expect(read((reader) => reader.integer('100000000000000', 3, 'n', 2, 1e15))).toBe(1e14);
  });

  it.each<[string, boolean, unknown]>([
    ['0.25', false, 0.25],
    ['0,25', true, 0.25],
    ['.5', false, 0.5],
    ['1.', false, 1],
    ['+5e-1', false, 0.5],
    ['0', false, 0],
    ['1', false, 1],
    ['0,25', false, 'csv.not-a-number: x is "0,25", not a finite number. Write a number from 0 to 1, such as 0.5.'],
    ['1e999', false, 'csv.not-a-number: x is "1e999", not a finite number. Write a number from 0 to 1, such as 0.5.'],
    ['NaN', false, 'csv.not-a-number: x is "NaN", not a finite number. Write a number from 0 to 1, such as 0.5.'],
    ['1.01', false, 'csv.out-of-range: x is 1.01, out of range. Write a number from 0 to 1.'],
    ['-0.01', false, 'csv.out-of-range: x is -0.01, out of range. Write a number from 0 to 1.'],
  ])('the number %j, decimal comma %j', (cell, comma, expected) => {
    expect(read((reader) => reader.decimal(cell, 3, 'x', 0, 1), comma)).toBe(expected);
  });

  it('names have 1 to 200 printable characters', () => {
    const name = (cell: string): unknown => read((reader) => reader.name(cell, 3, 'labeler'));
    expect(name('Zoë  X')).toBe('Zoë  X');
    expect(name('x'.repeat(200))).toBe('x'.repeat(200));
    expect(name(' ')).toBe('csv.bad-name: labeler is blank. Give every row a labeler.');
    const long = `csv.bad-name: labeler is "${'x'.repeat(40)}…": too long, or with control characters. Use at most 200 printable characters.`;
    expect(name('x'.repeat(201))).toBe(long);
    expect(name('a\tb')).toMatch(/^csv\.bad-name: labeler is "a\\tb"/);
  });

  it('yes and no', () => {
    const yesOrNo = (cell: string): unknown => read((reader) => reader.yesOrNo(cell, 3, 'c'));
    expect(['yes', ' TRUE', '1'].map(yesOrNo)).toEqual([true, true, true]);
    expect(['', ' No ', 'false', '0'].map(yesOrNo)).toEqual([false, false, false, false]);
    expect(yesOrNo('2')).toBe('csv.not-yes-or-no: c is "2". Write yes or no.');
  });

  it('a long cell is cut in messages, and a row is named by its line', () => {
    expect(quote('x'.repeat(40))).toBe(`"${'x'.repeat(40)}"`);
    expect(quote('x'.repeat(41))).toBe(`"${'x'.repeat(40)}…"`);
    expect(() => cells().yesOrNo('?', 17, 'c')).toThrow(expect.objectContaining({ where: 'a.csv, row 17' }));
  });
});

describe('a file of 1 GB', () => {
  const gigabyte = 1_000_000_000;
  /** A sparse file: takes no room on the disk. */
  function sparse(start: string, size: number): string {
    const path = csvFile(start, 'humans.csv');
    truncateSync(path, size);
    return path;
  }

  it('is refused for its size, before it is read, if its start is CSV', async () => {
    const path = csvFile('', 'humans.csv');
    const file = openSync(path, 'r+');
    writeSync(file, valid + '1,0,1,0,H1,0\n'.repeat(10_000), 0);
    closeSync(file);
    truncateSync(path, gigabyte);
    const error = await refusal(readTable(path));
    expect(error).toMatchObject({ code: 'csv.too-large', where: 'humans.csv' });
    expect(error.remedy).toContain('Split it');
    expect(error.what).toBe('The file is larger than 1000 MB');
  });

  it('is refused as binary if it begins with zero bytes', async () => {
    expect(await refusal(readTable(sparse(valid, gigabyte)))).toMatchObject({
      code: 'csv.binary',
      where: 'humans.csv, row 3',
    });
  });

  it('just under the limit is read in little memory until it goes wrong', async () => {
    const error = await refusal(readTable(sparse(`${valid}${'\n'.repeat(70_000)}`, gigabyte - 1)));
    expect(error.code).toBe('csv.binary');
  });

  it.skipIf(process.platform === 'win32')(
    'from a pipe, as one line without end, is refused in little memory',
    async () => {
      const pipe = join(temporaryFolder(), 'pipe');
      execFileSync('mkfifo', [pipe]);
      const script = `{ printf '${header}'; head -c 1000000000 /dev/zero | tr '\\0' x; } > '${pipe}'`;
      const writer = spawn('sh', ['-c', script], { stdio: 'ignore' });
      const ended = once(writer, 'exit');
      try {
        expect(await refusal(readTable(pipe))).toMatchObject({
          code: 'csv.syntax',
          what: 'This row is longer than 1 MB',
        });
      } finally {
        await ended;
      }
    },
  );
});

describe('readCsv', () => {
  it('hands on rows with the line they end on', async () => {
    const rows: [string, number][] = [];
    await readCsv(csvFile('a,b\n1,2\n\n"x\ny",3\n4,5'), () => (cells, line) => rows.push([cells.join('|'), line]));
    expect(rows).toEqual([
      ['1|2', 2],
      ['x\ny|3', 5],
      ['4|5', 6],
    ]);
  });

  it.each([
    ['a,b;c\n1,2;3', ['a', 'b;c'], false],
    ['a;b,c;d\n1;2;3', ['a', 'b,c', 'd'], true],
    ['a\tb,c\td\n1\t2\t3', ['a', 'b,c', 'd'], true],
    ['a,b;c,d;e\n', ['a', 'b;c', 'd;e'], false],
    [' a , b \r1,2', ['a', 'b'], false],
  ])('takes the delimiter that occurs most often in the first line: %j', async (text, names, decimalComma) => {
    let header: CsvHeader | undefined;
    await readCsv(csvFile(text), (found) => {
      header = found;
      return () => undefined;
    });
    expect(header).toMatchObject({ names, decimalComma });
  });

  it('reads characters that are cut in two by a chunk', async () => {
    const names: string[] = [];
    const padding = 'é'.repeat(30);
    const lines = Array.from({ length: 40_000 }, (_, index) => `${index},${padding}`);
    await readCsv(csvFile(`a,b\n${lines.join('\n')}\n`), () => (cells) => names.push(cells[1]!));
    expect(names.length).toBe(40_000);
    expect(names.every((name) => name === padding)).toBe(true);
  });

  it('stops at the first error of the handler, and throws it', async () => {
    let rows = 0;
    const reading = readCsv(csvFile(`a,b\n${'1,2\n'.repeat(1000)}`), () => () => {
      rows++;
      if (rows === 3) throw new RangeError('enough');
    });
    await expect(reading).rejects.toThrow('enough');
    expect(rows).toBe(3);
  });
});

/** How a text in memory is refused: `code, what, row`, or the message of another error. */
const told = async (text: string | Buffer, onRow: () => void = () => undefined): Promise<string> => {
  try {
    await readCsvBytes('a.csv', Buffer.from(text), () => onRow);
    return 'read';
  } catch (error) {
    if (!(error instanceof UserError)) return String(error);
    expect(error.remedy).toMatch(/^[A-Z].*\.$/);
    return `${error.code}: ${error.message} (${error.where})`;
  }
};
const stop = (): never => {
  throw new RangeError('a row came');
};

describe('bytes', () => {
  /** Blank lines up to the offset of a zero byte, after a header and a row. */
  const zeroAt = (offset: number, lineEnd = '\n'): string => {
    const head = `a,b${lineEnd}1,2${lineEnd}`;
    return `${head}${lineEnd.repeat(offset - head.length)}\0`;
  };

  it.each(['\n', '\r'])(
    'are parsed in pieces of 256 KiB in memory and 1 MiB from a file, lines ending in %j',
    async (end) => {
      expect(await told(zeroAt(262_143, end), stop)).toMatch(/^csv\.binary/);
      expect(await told(zeroAt(262_144, end), stop)).toBe('RangeError: a row came');
      const outcome = (offset: number) => readCsv(csvFile(zeroAt(offset, end)), () => stop).catch(String);
      expect(await outcome(2 ** 20 - 1)).toMatch(/UserError/);
      expect(await outcome(2 ** 20)).toBe('RangeError: a row came');
    },
  );

  it('that are no text are found in their line, in every piece', async () => {
    const line = (k: number): string => `${k},${'é'.repeat(k % 7)}\n`;
    const text = Buffer.from(`a,b\n${Array.from({ length: 45_000 }, (_, k) => line(k)).join('')}`);
    const piece = 262_144;
    expect(text.length).toBeGreaterThan(2 * piece);
    const starts = [0, text.indexOf(10), text.indexOf(10) + 1, text.indexOf(10, 1000), text.indexOf(10, 1000) + 1];
    const offsets = [...starts, piece - 1, piece, piece + 1, text.indexOf(10, piece) + 1, 2 * piece, text.length - 1];
    for (const offset of offsets) {
      const row = text.subarray(0, offset).filter((byte) => byte === 10).length + 1;
      for (const [byte, why] of [
        [0, 'csv.binary: This is not a text file: it holds zero bytes'],
        [0xff, 'csv.encoding: The text is not in UTF-8'],
      ] as const) {
        const damaged = Buffer.from(text);
        // A character of two bytes beside it would be damaged with it, and found first.
        for (const step of [-1, 1]) {
          for (let near = offset + step; (damaged[near] ?? 0) > 127; near += step) damaged[near] = 120;
        }
        damaged[offset] = byte;
        expect(await told(damaged)).toBe(`${why} (a.csv, row ${row})`);
      }
    }
  });

  it('of a character that a piece ends within count for the line of the next piece', async () => {
    const rows = Buffer.alloc(262_144, 'a,b\n');
    rows[262_143] = 0xc3;
    expect(await told(Buffer.concat([rows, Buffer.from('\n1,2\n')]))).toBe(
      'csv.encoding: The text is not in UTF-8 (a.csv, row 65536)',
    );
    const good = Buffer.concat([rows, Buffer.from([0xa9]), Buffer.from('\n1,2\n')]);
    expect(await told(good)).toBe('read');
  });

  it('of UTF-16 are known by their mark, at the start only', async () => {
    const why = 'csv.encoding: The text is not in UTF-8';
    const text = Buffer.from('a,b');
    for (const mark of [
      [0xff, 0xfe],
      [0xfe, 0xff],
    ]) {
      expect(await told(Buffer.from([...mark, ...text]))).toBe(`${why} (a.csv, row 1)`);
      expect(await told(Buffer.from([...mark, 0, 97]))).toBe(`${why} (a.csv, row 1)`);
      const later = Buffer.concat([Buffer.alloc(262_144, 'a,b\n'), Buffer.from(mark)]);
      expect(await told(later)).toBe(`${why} (a.csv, row 65537)`);
    }
    expect(await told(Buffer.from([0xff, 0, 0, 0]))).toMatch(/^csv\.binary/);
  });

  it('are counted over all pieces', async () => {
    const text = Buffer.alloc(600_000, 'a,b\n');
    const read = (most: number) =>
      readCsvBytes('a.csv', text, () => () => undefined, most).catch((error: unknown) => error);
    expect(await read(600_001)).toBeUndefined();
    expect(await read(600_000)).toMatchObject({ code: 'csv.too-large', where: 'a.csv' });
    // Before the rows of the last piece.
    const rows = (most: number) => readCsvBytes('a.csv', text, () => stop, most).catch(String);
    expect(await rows(600_000)).toBe('RangeError: a row came');
    expect(await rows(262_144)).toMatch(/UserError/);
  });

  it('of nothing are an empty file', async () => {
    for (const text of ['', '\n', '\uFEFF', ' , \n,\n']) {
      expect(await told(text)).toBe('csv.empty: The file is empty (a.csv)');
    }
  });
});

describe('the header', () => {
  const headerOf = async (text: string): Promise<CsvHeader | undefined> => {
    let header: CsvHeader | undefined;
    await readCsvBytes('a.csv', Buffer.from(text), (found) => {
      header = found;
      return () => undefined;
    });
    return header;
  };

  it('is the first row in which a cell is not blank', async () => {
    expect(await headerOf(' , \na, b \n1,2')).toEqual({ path: 'a.csv', names: ['a', 'b'], decimalComma: false });
    expect((await headerOf('\uFEFF"a",b\n1,2'))?.names).toEqual(['a', 'b']);
    expect((await headerOf('a,\n1,2'))?.names).toEqual(['a', '']);
    expect((await headerOf(',b\n1,2'))?.names).toEqual(['', 'b']);
  });

  it('decides on the delimiter by its first 64 KiB', async () => {
    const wide = (length: number): string => `a,${'x'.repeat(length - 4)};;b\n`;
    expect((await headerOf(wide(65_536)))?.decimalComma).toBe(true);
    expect((await headerOf(wide(65_537)))?.decimalComma).toBe(false);
    expect((await headerOf('a,b\n1;2;3,4'))?.names).toEqual(['a', 'b']);
    expect((await headerOf('a,b\r1;2;3,4'))?.names).toEqual(['a', 'b']);
  });

  it('names a column once', async () => {
    expect(await told('a,b, a \n')).toBe('csv.duplicate-column: The column "a" occurs twice (a.csv, row 1)');
  });

  it('has the columns that are needed, wherever they are', () => {
    const header = { path: 'a.csv', names: ['a', 'b', 'c'], decimalComma: false };
    expect(requireColumns(header, ['c', 'a'])).toEqual([2, 0]);
    expect(requireColumns(header, [])).toEqual([]);
    const refused = (message: string, remedy: string) =>
      expect.objectContaining({ code: 'csv.missing-columns', where: 'a.csv, row 1', message, remedy });
    expect(() => requireColumns(header, ['a', 'x'])).toThrow(
      refused('The header lacks the column x', 'The first row must name the columns a,x.'),
    );
    expect(() => requireColumns(header, ['x', 'a', 'y'])).toThrow(
      refused('The header lacks the columns x, y', 'The first row must name the columns x,a,y.'),
    );
  });
});

describe('rows', () => {
  it.each([
    ['a,b\n1\n', 'This row has more or fewer cells than the header (a.csv, row 2)'],
    ['a,b\n1,2\n1,2,3\n', 'This row has more or fewer cells than the header (a.csv, row 3)'],
    ['a,b\n1,"2\n', 'A quoted cell has no end'],
    ['a,b\n1,"2"x\n', 'Text follows a quoted cell (a.csv, row 2)'],
    ['a,b\n1,x"2"\n', 'There is a quote inside a cell (a.csv, row 2)'],
  ])('%j are refused in words', async (text, what) => {
    expect(await told(text)).toContain(`csv.syntax: ${what}`);
  });

  it('have up to a million characters', async () => {
    const row = (length: number): string => `a,b\n${'x'.repeat(length - 1)},y\n`;
    expect(await told(row(999_990))).toBe('read');
    expect(await told(row(1_000_100))).toMatch(/^csv\.syntax: This row is longer than 1 MB/);
  });

  it('of a file that is too large are not what it is refused for, unless its first 64 KiB are no text', async () => {
    const sparse = async (text: number): Promise<string> => {
      const path = csvFile(`a,b\n${'1,2\n'.repeat(20_000)}`.slice(0, text));
      truncateSync(path, 1_000_000_000);
      return (await refusal(readCsv(path, () => () => undefined))).code;
    };
    expect(await sparse(65_536)).toBe('csv.too-large');
    expect(await sparse(65_535)).toBe('csv.binary');
  });
});

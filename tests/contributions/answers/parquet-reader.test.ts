import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { isParquet } from '../../../main/contributions/answers/table-kinds.ts';
import { readParquet } from '../../../main/contributions/answers/parquet/parquet-reader.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { type Forged, forgedParquet, varint } from './parquet-builder.ts';

/** What parquet/make.py wrote with pyarrow. */
const made = (name: string): string => join(import.meta.dirname, 'parquet', `${name}.parquet`);

async function read(path: string) {
  const rows: string[][] = [];
  let columns: readonly string[] = [];
  await readParquet(path, ({ names }) => {
    columns = names;
    return (cells, line) => {
      rows.push([...cells]);
      expect(line).toBe(rows.length);
    };
  });
  return { columns, rows };
}

const column = ({ columns, rows }: Awaited<ReturnType<typeof read>>, name: string): (string | undefined)[] =>
  rows.map((row) => row[columns.indexOf(name)]);

test('every type becomes the text that a CSV has for it, and no value the empty cell', async () => {
  const table = await read(made('values'));
  const expected = {
    image: ['1', '2', '3', '4', '5'],
    label: ['cat', '', 'déjà, vu', '', 'cat'],
    model: ['a', 'b', '', 'a', 'a'],
    float: [String(Math.fround(0.1)), '', '1', String(Math.fround(1e-7)), 'NaN'],
    double: ['0.1', '1e+300', '', '-0.5', '3'],
    half: ['0.5', '1', '0.25', '0', '2'],
    byte: ['-128', '127', '0', '', '1'],
    large: ['18446744073709551615', '0', '1', '2', ''],
    truth: ['true', 'false', '', 'true', 'true'],
    day: ['2026-11-28', '', '2026-11-28', '2026-11-28', '2026-11-28'],
    time: ['2026-11-28T21:30:05.000Z', '', ...Array<string>(3).fill('2026-11-28T21:30:05.000Z')],
    price: ['0.05', '', '-1.5', '-1.5', '-1.5'],
    bytes: ['cat', '', '', 'dog', 'x'],
    none: ['', '', '', '', ''],
  };
  expect(table.columns).toEqual(Object.keys(expected));
  for (const [name, cells] of Object.entries(expected)) expect(column(table, name), name).toEqual(cells);
});

test('the same table is read whatever packs and encodes it, or refused by name', async () => {
  const rows = Array.from({ length: 200 }, (_, at) => [String(at), at % 2 === 0 ? 'cat' : 'dog', String(at / 200)]);
  for (const name of ['none', 'gzip', 'brotli', 'zstd', 'pages', 'lengths'])
    expect(await read(made(name)), name).toEqual({ columns: ['image', 'label', 'p'], rows });
  const refused: [name: string, what: RegExp][] = [
    ['lz4', /"image" is packed with LZ4_RAW, which is not read/],
    ['prefixes', /column "label": its texts are encoded as DELTA_BYTE_ARRAY/],
    ['ragged', /p is a list of 1 values, and of 2|"p" differ in length/],
    ['texts', /"words" has lists of something else than numbers/],
    ['struct', /"image" has values with parts \(a struct\)/],
    ['map', /"p" has a map/],
  ];
  for (const [name, what] of refused) await expect(read(made(name)), name).rejects.toThrow(what);
});

test('what a list has is a column for each of its values', async () => {
  const [list, wide] = [await read(made('list')), await read(made('answers'))];
  expect(list.columns).toEqual(wide.columns.map((name) => name.replace(/^p/, 'softmax_')));
  expect(list.rows).toEqual(wide.rows);
});

/** Fails unless a UserError says what, where and how to mend it. */
async function refusal(bytes: Uint8Array): Promise<UserError | null> {
  const path = join(temporaryFolder(), 'a.parquet');
  writeFileSync(path, bytes);
  try {
    await read(path);
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.code).toMatch(/^(parquet|csv)\./);
    expect([error.where.startsWith(path), error.remedy.length > 10]).toEqual([true, true]);
    return error;
  }
}

test('a file that lies about itself is refused before memory is reserved for it', async () => {
  expect(await refusal(forgedParquet())).toBeNull();
  const cases: [forged: Forged, what: RegExp][] = [
    [{ footerLength: 1000 }, /description is longer than the file/],
    [{ footerLength: 2 ** 32 - 1 }, /description is longer than the file/],
    [{ footer: Uint8Array.of(0x15, 0x02) }, /its description: /],
    [{ footer: Uint8Array.of(0x1b, 0, 0) }, /its description: /],
    [{ footer: Uint8Array.from({ length: 100_000 }, () => 0x1c) }, /its description: /],
    [{ children: 2 ** 31 - 1 }, /its columns: /],
    [{ rows: 10n ** 12n }, /more than 100 million cells/],
    [{ rows: 10n ** 12n, values: 3 }, /3 values for 1000000000000 rows/],
    [{ rows: -1 }, /-1 values for -1 rows/],
    [{ rows: 4 }, /"label" has 3 values for 4 rows/],
    [{ pageValues: 2 ** 31 - 1 }, /its pages have more values than rows/],
    [{ pageValues: -1 }, /its pages have more values than rows/],
    [{ unpacked: 2 ** 31 - 1, codec: 1 }, /a page has more than 256 MiB/],
    [{ unpacked: 2 ** 28, codec: 1, page: Uint8Array.of(3, 8, 1, 2, 3) }, /premature end|snappy/],
    [{ packed: 13 }, /a page is longer than its column/],
    [{ packed: -1 }, /a page is longer than its column/],
    [{ codec: 3 }, /packed with LZO/],
    [{ codec: 99 }, /packed with an unknown method/],
    [{ encoding: 7, type: 6 }, /DELTA_BYTE_ARRAY/],
    [{ encoding: 99 }, /column "label": /],
    [{ encoding: 8 }, /its dictionary is missing/],
    [{ type: 6 }, /column "label": /],
    [{ type: 6, page: Uint8Array.of(1, 0, 0, 0, 0xff, 1, 0, 0, 0, 65, 0, 0, 0, 0) }, /no text in UTF-8/],
    [{ codec: 2, page: gzipSync(Buffer.alloc(5e6)), unpacked: 12 }, /not as the format says/],
    [{ codec: 6, page: zstdCompressSync(Buffer.alloc(5e6)), unpacked: 12 }, /not as the format says/],
    [{ codec: 2, page: Buffer.alloc(100), unpacked: 12 }, /incorrect header/],
    [{ encoding: 8, v2: true, page: Uint8Array.of(1, ...varint(2n ** 20n), 1) }, /its dictionary is missing/],
  ];
  for (const [forged, what] of cases)
    expect(String((await refusal(forgedParquet(forged)))?.message), String(what)).toMatch(what);
  const plain = forgedParquet();
  expect((await refusal(Buffer.concat([plain.subarray(0, -4), Buffer.from('PARE')])))?.code).toBe('parquet.encrypted');
  expect((await refusal(Buffer.from('PAR1')))?.message).toMatch(/cut short/);
  const other = join(temporaryFolder(), 'b');
  writeFileSync(other, 'image,label');
  expect([isParquet(other), isParquet(made('gzip')), isParquet(join(other, 'c'))]).toEqual([false, true, false]);
});

test('a file cut off anywhere, or with any damaged byte, is read or refused', async () => {
  const whole = readFileSync(made('zstd'));
  const folder = temporaryFolder();
  const path = join(folder, 'a.parquet');
  let refused = 0;
  const attempt = async (bytes: Uint8Array, what: string): Promise<boolean> => {
    writeFileSync(path, bytes);
    try {
      await read(path);
      return true;
    } catch (error) {
      if (!(error instanceof UserError)) throw new Error(`${what}: ${String(error)}`, { cause: error });
      refused += 1;
      return false;
    }
  };
  for (let length = 0; length < whole.length; length += 37)
    expect(await attempt(whole.subarray(0, length), `cut after ${length}`)).toBe(false);
  for (let at = 0; at < whole.length; at += 13) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
    await attempt(damaged, `byte ${at}`);
  }
  expect(refused).toBeGreaterThan(whole.length / 37);
});

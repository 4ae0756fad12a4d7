import { describe, expect, it } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { imageHash } from '../../../main/domain/plans/identity.ts';
import { formatDescription, formatManifest } from '../../../main/contributions/sets/format-manifest.ts';
import { mebibytes } from '../../../main/contributions/sets/manifest.ts';
import { checkDescription, maxImages, readManifest } from '../../../main/contributions/sets/reading/read-manifest.ts';
import { smallStimuli } from './sets.ts';

const columns = 'image,file,pair_i,pair_j,alpha,width,height,pixel_sha256';
const read = (rows: readonly string[], classes?: number, header = columns) =>
  readManifest(Buffer.from([header, ...rows].join('\n')), 'm.csv', classes);

/** The code, place and words with which one row is refused; `taken` if it is not. */
const told = async (row: string, classes?: number): Promise<string> => {
  try {
    await read([row], classes);
    return 'taken';
  } catch (error) {
    if (error instanceof UserError) return `${error.code} at ${error.where}: ${error.message}`;
    throw error;
  }
};

const hash = '0123456789abcdef'.repeat(4);

describe('a manifest', () => {
  it('is read row by row, in order of id; optional cells may be blank or absent', async () => {
    const rows = [
      '7,b.png,0,1,0.25,,3,',
      ` 5 , a/./c.png , 998 , 999 , 1 , 1024 , 1 , ${hash.toUpperCase()} `.replaceAll(' , ', ','),
      '0,d.png,0,2,0,,,',
    ];
    expect(await read(rows.map((row) => row.trim()))).toEqual([
      {
        id: 0,
        file: 'd.png',
        pairI: 0,
        pairJ: 2,
        alpha: 0,
        width: null,
        height: null,
        channels: null,
        pixelHash: null,
        where: 'm.csv, row 4',
      },
      {
        id: 5,
        file: 'a/c.png',
        pairI: 998,
        pairJ: 999,
        alpha: 1,
        width: 1024,
        height: 1,
        channels: null,
        pixelHash: hash,
        where: 'm.csv, row 3',
      },
      {
        id: 7,
        file: 'b.png',
        pairI: 0,
        pairJ: 1,
        alpha: 0.25,
        width: null,
        height: 3,
        channels: null,
        pixelHash: null,
        where: 'm.csv, row 2',
      },
    ]);
    expect(await read(['0.5,1,0,a.png,3'], undefined, 'alpha,pair_j,pair_i,file,image')).toEqual([
      {
        id: 3,
        file: 'a.png',
        pairI: 0,
        pairJ: 1,
        alpha: 0.5,
        width: null,
        height: null,
        channels: null,
        pixelHash: null,
        where: 'm.csv, row 2',
      },
    ]);
  });

  it('may be a part of a larger buffer', async () => {
    const text = Buffer.from(`before${columns}\n1,a.png,0,1,0,,,\nafter`);
    expect(await readManifest(text.subarray(6, -6), 'm.csv')).toMatchObject([{ id: 1, file: 'a.png' }]);
  });

  it.each([
    ['0,a.png,0,999,0,,,', 'taken'],
    ['0,a.png,0,1000,0,,,', 'stimuli.pair-out-of-range at m.csv, row 2: pair_j is 1000, out of range'],
    ['0,a.png,1000,1001,0,,,', 'stimuli.pair-out-of-range at m.csv, row 2: pair_i is 1000, out of range'],
    ['0,a.png,0,0,0,,,', 'stimuli.pair-order at m.csv, row 2: The pair is 0 and 0; pair_i must be below pair_j'],
    ['0,a.png,2,1,0,,,', 'stimuli.pair-order at m.csv, row 2: The pair is 2 and 1; pair_i must be below pair_j'],
    ['-1,a.png,0,1,0,,,', 'csv.out-of-range at m.csv, row 2: image is "-1", a negative number'],
    ['0,a.png,0,1,1,1,1024,', 'taken'],
    ['0,a.png,0,1,1.0001,,,', 'csv.out-of-range at m.csv, row 2: alpha is 1.0001, out of range'],
    ['0,a.png,0,1,-0.0001,,,', 'csv.out-of-range at m.csv, row 2: alpha is -0.0001, out of range'],
    ['0,a.png,0,1,0,0,1,', 'csv.out-of-range at m.csv, row 2: width is 0, out of range'],
    ['0,a.png,0,1,0,1,0,', 'csv.out-of-range at m.csv, row 2: height is 0, out of range'],
    ['0,a.png,0,1,0,1025,1,', 'csv.out-of-range at m.csv, row 2: width is 1025, out of range'],
    ['0,a.png,0,1,0,1,1025,', 'csv.out-of-range at m.csv, row 2: height is 1025, out of range'],
    [`0,a.png,0,1,0,,,${hash}`, 'taken'],
    [`0,a.png,0,1,0,,,${hash}0`, expect.stringMatching(/^stimuli\.bad-hash at m\.csv, row 2: .*not 64 hexadecimal/)],
    [`0,a.png,0,1,0,,,${hash.slice(1)}`, expect.stringMatching(/^stimuli\.bad-hash/)],
    [`0,a.png,0,1,0,,,g${hash.slice(1)}`, expect.stringMatching(/^stimuli\.bad-hash/)],
    ['0, ,0,1,0,,,', expect.stringMatching(/^stimuli\.unsafe-path at m\.csv, row 2: The path "" is blank/)],
  ])('with the row %s: %s', async (row, outcome) => {
    expect(await told(row)).toEqual(outcome);
  });

  it('has pairs of the classes that are known', async () => {
    expect(await told('0,a.png,0,1,0,,,', 2)).toBe('taken');
    expect(await told('0,a.png,0,2,0,,,', 2)).toMatch(/^stimuli\.pair-out-of-range/);
  });

  it('names each image and each file once', async () => {
    await expect(read(['4,a.png,0,1,0,,,', '5,b.png,0,1,0,,,', '4,c.png,0,1,0,,,'])).rejects.toMatchObject({
      code: 'stimuli.duplicate-image',
      where: 'm.csv, row 4',
      message: 'Image 4 occurs twice, first in m.csv, row 2',
    });
    await expect(read(['4,a.png,0,1,0,,,', '5,b.png,0,1,0,,,', '6,b.png,0,1,0,,,'])).rejects.toMatchObject({
      code: 'stimuli.duplicate-file',
      message: 'The file "b.png" occurs twice, first in m.csv, row 3',
    });
    await expect(read([])).rejects.toMatchObject({ code: 'stimuli.empty', where: 'm.csv' });
  });

  it('of a set reads as the set', async () => {
    const set = smallStimuli();
    const files = set.images.map(({ id }) => `${id}.png`);
    const rows = await read([], undefined, formatManifest(set, files).trimEnd());
    expect(rows).toEqual(
      set.images.map((image, k) => ({
        ...image,
        file: `${image.id}.png`,
        width: 4,
        height: 3,
        channels: null,
        where: `m.csv, row ${k + 2}`,
        pixelHash: imageHash(set.pixels.subarray(12 * k, 12 * (k + 1))),
      })),
    );
  });

  it('has at most a million images', async () => {
    expect(maxImages).toBe(1_000_000);
    const text = (rows: number): Buffer =>
      Buffer.from(
        ['image,file,pair_i,pair_j,alpha', ...Array.from({ length: rows }, (_, id) => `${id},${id},0,1,0`)].join('\n'),
      );
    expect(await readManifest(text(3), 'm.csv', 10, 3)).toHaveLength(3);
    await expect(readManifest(text(4), 'm.csv', 10, 3)).rejects.toMatchObject({
      code: 'stimuli.too-many',
      where: 'm.csv, row 5',
      message: 'More than 3 images are not read',
    });
  });
});

describe('the description of a set', () => {
  const set = smallStimuli();
  const own = JSON.parse(formatDescription(set)) as Record<string, unknown>;
  const check = (json: unknown): void => checkDescription(JSON.stringify(json), set, 'manifest.json');

  it('is a text of two-space JSON with a line end, and fits its set', () => {
    expect(formatDescription(set)).toBe(`${JSON.stringify(own, null, 2)}\n`);
    expect(own).toMatchObject({ images: 6, width: 4, height: 3 });
    expect(() => check(own)).not.toThrow();
  });

  it.each([
    ['images', 5],
    ['width', 3],
    ['height', 4],
    ['setHash', hash],
    ['channels', 3],
  ])('of another %s does not fit it', (key, value) => {
    expect(() => check({ ...own, [key]: value })).toThrow(
      expect.objectContaining({ code: 'stimuli.hash-mismatch', where: 'manifest.json' }),
    );
  });

  it('of a newer version cannot be read', () => {
    const newer = { code: 'stimuli.newer-format', where: 'manifest.json' };
    for (const change of [
      { schema: 'boundary-workbench/stimuli/3' },
      { width: 1.5 },
      { channels: 2 },
      { setHash: 1 },
      { images: null },
    ]) {
      expect(() => check({ ...own, ...change })).toThrow(expect.objectContaining(newer));
    }
  });

  it('of another program is ignored', () => {
    for (const other of [null, 5, 'text', [], {}, { schema: 1 }, { schema: 'other/1' }, { schema: null }]) {
      expect(() => check(other)).not.toThrow();
    }
    expect(() => checkDescription('no JSON', set, 'manifest.json')).not.toThrow();
  });
});

it('mebibytes are rounded up', () => {
  expect([0, 1, 2 ** 20, 2 ** 20 + 1, 64 * 2 ** 20].map(mebibytes)).toEqual([
    '0 MiB',
    '1 MiB',
    '1 MiB',
    '2 MiB',
    '64 MiB',
  ]);
});

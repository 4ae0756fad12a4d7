import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { decode as fastPngDecode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { imageLength } from '../../../main/domain/data/images.ts';
import { sha256 } from '../../../main/files/blobs.ts';
import { decodePng } from '../../../main/contributions/sets/reading/decode-png.ts';
import { encodePng } from '../../../main/files/png.ts';
import { assemble, chunk, header, rawPng } from './png-builder.ts';

const decode = async (bytes: Uint8Array): Promise<number[]> => [...(await decodePng(bytes, 'a.png', 1)).pixels];

const errorCode = async (bytes: Uint8Array): Promise<string> => {
  try {
    await decodePng(bytes, 'a.png', 1);
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
  return 'no error';
};

const side = fc.integer({ min: 1, max: 20 });
const image = fc
  .record({ width: side, height: side, channels: fc.constantFrom(1 as const, 3 as const) })
  .chain((size) => {
    const length = imageLength(size);
    return fc.uint8Array({ minLength: length, maxLength: length }).map((pixels) => ({ ...size, pixels }));
  });

describe('a PNG', () => {
  it('gives back what was written, and the same bytes for the same pixels', async () => {
    await fc.assert(
      fc.asyncProperty(image, async (given) => {
        const bytes = encodePng(given);
        const { pixels, ...size } = await decodePng(bytes, 'a.png', given.channels);
        expect({ ...size, pixels: Uint8Array.from(pixels) }).toEqual(given);
        expect(Uint8Array.from(fastPngDecode(bytes).data)).toEqual(given.pixels);
        expect(encodePng(given)).toEqual(bytes);
      }),
    );
  });

  it('of gray pixels has the bytes that earlier versions wrote', () => {
    const bytes = encodePng({
      width: 9,
      height: 7,
      channels: 1,
      pixels: Uint8Array.from({ length: 63 }, (_, k) => 4 * k),
    });
    expect(sha256(bytes)).toBe('67f85513329ffae07da869e2a143cc7ea46394da7e4445dbabd6ba037a775eb0');
  });

  it('is read in color if any pixel has color, however it is stored, and in other channels if asked', async () => {
    const read = async (bytes: Uint8Array, wanted: 1 | 3 | 'as-is' = 'as-is') => {
      const { channels, pixels } = await decodePng(bytes, 'a.png', wanted);
      return { channels, pixels: [...pixels] };
    };
    const rgb = (...row: number[]) => rawPng({ width: row.length / 3, height: 1, depth: 8, color: 2, rows: [row] });
    expect(await read(rgb(7, 7, 7, 9, 9, 9))).toEqual({ channels: 1, pixels: [7, 9] });
    expect(await read(rgb(7, 7, 7, 9, 9, 8))).toEqual({ channels: 3, pixels: [7, 7, 7, 9, 9, 8] });
    expect(await read(rgb(7, 7, 7, 255, 0, 0), 1)).toEqual({ channels: 1, pixels: [7, 76] });
    expect(await read(rgb(7, 7, 7), 3)).toEqual({ channels: 3, pixels: [7, 7, 7] });
    const gray = encodePng({ width: 2, height: 1, channels: 1, pixels: Uint8Array.of(0, 200) });
    expect(await read(gray)).toEqual({ channels: 1, pixels: [0, 200] });
    expect(await read(gray, 3)).toEqual({ channels: 3, pixels: [0, 0, 0, 200, 200, 200] });
    const between = [chunk('PLTE', Uint8Array.of(0, 0, 0, 255, 0, 0, 9, 9, 9))];
    const indexed = (...row: number[]) =>
      rawPng({ width: row.length, height: 1, depth: 8, color: 3, rows: [row], between });
    expect(await read(indexed(2, 0))).toEqual({ channels: 1, pixels: [9, 0] });
    expect(await read(indexed(2, 1))).toEqual({ channels: 3, pixels: [9, 9, 9, 255, 0, 0] });
    const opaque = rawPng({ width: 1, height: 1, depth: 8, color: 6, rows: [[1, 2, 3, 255]] });
    expect(await read(opaque)).toEqual({ channels: 3, pixels: [1, 2, 3] });
    const deep = rawPng({ width: 1, height: 1, depth: 16, color: 2, rows: [[255, 255, 1, 0, 0, 128]] });
    expect(await read(deep)).toEqual({ channels: 3, pixels: [255, 1, 0] });
  });

  it('survives any damage: an error in words, never another', async () => {
    const whole = encodePng({
      channels: 1,
      width: 9,
      height: 7,
      pixels: Uint8Array.from({ length: 63 }, (_, k) => 4 * k),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, flip, cut) => {
          const damaged = cut ? whole.slice(0, at) : whole.map((byte, k) => (k === at ? byte ^ flip : byte));
          expect(await errorCode(damaged)).toMatch(/^png\.(not-png|damaged|too-large)$/);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

/** A row with its last channel at its highest value, where that is alpha. */
function opaque(row: number[], { color, depth }: { color: number; depth: number }, channels: number): number[] {
  if (color < 4) return row;
  const pixelBytes = channels * (depth / 8);
  return row.map((value, k) => (k % pixelBytes >= pixelBytes - depth / 8 ? 255 : value));
}

describe('PNG of other kinds', () => {
  it('color becomes luminance as Pillow computes it', async () => {
    const rows = [
      [255, 0, 0, 0, 255, 0],
      [0, 0, 255, 10, 200, 30],
    ];
    expect(await decode(rawPng({ width: 2, height: 2, depth: 8, color: 2, rows }))).toEqual([76, 150, 29, 124]);
  });

  it('16 bits are rounded to 8', async () => {
    expect(
      await decode(rawPng({ width: 3, height: 1, depth: 16, color: 0, rows: [[255, 255, 1, 0, 0, 128]] })),
    ).toEqual([255, 1, 0]);
  });

  it('1, 2 and 4 bits are spread, rows padded to bytes', async () => {
    expect(
      await decode(rawPng({ width: 3, height: 2, depth: 1, color: 0, rows: [[0b10100000], [0b01000000]] })),
    ).toEqual([255, 0, 255, 0, 255, 0]);
    expect(await decode(rawPng({ width: 5, height: 1, depth: 2, color: 0, rows: [[0b00011011, 0b01000000]] }))).toEqual(
      [0, 85, 170, 255, 85],
    );
    expect(await decode(rawPng({ width: 3, height: 1, depth: 4, color: 0, rows: [[0x0f, 0x80]] }))).toEqual([
      0, 255, 136,
    ]);
  });

  it('a palette is looked up, at 8 bits and below', async () => {
    const between = [chunk('PLTE', Uint8Array.of(0, 0, 0, 255, 0, 0, 9, 9, 9))];
    expect(await decode(rawPng({ width: 3, height: 1, depth: 8, color: 3, rows: [[2, 1, 0]], between }))).toEqual([
      9, 76, 0,
    ]);
    expect(
      await decode(rawPng({ width: 3, height: 2, depth: 2, color: 3, rows: [[0b10010000], [0b00011000]], between })),
    ).toEqual([9, 76, 0, 0, 76, 9]);
    expect(await errorCode(rawPng({ width: 1, height: 1, depth: 8, color: 3, rows: [[3]], between }))).toBe(
      'png.damaged',
    );
  });

  it('alpha may be there if it is opaque', async () => {
    expect(await decode(rawPng({ width: 2, height: 1, depth: 8, color: 4, rows: [[7, 255, 9, 255]] }))).toEqual([7, 9]);
    expect(await decode(rawPng({ width: 1, height: 1, depth: 8, color: 6, rows: [[7, 7, 7, 255]] }))).toEqual([7]);
    expect(await errorCode(rawPng({ width: 2, height: 1, depth: 8, color: 4, rows: [[7, 255, 9, 254]] }))).toBe(
      'png.transparent',
    );
    const between = [chunk('PLTE', Uint8Array.of(0, 0, 0, 1, 1, 1)), chunk('tRNS', Uint8Array.of(0))];
    expect(await errorCode(rawPng({ width: 1, height: 1, depth: 8, color: 3, rows: [[0]], between }))).toBe(
      'png.transparent',
    );
    expect(await decode(rawPng({ width: 1, height: 1, depth: 8, color: 3, rows: [[1]], between }))).toEqual([1]);
    const key = [chunk('tRNS', Uint8Array.of(0, 7))];
    expect(await errorCode(rawPng({ width: 1, height: 1, depth: 8, color: 0, rows: [[7]], between: key }))).toBe(
      'png.transparent',
    );
  });

  it('all filters, mixed, give what another decoder gives, at one and at two bytes a pixel', async () => {
    const row = fc.array(fc.nat(255), { minLength: 10, maxLength: 10 });
    const rows = fc.array(fc.tuple(fc.nat(4), row), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(rows, fc.boolean(), async (given, wide) => {
        const bytes = rawPng({
          width: wide ? 5 : 10,
          height: given.length,
          depth: wide ? 16 : 8,
          color: 0,
          rows: given.map(([, values]) => values),
          filters: given.map(([filter]) => filter),
        });
        const expected = Array.from(fastPngDecode(bytes).data, (value) => (wide ? Math.round(value / 257) : value));
        expect(await decode(bytes)).toEqual(expected);
      }),
    );
    expect(await errorCode(rawPng({ width: 1, height: 1, depth: 8, color: 0, rows: [[7]], filters: [5] }))).toBe(
      'png.damaged',
    );
  });

  it('gray, color and alpha of 8 and 16 bits are what another decoder makes of them', async () => {
    const kinds = [0, 2, 4, 6].flatMap((color) => [8, 16].map((depth) => ({ color, depth })));
    const channelsOf: Record<number, number> = { 0: 1, 2: 3, 4: 2, 6: 4 };
    const given = fc
      .record({
        kind: fc.constantFrom(...kinds),
        width: fc.integer({ min: 1, max: 9 }),
        height: fc.integer({ min: 1, max: 9 }),
      })
      .chain(({ kind, width, height }) => {
        const channels = channelsOf[kind.color] ?? 0;
        const bytes = width * channels * (kind.depth / 8);
        const row = fc.array(fc.nat(255), { minLength: bytes, maxLength: bytes });
        return fc
          .array(row, { minLength: height, maxLength: height })
          .map((rows) => ({ ...kind, width, height, channels, rows: rows.map((row) => opaque(row, kind, channels)) }));
      });
    await fc.assert(
      fc.asyncProperty(given, async ({ channels, ...image }) => {
        const bytes = rawPng(image);
        const all = Array.from(fastPngDecode(bytes).data, (v) => (image.depth === 16 ? Math.round(v / 257) : v));
        const expected = Array.from({ length: image.width * image.height }, (_, k) => {
          const [red = 0, green = 0, blue = 0] = all.slice(k * channels);
          return channels < 3 ? red : (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;
        });
        expect(await decode(bytes)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('interlacing is refused', async () => {
    expect(await errorCode(rawPng({ width: 1, height: 1, depth: 8, color: 0, rows: [[7]], interlace: 1 }))).toBe(
      'png.interlaced',
    );
  });
});

describe('hostile PNG', () => {
  it('is not one, or too large to be one', async () => {
    expect(await errorCode(Buffer.from('GIF89a'))).toBe('png.not-png');
    expect(await errorCode(new Uint8Array(0))).toBe('png.not-png');
    expect(await errorCode(assemble(header(100_000, 100_000, 8, 0), chunk('IDAT', deflateSync(Buffer.alloc(9)))))).toBe(
      'png.too-large',
    );
    for (const [width, height] of [
      [0, 1],
      [1, 0],
      [1025, 1],
      [1, 1025],
    ] as const) {
      expect(await errorCode(assemble(header(width, height, 8, 0)))).toBe('png.too-large');
    }
    expect(
      await errorCode(encodePng({ channels: 1, width: 1024, height: 1024, pixels: new Uint8Array(1024 ** 2) })),
    ).toBe('no error');
    expect(await errorCode(assemble(header(1, 1, 3, 0)))).toBe('png.damaged');
    expect(await errorCode(assemble(chunk('IDAT', Buffer.alloc(0))))).toBe('png.damaged');
  });

  it('unpacks no more than the header announces, neither pixels nor profiles', async () => {
    const bomb = deflateSync(Buffer.alloc(500 * 2 ** 20));
    const before = process.memoryUsage().rss;
    expect(await errorCode(assemble(header(28, 28, 8, 0), chunk('IDAT', bomb)))).toBe('png.damaged');
    const profile = chunk('iCCP', Buffer.concat([Buffer.from('p\0\0'), bomb]));
    expect(await decode(rawPng({ width: 1, height: 1, depth: 8, color: 0, rows: [[7]], between: [profile] }))).toEqual([
      7,
    ]);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
  });

  it('with too few image data is damaged, not black', async () => {
    expect(await errorCode(assemble(header(28, 28, 8, 0), chunk('IDAT', deflateSync(Buffer.alloc(28 * 29 - 1)))))).toBe(
      'png.damaged',
    );
    expect(await errorCode(assemble(header(28, 28, 8, 0)))).toBe('png.damaged');
  });
});

describe('the parts of a PNG', () => {
  const refusal = async (bytes: Uint8Array): Promise<string> =>
    decodePng(bytes, 'a.png', 1).then(
      () => 'taken',
      (error: unknown) => (error instanceof UserError ? `${error.code}: ${error.message}` : String(error)),
    );
  const gray = rawPng({
    width: 3,
    height: 2,
    depth: 8,
    color: 0,
    rows: [
      [1, 2, 3],
      [4, 5, 6],
    ],
  });
  const damaged = (why: string): string => `png.damaged: This PNG is damaged: ${why}`;

  it('are written the same way for ever, because sample grids are stored under their hash', () => {
    const pixels = Uint8Array.from({ length: 784 }, (_, k) => (k * k) % 251);
    const bytes = Buffer.from(encodePng({ channels: 1, width: 28, height: 28, pixels }));
    expect(sha256(bytes)).toBe('ef085a6bc9c5886676ec91321267569b6a95f2e825136aa84ca2572639f5a45e');
    // Signature, header (8 bits, gray), image data, end.
    expect(bytes.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
    expect(bytes.subarray(8, 33).toString('hex')).toBe(header(28, 28, 8, 0).toString('hex'));
    const packed = bytes.subarray(41, 41 + bytes.readUInt32BE(33));
    expect(inflateSync(packed)).toHaveLength(28 * 29);
    expect(packed.subarray(0, 2).toString('hex')).toBe('78da');
  });

  it('every byte of the signature counts', async () => {
    for (let at = 0; at < 8; at++) {
      const changed = Uint8Array.from(gray, (byte, k) => (k === at ? byte + 1 : byte));
      expect(await refusal(changed)).toBe('png.not-png: This is not a PNG image');
    }
  });

  it('are named where they are damaged', async () => {
    for (let cut = 8; cut < gray.length; cut++) {
      expect(await refusal(gray.subarray(0, cut))).toBe(damaged('it is cut short'));
    }
    expect(await decode(Buffer.concat([gray, Buffer.from('more')]))).toEqual([1, 2, 3, 4, 5, 6]);
    // Byte 12 begins the type of the header, 16 its data, 29 its checksum; 33 begins the image data.
    for (const at of [16, 19, 23, 28, 29, 32]) {
      const changed = Uint8Array.from(gray, (byte, k) => (k === at ? byte ^ 0x80 : byte));
      expect(await refusal(changed)).toBe(damaged('the checksum of its part IHDR is wrong'));
    }
    for (const at of [41, gray.length - 13]) {
      const changed = Uint8Array.from(gray, (byte, k) => (k === at ? byte ^ 1 : byte));
      expect(await refusal(changed)).toBe(damaged('the checksum of its part IDAT is wrong'));
    }
    const last = Uint8Array.from(gray, (byte, k) => (k === gray.length - 1 ? byte ^ 1 : byte));
    expect(await refusal(last)).toBe(damaged('the checksum of its part IEND is wrong'));
    const text = chunk('tEXt', Buffer.from('a'));
    text.writeUInt32BE(0, text.length - 4);
    const between = { width: 1, height: 1, depth: 8, color: 0, rows: [[7]] };
    expect(await decode(rawPng({ ...between, between: [text] }))).toEqual([7]);
    for (const type of ['PLTE', 'tRNS']) {
      const wrong = chunk(type, Buffer.from('abc'));
      wrong.write('b', 8);
      expect(await refusal(rawPng({ ...between, between: [wrong] }))).toBe(
        damaged(`the checksum of its part ${type} is wrong`),
      );
    }
    expect(await refusal(assemble(chunk('IDAT', Buffer.alloc(0)), header(1, 1, 8, 0)))).toBe(
      damaged('it does not begin with a header'),
    );
    for (const length of [12, 14]) {
      expect(await refusal(assemble(chunk('IHDR', Buffer.alloc(length, 1))))).toBe(
        damaged('its header has a wrong length'),
      );
    }
  });

  it('image data may come in several, in one order', async () => {
    const packed = deflateSync(Buffer.from([0, 1, 2, 3, 0, 4, 5, 6]));
    const pieces = [0, 3, 4, packed.length].map((from, k, all) => chunk('IDAT', packed.subarray(from, all[k + 1])));
    expect(await decode(assemble(header(3, 2, 8, 0), ...pieces))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('only kinds that PNG knows are read', async () => {
    const known: Record<number, number[]> = {
      0: [1, 2, 4, 8, 16],
      2: [8, 16],
      3: [1, 2, 4, 8],
      4: [8, 16],
      6: [8, 16],
    };
    for (let color = 0; color < 9; color++) {
      for (let depth = 0; depth < 18; depth++) {
        const told = await refusal(assemble(header(1, 1, depth, color)));
        if (known[color]?.includes(depth)) expect(told).not.toContain('is not PNG');
        else expect(told).toBe(damaged(`color type ${color} with ${depth} bits is not PNG`));
      }
    }
  });

  it('every index of a palette is looked up, at every depth', async () => {
    const colors = Array.from({ length: 256 }, (_, k) => [k, 255 - k, (k * 7) % 256] as const);
    const expected = colors.map(([red, green, blue]) => (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16);
    for (const depth of [1, 2, 4, 8]) {
      const count = 2 ** depth;
      const row: number[] = new Array(Math.ceil((count * depth) / 8)).fill(0);
      for (let k = 0; k < count; k++) row[Math.floor((k * depth) / 8)]! |= k << (8 - depth - ((k * depth) % 8));
      const image = { width: count, height: 1, depth, color: 3, rows: [row] };
      const palette = (length: number): Buffer => chunk('PLTE', Buffer.from(colors.flat().slice(0, length)));
      expect(await decode(rawPng({ ...image, between: [palette(3 * count)] }))).toEqual(expected.slice(0, count));
      expect(await refusal(rawPng({ ...image, between: [palette(3 * count - 1)] }))).toBe(
        damaged('a color is not in its palette'),
      );
      const clear = (index: number): Buffer => {
        const alphas = Buffer.alloc(index + 1, 255);
        alphas[index] = 254;
        return chunk('tRNS', alphas);
      };
      for (const index of [0, count - 1]) {
        expect(await errorCode(rawPng({ ...image, between: [palette(3 * count), clear(index)] }))).toBe(
          'png.transparent',
        );
      }
      const opaque = chunk('tRNS', Buffer.alloc(1, 255));
      expect(await decode(rawPng({ ...image, between: [palette(3 * count), opaque] }))).toEqual(
        expected.slice(0, count),
      );
    }
  });

  it('the amount of image data must be exact, in every kind', async () => {
    for (const [color, depth, width, bytes] of [
      [0, 1, 9, 2],
      [0, 8, 3, 3],
      [2, 8, 2, 6],
      [4, 16, 2, 8],
      [6, 8, 2, 8],
      [6, 16, 1, 8],
    ] as const) {
      const rows = [new Array<number>(bytes).fill(255), new Array<number>(bytes).fill(255)];
      const image = { width, height: 2, depth, color };
      expect(await refusal(rawPng({ ...image, rows }))).toBe('taken');
      expect(await refusal(rawPng({ ...image, rows: [rows[0]!, rows[0]!.slice(1)] }))).toBe(
        damaged('its image data are cut short'),
      );
      expect(await errorCode(rawPng({ ...image, rows: [rows[0]!, [...rows[0]!, 0]] }))).toBe('png.damaged');
    }
  });

  it('sides from 1 to 1024 are read, and said where they are larger', async () => {
    const told = (width: number, height: number): string =>
      `png.too-large: The image has ${width} x ${height} pixels; at most 1024 x 1024 are read`;
    for (const [width, height] of [
      [0, 1],
      [1, 0],
      [1025, 1],
      [1, 1025],
      [1025, 1025],
    ] as const) {
      expect(await refusal(assemble(header(width, height, 8, 0)))).toBe(told(width, height));
    }
    for (const [width, height] of [
      [1024, 1],
      [1, 1024],
    ] as const) {
      expect(await refusal(encodePng({ channels: 1, width, height, pixels: new Uint8Array(1024) }))).toBe('taken');
    }
  });

  it('one thread decodes', async () => {
    sharp.concurrency(2);
    await decode(gray);
    expect(sharp.concurrency()).toBe(1);
  });
});

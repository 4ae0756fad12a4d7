import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../main/contract/wire/errors.ts';
import { sha256 } from '../../main/files/blobs.ts';
import { isBomb, safePath, ZipArchive, type ZipEntry, ZipReader } from '../../main/files/zip/reader.ts';
import { maxZipBytes, maxZipEntries, ZipWriter } from '../../main/files/zip/writer.ts';
import { temporaryFolder } from '../temporary-folder.ts';

async function zipped(files: Record<string, Uint8Array>): Promise<string> {
  const path = join(temporaryFolder(), 'a.zip');
  const file = await open(path, 'w');
  const zip = ZipWriter.toFile(file);
  for (const [name, data] of Object.entries(files)) await zip.add(name, data);
  await zip.end();
  await file.close();
  expect(zip.bytes).toBe(statSync(path).size);
  return path;
}

/** Whether each file was compressed, in the order of the archive. */
async function compressed(files: Record<string, Uint8Array>): Promise<boolean[]> {
  const archive = await ZipArchive.open(await zipped(files));
  const methods = archive.entries.map(({ source }) => source.compressionMethod === 8);
  for (const entry of archive.entries) expect(await archive.read(entry)).toEqual(Buffer.from(files[entry.name] ?? []));
  archive.close();
  return methods;
}

const mebibyte = 2 ** 20;
const zeros = (count: number): Uint8Array => new Uint8Array(count);
const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

describe('ZipWriter', () => {
  const dropped = (): Writable => new Writable({ write: (_piece, _encoding, done) => done() });

  it('compresses what shrinks by 3 % or more, and what no reader takes for a bomb', async () => {
    const noise = new Uint8Array(randomBytes(100_000));
    const shrinksBy = (share: number): Uint8Array =>
      joined(noise, zeros(Math.round((noise.length * share) / (1 - share))));
    const files = {
      noise,
      'by two percent': shrinksBy(0.02),
      'by five percent': shrinksBy(0.05),
      nothing: zeros(0),
      // Beyond a hundred times, as a whole, it would look like a bomb.
      zeros: zeros(mebibyte),
      'more zeros': zeros(2 * mebibyte),
      'zeros, then noise': joined(zeros(mebibyte), new Uint8Array(randomBytes(mebibyte))),
      'noise, then zeros': joined(new Uint8Array(randomBytes(mebibyte)), zeros(mebibyte)),
    };
    expect(await compressed(files)).toEqual([false, false, true, false, false, false, true, false]);
  });

  it('writes plain files of one date, whatever the clock says', async () => {
    const archive = await ZipArchive.open(await zipped({ 'a/b.txt': Buffer.from('text') }));
    const [entry] = archive.entries;
    archive.close();
    expect(entry).toMatchObject({ name: 'a/b.txt', bytes: 4, regular: true, encrypted: false });
    expect((entry?.source.externalFileAttributes ?? 0) >>> 16).toBe(0o100644);
    expect(entry?.source.getLastModDate({ forceDosFormat: true })).toEqual(new Date(1980, 0, 3));
  });

  it('refuses what needs zip64', async () => {
    expect([maxZipEntries, maxZipBytes]).toEqual([65_534, 4_278_190_080]);
    const zip = new ZipWriter(dropped());
    const pretended = (length: number) => ({ length }) as Uint8Array;
    await expect(zip.add('large', pretended(maxZipBytes + 1))).rejects.toThrow(RangeError);
    // The limit itself is not refused for its size: it fails because it is pretended.
    await expect(zip.add('large', pretended(maxZipBytes))).rejects.toThrow(TypeError);
  });

  it('counts what it has written, and its entries', async () => {
    const data = new Uint8Array(randomBytes(1000));
    const zip = new ZipWriter(dropped(), { bytes: 100_000, entries: 3 });
    for (const name of ['a', 'b', 'c']) await zip.add(name, data);
    await expect(zip.add('d', zeros(0))).rejects.toThrow('more than an archive holds');
    await zip.end();
    const first = new ZipWriter(dropped());
    await first.add('a', data);
    const { bytes } = first;
    expect(bytes).toBeGreaterThan(1000);
    for (const [most, refused] of [
      [bytes + 1000, false],
      [bytes + 999, true],
    ] as const) {
      const full = new ZipWriter(dropped(), { bytes: most, entries: 10 });
      await full.add('a', data);
      const outcome = await full.add('b', data).then(
        () => false,
        (error: unknown) => error instanceof RangeError,
      );
      expect(outcome).toBe(refused);
    }
  });

  it('hands on 256 KiB at a time', async () => {
    const sizes: number[] = [];
    const write = (piece: Buffer, _: unknown, done: () => void) => {
      if (piece.length > 1000) sizes.push(piece.length);
      done();
    };
    const zip = new ZipWriter(new Writable({ write }));
    await zip.add('noise', new Uint8Array(randomBytes(600_000)));
    await zip.end();
    expect(sizes).toEqual([262_144, 262_144, 600_000 - 2 * 262_144]);
  });

  it('compresses at level 6, from 3 % on and up to a hundred times', async () => {
    const packed = (data: Uint8Array, level = 6): number => deflateRawSync(data, { level }).length;
    const noise = new Uint8Array(randomBytes(12_000));
    const fill = (count: number, length: number): Uint8Array => joined(noise.subarray(0, count), zeros(length - count));
    // Files that are 97 % of their size when packed, a little less, and exactly a hundredth.
    const lengths = [8000, 8800, 9600, 10_000, 11_000].filter((length) => Number.isInteger(length * 0.97));
    const near = lengths.flatMap((length) =>
      Array.from({ length: 100 }, (_, k) => fill(Math.round(length * 0.97) - 100 + k, length)),
    );
    const threshold = near.find((data) => packed(data) === data.length * 0.97);
    const smaller = near.find((data) => packed(data) < data.length * 0.97 && packed(data) > data.length * 0.965);
    const hundred = [0, 1, 2, 3, 4, 5, 6, 7]
      .flatMap((shift) => Array.from({ length: 40 }, (_, k) => fill(100 + shift, 100 * (160 + shift + k))))
      .find((data) => packed(data) * 100 === data.length && packed(joined(data, zeros(1))) * 100 === data.length);
    if (!threshold || !smaller || !hundred) throw new Error('no file has such a length');
    const over = joined(hundred, zeros(1));
    expect(await compressed({ threshold, smaller, hundred, over })).toEqual([false, true, true, false]);

    const text = Buffer.from(Array.from({ length: 20_000 }, (_, k) => `${k},${Math.sqrt(k)},${k % 997}\n`).join(''));
    const archive = await ZipArchive.open(await zipped({ text }));
    expect(archive.entries[0]?.packedBytes).toBe(packed(text));
    archive.close();
  });

  it('judges a file by its first MiB', async () => {
    const noise = new Uint8Array(randomBytes(mebibyte));
    // 2 % of the first MiB are zeros, and 4 %.
    const start = (share: number): Uint8Array =>
      joined(noise.subarray(Math.round(share * mebibyte)), zeros(share * mebibyte));
    expect(
      await compressed({
        'two percent': joined(start(0.02), zeros(mebibyte)),
        'four percent': joined(start(0.04), noise),
        'noise at first': joined(noise.subarray(0, 2000), zeros(100_000)),
      }),
    ).toEqual([false, true, true]);
  });

  it('writes entries without extra fields', async () => {
    const archive = await ZipArchive.open(await zipped({ a: Buffer.from('text') }));
    expect(archive.entries[0]?.source.extraFieldLength).toBe(0);
    archive.close();
  });
});

interface Part {
  name: string;
  data: string;
  method?: number;
  /** CRC-32 and size as the directory states them. */
  crc?: number;
  bytes?: number;
  /** Bytes of its packed data, as the directory states them. */
  packed?: number;
  madeBy?: number;
  /** Lengths of the extra field and the comment in the directory. */
  extra?: number;
  comment?: number;
  attributes?: number;
  flags?: number;
}

/** An extra field that no program knows. */
function extraField(length: number): Buffer {
  const field = Buffer.alloc(length);
  if (length > 0) field.writeUInt16LE(0x9999, 0);
  if (length > 0) field.writeUInt16LE(length - 4, 2);
  return field;
}

/** A zip archive made by hand. */
function handmade(parts: readonly Part[]): string {
  const [bodies, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const {
    name,
    data,
    method = 8,
    madeBy = 3,
    attributes = 0o100644 << 16,
    flags = 0x800,
    extra = 0,
    comment = 0,
    ...stated
  } of parts) {
    const packed = method === 8 ? deflateRawSync(data) : Buffer.from(data);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(flags, 2);
    head.writeUInt16LE(method, 4);
    head.writeUInt32LE(stated.crc ?? crc32(data), 10);
    head.writeUInt32LE(stated.packed ?? packed.length, 14);
    head.writeUInt32LE(stated.bytes ?? data.length, 18);
    head.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, Buffer.from(name), packed]);
    const central = Buffer.alloc(14);
    const listedHead = Buffer.from(head);
    listedHead.writeUInt16LE(extra, 24);
    central.writeUInt16LE(comment, 0);
    central.writeUInt32LE(attributes >>> 0, 6);
    central.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([
        Buffer.from('PK\x01\x02'),
        Buffer.from([20, madeBy]),
        listedHead,
        central,
        Buffer.from(name),
        extraField(extra),
        Buffer.alloc(comment),
      ]),
    );
    bodies.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  const path = join(temporaryFolder(), 'made.zip');
  writeFileSync(path, Buffer.concat([...bodies, listed, end]));
  return path;
}

/** The code with which the archive of one part is refused when it is opened and read; `taken` if it is not. */
async function outcome(part: Part, maxBytes = 1000): Promise<string> {
  try {
    const reader = await ZipReader.open(handmade([part]));
    try {
      const data = await reader.read(part.name, maxBytes);
      return data.toString() === part.data ? 'taken' : 'changed';
    } finally {
      reader.close();
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.code.replace('archive.', '');
  }
}

const noise = (length: number): string => randomBytes(length).toString('base64').slice(0, length);

describe('ZipReader', () => {
  const text = { name: 'a.txt', data: 'some text, some text' };

  it.each<[string, Partial<Part>, string]>([
    ['compressed', {}, 'taken'],
    ['stored', { method: 0 }, 'taken'],
    ['compressed by another method', { method: 9 }, 'damaged'],
    ['of another checksum', { crc: 1 }, 'damaged'],
    ['shorter than stated', { bytes: 21 }, 'damaged'],
    ['longer than stated', { bytes: 19 }, 'damaged'],
    ['stored, of another size', { method: 0, bytes: 19 }, 'damaged'],
    ['a link', { attributes: 0o120777 << 16 }, 'not-a-file'],
    ['a link, by macOS', { madeBy: 19, attributes: 0o120777 << 16 }, 'not-a-file'],
    ['a device', { attributes: 0o020777 << 16 }, 'not-a-file'],
    ['of no type', { attributes: 0o000644 << 16 }, 'taken'],
    ['made on DOS, where the bits mean something else', { madeBy: 0, attributes: 0o120777 << 16 }, 'taken'],
    ['encrypted', { flags: 0x801 }, 'not-a-file'],
    ['outside', { name: '../a.txt' }, 'unsafe-path'],
    ['not in plain form', { name: './a.txt' }, 'unsafe-path'],
  ])('a file %s', async (_, change, expected) => {
    expect(await outcome({ ...text, ...change })).toBe(expected);
  });

  it('refuses a file that is larger than the caller allows, before it is read', async () => {
    expect(await outcome(text, 20)).toBe('taken');
    expect(await outcome(text, 19)).toBe('bomb');
  });

  it.each([0, 8])(
    'refuses a file packed by method %i into far more than its size, before it is read',
    async (method) => {
      const reader = await ZipReader.open(handmade([{ name: 'a', data: noise(5000), method, bytes: 2000 }]));
      await expect(reader.read('a', 10_000)).rejects.toMatchObject({
        code: 'archive.damaged',
        message: expect.stringContaining('packed into far more than its size'),
      });
      reader.close();
    },
  );

  it('refuses a name that occurs twice, and skips folders', async () => {
    await expect(ZipReader.open(handmade([text, text]))).rejects.toMatchObject({ code: 'archive.duplicate' });
    const reader = await ZipReader.open(handmade([{ name: 'folder/', data: '', method: 0 }, text]));
    expect(reader.names).toEqual(['a.txt']);
    expect(reader.fileSize('a.txt')).toBe(20);
    expect(reader.fileSize('folder/')).toBeUndefined();
    await expect(reader.read('b.txt', 1)).rejects.toMatchObject({ code: 'archive.missing-file' });
    expect(await reader.hash('a.txt', 20)).toEqual({ sha256: sha256(text.data), bytes: 20 });
    await expect(reader.hash('a.txt', 19)).rejects.toMatchObject({ code: 'archive.bomb' });
    reader.close();
  });
});

it('a file is a bomb if it is larger than 1 MiB and unpacks to more than 200 times its size', () => {
  const entry = (bytes: number, packedBytes: number): ZipEntry => ({ bytes, packedBytes }) as ZipEntry;
  expect(isBomb(entry(mebibyte, 1))).toBe(false);
  expect(isBomb(entry(mebibyte + 1, 1))).toBe(true);
  expect(isBomb(entry(200 * 10_000, 10_000))).toBe(false);
  expect(isBomb(entry(200 * 10_000 + 1, 10_000))).toBe(true);
});

it.each([
  ['a.b', 'a.b'],
  ['./a//b/', 'a/b'],
  ['a/..b', 'a/..b'],
  ['ab:c', 'ab:c'],
  ['', null],
  ['.', null],
  ['/a', null],
  ['C:/a', null],
  ['z:a', null],
  ['a\\b', null],
  ['a\u0001b', null],
  ['..', null],
  ['a/../b', null],
])('the plain form of %j is %j', (path, plain) => expect(safePath(path)).toBe(plain));

describe('ZipArchive', () => {
  it('reads a directory of up to 64 MiB of names, extra fields and comments', async () => {
    // 512 x (1 + 65535 + 65535) + 512 bytes are 64 MiB.
    const part = (name: string, comment = 65_535): Part => ({ name, data: '', method: 0, extra: 65_535, comment });
    const parts = Array.from({ length: 511 }, () => part('a'));
    const full = [...parts, part('a'.repeat(513))];
    const archive = await ZipArchive.open(handmade(full));
    expect(archive.entries).toHaveLength(512);
    archive.close();
    const over = handmade([...parts, part('a'.repeat(514))]);
    await expect(ZipArchive.open(over)).rejects.toThrow('the names of its files are too long');
    // Where a million entries are possible, their names need more.
    const many = await ZipArchive.open(over, 1_000_000);
    expect(many.entries).toHaveLength(512);
    many.close();
  });

  it('reads up to 65,534 entries', async () => {
    const path = handmade([{ name: 'a', data: '' }]);
    const claimed = (entries: number): string => {
      const bytes = readFileSync(path);
      const end = bytes.length - 22;
      bytes.writeUInt16LE(Math.min(entries, 0xffff), end + 8);
      bytes.writeUInt16LE(Math.min(entries, 0xffff), end + 10);
      if (entries < 0xffff) return written(bytes);
      const record = Buffer.alloc(56 + 20);
      record.write('PK\x06\x06', 0, 'latin1');
      record.writeBigUInt64LE(44n, 4);
      record.writeBigUInt64LE(BigInt(entries), 24);
      record.writeBigUInt64LE(BigInt(entries), 32);
      record.writeBigUInt64LE(BigInt(bytes.readUInt32LE(end + 12)), 40);
      record.writeBigUInt64LE(BigInt(bytes.readUInt32LE(end + 16)), 48);
      record.write('PK\x06\x07', 56, 'latin1');
      record.writeBigUInt64LE(BigInt(end), 64);
      record.writeUInt32LE(1, 72);
      return written(Buffer.concat([bytes.subarray(0, end), record, bytes.subarray(end)]));
    };
    const written = (bytes: Buffer): string => {
      const copy = join(temporaryFolder(), 'claimed.zip');
      writeFileSync(copy, bytes);
      return copy;
    };
    await expect(ZipArchive.open(claimed(65_535))).rejects.toThrow('it has more than 65534 entries');
    await expect(ZipArchive.open(claimed(65_534))).rejects.not.toThrow('it has more than');
  });

  it('takes a packed size of up to 101 % and 1 KiB', async () => {
    const told = async (packed: number): Promise<string> => {
      const archive = await ZipArchive.open(handmade([{ name: 'a', data: noise(packed), method: 0, bytes: 1000 }]));
      const [entry] = archive.entries;
      const error: unknown = await archive.read(entry!).catch((reason: unknown) => reason);
      archive.close();
      return String(error);
    };
    expect(await told(2034)).toBe('Error: its size or checksum is wrong');
    expect(await told(2035)).toBe('Error: it is packed into far more than its size');
  });

  it.each([0, 8])('reads empty files and files of one byte, packed by method %i', async (method) => {
    for (const data of ['', 'x']) {
      const archive = await ZipArchive.open(handmade([{ name: 'a', data, method }]));
      expect((await archive.read(archive.entries[0]!)).toString()).toBe(data);
      archive.close();
    }
  });

  it('names the method that it does not know', async () => {
    for (const method of [1, 7, 9]) {
      const archive = await ZipArchive.open(handmade([{ name: 'a', data: 'text', method }]));
      await expect(archive.read(archive.entries[0]!)).rejects.toThrow(`compression method ${method} is not supported`);
      archive.close();
    }
  });
});

describe('ZipReader, in its words,', () => {
  const told = async (part: Part, maxBytes = 1000): Promise<unknown> => {
    const reader = await ZipReader.open(handmade([part]));
    try {
      return await reader.read(part.name, maxBytes);
    } finally {
      reader.close();
    }
  };

  it('says what is wrong with a name, of which it shows 200 characters', async () => {
    const long = `/${'x'.repeat(199)}`;
    for (const name of [long, `${long}y`]) {
      await expect(told({ name, data: '' })).rejects.toMatchObject({
        code: 'archive.unsafe-path',
        message: `The archive holds a path that may lead out of it: "${long}"`,
      });
    }
  });

  it('says how large a file is and may be', async () => {
    await expect(told({ name: 'a', data: 'x'.repeat(2000) })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^a unpacks to 2\.0\skB; at most 1\.0\skB are read, and at most 200 times its packed size$/,
      ),
    });
    const zip = await ZipReader.open(handmade([{ name: 'a', data: '\0'.repeat(mebibyte + 1) }]));
    await expect(zip.read('a', 2 ** 30)).rejects.toMatchObject({ code: 'archive.bomb' });
    zip.close();
  });

  it('says that it is no zip archive, or not there', async () => {
    const path = join(temporaryFolder(), 'a.zip');
    await expect(ZipReader.open(path)).rejects.toMatchObject({ code: 'file.not-found', where: path });
    writeFileSync(path, 'text');
    await expect(ZipReader.open(path)).rejects.toMatchObject({
      code: 'archive.not-zip',
      where: path,
      message: expect.stringMatching(/^This cannot be read as a zip archive: .+/),
    });
  });

  it('gives the packed size of all files together, and the hash of each piece by piece', async () => {
    const [first, second] = [noise(300_000), 'some text, some text'];
    const reader = await ZipReader.open(
      handmade([
        { name: 'first', data: first, method: 0 },
        { name: 'second', data: second },
        { name: 'longer', data: second, bytes: 19 },
        { name: 'shorter', data: second, bytes: 21 },
      ]),
    );
    const packed = deflateRawSync(second).length;
    expect(reader.packedBytes).toBe(300_000 + 3 * packed);
    const pieces: Uint8Array[] = [];
    const hashed = await reader.hash('first', 300_000, (piece) => pieces.push(piece));
    expect(hashed).toEqual({ sha256: sha256(first), bytes: 300_000 });
    expect(Buffer.concat(pieces).toString()).toBe(first);
    expect(pieces.length).toBeGreaterThan(1);
    await expect(reader.hash('longer', 1000)).rejects.toMatchObject({ code: 'archive.damaged' });
    expect(await reader.hash('second', 1000)).toEqual({ sha256: sha256(second), bytes: 20 });
    await expect(reader.hash('none', 1000)).rejects.toMatchObject({ code: 'archive.missing-file' });
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
    for (const [failure, code] of [
      [full, 'file.disk-full'],
      [new UserError('own', '', '', ''), 'own'],
      [new Error('odd'), 'archive.damaged'],
    ] as const) {
      await expect(reader.hash('first', 300_000, () => Promise.reject(failure))).rejects.toMatchObject({ code });
    }
    reader.close();
  });
});

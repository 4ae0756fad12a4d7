import { randomBytes } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../main/contract/errors.ts';
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
    const zip = ZipWriter.toFile(await open(join(temporaryFolder(), 'a.zip'), 'w'));
    const pretended = { length: maxZipBytes + 1 } as Uint8Array;
    await expect(zip.add('large', pretended)).rejects.toThrow(RangeError);
  });
});

interface Part {
  name: string;
  data: string;
  method?: number;
  /** CRC-32 and size as the directory states them. */
  crc?: number;
  bytes?: number;
  madeBy?: number;
  attributes?: number;
  flags?: number;
}

/** A zip archive made by hand. */
function handmade(parts: readonly Part[]): string {
  const [bodies, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const { name, data, method = 8, madeBy = 3, attributes = 0o100644 << 16, flags = 0x800, ...stated } of parts) {
    const packed = method === 8 ? deflateRawSync(data) : Buffer.from(data);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(flags, 2);
    head.writeUInt16LE(method, 4);
    head.writeUInt32LE(stated.crc ?? crc32(data), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(stated.bytes ?? data.length, 18);
    head.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, Buffer.from(name), packed]);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(attributes >>> 0, 6);
    central.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, madeBy]), head, central, Buffer.from(name)]),
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
        ...{ code: 'archive.damaged', message: expect.stringContaining('packed into far more than its size') },
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

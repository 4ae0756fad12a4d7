import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, deflateRaw } from 'node:zlib';

const deflate = promisify(deflateRaw);

/** What an archive without the zip64 extension holds: entries and bytes. */
export const maxZipEntries = 65_000;
export const maxZipBytes = 0xffff_0000;

/** Files that shrink more than this are stored as they are: readers take such ones for bombs. */
const maxRatio = 100;

interface Written {
  name: Buffer;
  method: 0 | 8;
  crc: number;
  packedBytes: number;
  bytes: number;
  offset: number;
}

/**
 * Writes a zip archive (PKWARE's APPNOTE 6.3) entry by entry into an open file. Entries carry the earliest date there
 * is, so the same files give the same bytes. Compression happens off this thread.
 */
export class ZipWriter {
  readonly #file: FileHandle;
  readonly #written: Written[] = [];
  #offset = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#offset;
  }

  /** @throws RangeError where the archive would need zip64: callers look at `bytes` and `maxZipBytes` before. */
  async add(name: string, data: Uint8Array): Promise<void> {
    const small = await deflate(data, { level: 6 });
    const packs = small.length < data.length * 0.97 && data.length <= small.length * maxRatio;
    const packed = packs ? small : data;
    if (this.#offset + packed.length > maxZipBytes || this.#written.length >= maxZipEntries) {
      throw new RangeError('ZipWriter: more than an archive holds');
    }
    const entry: Written = {
      ...{ name: Buffer.from(name, 'utf8'), method: packs ? 8 : 0, crc: crc32(data) },
      ...{ packedBytes: packed.length, bytes: data.length, offset: this.#offset },
    };
    await this.#write(localHeader(entry));
    await this.#write(packed);
    this.#written.push(entry);
  }

  /** Writes the directory; nothing can be added any more. */
  async end(): Promise<void> {
    const start = this.#offset;
    for (const entry of this.#written) await this.#write(directoryEntry(entry));
    await this.#write(endRecord(this.#written.length, this.#offset - start, start));
  }

  async #write(data: Uint8Array): Promise<void> {
    for (let done = 0; done < data.length; ) {
      const { bytesWritten } = await this.#file.write(data, done, data.length - done, this.#offset + done);
      done += bytesWritten;
    }
    this.#offset += data.length;
  }
}

/** Version 2.0; names are UTF-8; 1 January 1980. */
const [version, utf8, earliest] = [20, 0x0800, 0x0021];

function localHeader({ name, method, crc, packedBytes, bytes }: Written): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(version, 4);
  header.writeUInt16LE(utf8, 6);
  header.writeUInt16LE(method, 8);
  header.writeUInt16LE(earliest, 12);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(packedBytes, 18);
  header.writeUInt32LE(bytes, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function directoryEntry({ name, method, crc, packedBytes, bytes, offset }: Written): Buffer {
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(version, 4);
  entry.writeUInt16LE(version, 6);
  entry.writeUInt16LE(utf8, 8);
  entry.writeUInt16LE(method, 10);
  entry.writeUInt16LE(earliest, 14);
  entry.writeUInt32LE(crc, 16);
  entry.writeUInt32LE(packedBytes, 20);
  entry.writeUInt32LE(bytes, 24);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt32LE(offset, 42);
  return Buffer.concat([entry, name]);
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}

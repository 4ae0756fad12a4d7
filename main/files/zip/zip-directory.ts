import { readSync } from 'node:fs';

/** An entry as the archive's directory describes it. */
export interface ZipEntry {
  name: string;
  /** 0 stored, 8 deflated. */
  method: number;
  encrypted: boolean;
  /** A regular file, as far as the archive says; not a symbolic link or a device. */
  regular: boolean;
  crc: number;
  packedBytes: number;
  bytes: number;
  headerOffset: number;
}

/** The record at the end of an archive: 22 bytes and a comment of at most 65,535. */
const endBytes = 22;
const endSignature = 0x06054b50;
const entryBytes = 46;
const entrySignature = 0x02014b50;
const localBytes = 30;
const localSignature = 0x04034b50;
/** 65,535 entries with long names. */
const maxDirectoryBytes = 64 * 2 ** 20;

/**
 * The directory of a zip archive (PKWARE's APPNOTE 6.3, 4.3.12 and 4.3.16), folders left out.
 * @throws Error in words, if the file is no zip archive or a damaged or split one, or larger than 4 GB (zip64).
 */
export function readZipDirectory(file: number, fileBytes: number): ZipEntry[] {
  const tailBytes = Math.min(fileBytes, endBytes + 0xffff);
  const tail = readAt(file, fileBytes - tailBytes, tailBytes);
  const end = findEnd(tail);
  const [count, size, offset] = [tail.readUInt16LE(end + 10), tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  if (count === 0xffff || offset === 0xffff_ffff) throw new Error('it is a zip64 archive, with 65,535 entries or more');
  if (tail.readUInt16LE(end + 4) !== 0 || tail.readUInt16LE(end + 8) !== count)
    throw new Error('it is a split archive');
  if (size > maxDirectoryBytes || offset + size > fileBytes) throw new Error('its directory is damaged');
  const directory = readAt(file, offset, size);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let n = 0; n < count; n++) {
    const { entry, next } = parseEntry(directory, at);
    if (!entry.name.endsWith('/')) entries.push(entry);
    at = next;
  }
  return entries;
}

/** The compressed bytes of an entry, found by its own header. */
export function readPacked(file: number, fileBytes: number, entry: ZipEntry): Buffer {
  const header = readAt(file, entry.headerOffset, localBytes);
  if (header.readUInt32LE(0) !== localSignature) throw new Error('its header is damaged');
  const start = entry.headerOffset + localBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (start + entry.packedBytes > fileBytes) throw new Error('it is cut short');
  return readAt(file, start, entry.packedBytes);
}

/** The comment must reach the end of the file exactly, or the signature is a chance find. */
function findEnd(tail: Buffer): number {
  for (let at = tail.length - endBytes; at >= 0; at--) {
    if (tail.readUInt32LE(at) === endSignature && at + endBytes + tail.readUInt16LE(at + 20) === tail.length) return at;
  }
  throw new Error('it is not a zip archive, or cut short');
}

function parseEntry(directory: Buffer, at: number): { entry: ZipEntry; next: number } {
  if (at + entryBytes > directory.length || directory.readUInt32LE(at) !== entrySignature) {
    throw new Error('its directory is damaged');
  }
  const nameBytes = directory.readUInt16LE(at + 28);
  const next = at + entryBytes + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  if (next > directory.length) throw new Error('its directory is damaged');
  // Made on Unix or macOS: the upper half of the attributes is the file's mode, where 8 is a regular file, 10 a link.
  const unix = [3, 19].includes(directory.readUInt8(at + 5));
  const type = directory.readUInt32LE(at + 38) >>> 28;
  const entry: ZipEntry = {
    name: directory.toString('utf8', at + entryBytes, at + entryBytes + nameBytes),
    encrypted: (directory.readUInt16LE(at + 8) & 1) !== 0,
    method: directory.readUInt16LE(at + 10),
    regular: !unix || type === 0 || type === 8,
    crc: directory.readUInt32LE(at + 16),
    packedBytes: directory.readUInt32LE(at + 20),
    bytes: directory.readUInt32LE(at + 24),
    headerOffset: directory.readUInt32LE(at + 42),
  };
  return { entry, next };
}

function readAt(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (readSync(file, bytes, 0, length, offset) !== length) throw new Error('it is cut short');
  return bytes;
}

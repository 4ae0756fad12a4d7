import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { messageOf, UserError } from '../../contract/wire/errors.ts';
import { formatBytes } from '../../domain/numbers/format.ts';
import { fileError } from '../file-errors.ts';
import { maxZipEntries } from './writer.ts';

const inflate = promisify(inflateRaw);

/** Names, comments and extra fields: bytes of each entry on average, and of all where there may be few. */
const maxEntryBytes = 256;
const leastDirectoryBytes = 64 * 2 ** 20;
/** Files larger than `smallBytes` that unpack to more than `maxRatio` times their packed size are taken for bombs. */
const maxRatio = 200;
const smallBytes = 2 ** 20;

/** Bytes that packing may add to a file, besides a hundredth of it; deflate adds 5 bytes to 16 KiB at most. */
const packingBytes = 1024;

/** A file in an archive, as the archive's directory describes it. */
export interface ZipEntry {
  readonly name: string;
  readonly encrypted: boolean;
  /** A plain file, as far as the archive says; not a symbolic link or a device. */
  readonly regular: boolean;
  /** Size of the file. */
  readonly bytes: number;
  readonly packedBytes: number;
  /** The entry as yauzl reads it. */
  readonly source: Entry;
}

/**
 * A zip archive that is read without unpacking it to disk. It judges neither names nor sizes, which depends on what the
 * archive is for: see `safePath` and `isBomb`.
 */
export class ZipArchive {
  readonly entries: readonly ZipEntry[];
  /** Names of folders that have an entry of their own; those with files need none. */
  readonly folders: readonly string[];
  readonly #file: ZipFile;

  private constructor(file: ZipFile, { entries, folders }: Pick<ZipArchive, 'entries' | 'folders'>) {
    this.#file = file;
    this.entries = entries;
    this.folders = folders;
  }

  /**
   * @param most entries, folders included
   * @throws Error in words, if it is not a zip archive, or damaged, split, or with more than `most` entries; file system errors
   */
  static async open(path: string, most = maxZipEntries): Promise<ZipArchive> {
    // Names are decoded here: yauzl reads those without the UTF-8 flag as code page 437.
    const file = await openPromise(path, { autoClose: false, decodeStrings: false, validateEntrySizes: false });
    try {
      return new ZipArchive(file, await readEntries(file, most));
    } catch (error) {
      file.close();
      throw error;
    } finally {
      file.on('error', () => undefined);
    }
  }

  /**
   * The content of a file. Reads and unpacks no more than the entry states.
   * @throws Error in words, if it is damaged, or packed by another method than deflate
   */
  async read({ source, bytes, packedBytes }: ZipEntry): Promise<Buffer> {
    const { compressionMethod: method } = source;
    // The packed bytes are held in memory, and whoever made the archive states both sizes.
    if (packedBytes > bytes * 1.01 + packingBytes) throw new Error('it is packed into far more than its size');
    if (method !== 0 && method !== 8) throw new Error(`compression method ${method} is not supported`);
    const packed = await buffer(await this.#file.openReadStreamPromise(source, { decodeFileData: false }));
    const data = method === 0 ? packed : await inflate(packed, { maxOutputLength: Math.max(1, bytes) });
    if (data.length !== bytes || crc32(data) !== source.crc32) throw new Error('its size or checksum is wrong');
    return data;
  }

  /** The unpacked content of a file that may be too large for memory. Neither its size nor its checksum is checked. */
  stream({ source }: ZipEntry): Promise<Readable> {
    return this.#file.openReadStreamPromise(source);
  }

  close(): void {
    this.#file.close();
  }
}

async function readEntries(file: ZipFile, most: number): Promise<Pick<ZipArchive, 'entries' | 'folders'>> {
  if (file.entryCount > most) throw new Error(`it has more than ${most} entries`);
  const entries: ZipEntry[] = [];
  const folders: string[] = [];
  const maxDirectoryBytes = Math.max(leastDirectoryBytes, most * maxEntryBytes);
  let directoryBytes = 0;
  for await (const source of file.eachEntry()) {
    directoryBytes += source.fileNameLength + source.extraFieldLength + source.fileCommentLength;
    if (directoryBytes > maxDirectoryBytes) throw new Error('the names of its files are too long');
    const name = source.fileNameRaw.toString('utf8');
    if (name.endsWith('/')) folders.push(name);
    else
      entries.push({
        name,
        source,
        encrypted: source.isEncrypted(),
        regular: isRegular(source),
        bytes: source.uncompressedSize,
        packedBytes: source.compressedSize,
      });
  }
  return { entries, folders };
}

/** In archives made on Unix or macOS (3, 19) the upper bits are the file's type: 8 for a plain file, 10 for a link. */
function isRegular({ versionMadeBy, externalFileAttributes }: Entry): boolean {
  const type = externalFileAttributes >>> 28;
  return ![3, 19].includes(versionMadeBy >>> 8) || type === 0 || type === 8;
}

/** Whether a file unpacks to far more than files do. */
export const isBomb = ({ bytes, packedBytes }: Pick<ZipEntry, 'bytes' | 'packedBytes'>): boolean =>
  bytes > smallBytes && bytes > maxRatio * packedBytes;

/**
 * A path inside an archive or folder, in its plain form (`a/b.png`), or null if it could lead out of it or means
 * different things on different systems: absolute paths, drive letters, `..`, backslashes, control characters.
 */
export function safePath(path: string): string | null {
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || /[\\\p{Cc}]/u.test(path)) return null;
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.length === 0 || parts.includes('..') ? null : parts.join('/');
}

/**
 * Reads the archive of a study. Refuses paths that lead out of it, links, encrypted entries, names that occur twice, and
 * files that unpack to far more than files do.
 */
export class ZipReader {
  readonly path: string;
  readonly #archive: ZipArchive;
  readonly #entries = new Map<string, ZipEntry>();

  private constructor(path: string, archive: ZipArchive) {
    this.path = path;
    this.#archive = archive;
  }

  /** @throws UserError `file.*`, `archive.not-zip`, `archive.unsafe-path`, `archive.duplicate`, `archive.not-a-file` */
  static async open(path: string): Promise<ZipReader> {
    const archive = await ZipArchive.open(path).catch((error: unknown) => {
      const known = fileError(error, path);
      throw known === error
        ? archiveError('not-zip', `This cannot be read as a zip archive: ${messageOf(error)}`, path, error)
        : known;
    });
    try {
      const reader = new ZipReader(path, archive);
      for (const entry of archive.entries) reader.#addEntry(entry);
      return reader;
    } catch (error) {
      archive.close();
      throw error;
    }
  }

  /** Paths of all files. */
  get names(): string[] {
    return [...this.#entries.keys()];
  }

  /** Packed bytes of all files together. */
  get packedBytes(): number {
    return [...this.#entries.values()].reduce((sum, entry) => sum + entry.packedBytes, 0);
  }

  /** Size of a file, as the archive states it; `read` refuses another one. */
  fileSize(name: string): number | undefined {
    return this.#entries.get(name)?.bytes;
  }

  /**
   * @param maxBytes a larger file is refused before it is read
   * @throws UserError `archive.missing-file`, `archive.bomb`, `archive.damaged`
   */
  async read(name: string, maxBytes: number): Promise<Buffer> {
    const entry = this.#entry(name, maxBytes);
    try {
      return await this.#archive.read(entry);
    } catch (error) {
      throw this.#damaged(name, error);
    }
  }

  /**
   * SHA-256 and size of the unpacked file, which may be too large for memory. @throws UserError as `read`
   * @param take gets the file piece by piece
   */
  async hash(
    name: string,
    maxBytes: number,
    take: (piece: Uint8Array) => unknown = () => undefined,
  ): Promise<{ sha256: string; bytes: number }> {
    const entry = this.#entry(name, maxBytes);
    const [hash, { bytes: stated }] = [createHash('sha256'), entry];
    let bytes = 0;
    try {
      for await (const piece of (await this.#archive.stream(entry)) as AsyncIterable<Buffer>) {
        bytes += piece.length;
        if (bytes > stated) throw new Error('it is longer than the archive says');
        hash.update(piece);
        await take(piece);
      }
    } catch (error) {
      throw this.#damaged(name, error);
    }
    return { sha256: hash.digest('hex'), bytes };
  }

  close(): void {
    this.#archive.close();
  }

  /** @throws UserError `archive.missing-file`, `archive.bomb` */
  #entry(name: string, maxBytes: number): ZipEntry {
    const entry = this.#entries.get(name);
    if (!entry) throw archiveError('missing-file', `The archive lacks ${name}`, this.path);
    if (entry.bytes <= maxBytes && !isBomb(entry)) return entry;
    const most = `at most ${formatBytes(maxBytes)} are read, and at most 200 times its packed size`;
    throw archiveError('bomb', `${name} unpacks to ${formatBytes(entry.bytes)}; ${most}`, this.path);
  }

  /** Errors about the disk that a piece is written to are passed on. */
  #damaged(name: string, error: unknown): unknown {
    if (error instanceof UserError) return error;
    const known = fileError(error, this.path);
    if (known !== error) return known;
    return archiveError('damaged', `${name} in the archive is damaged: ${messageOf(error)}`, this.path, error);
  }

  #addEntry(entry: ZipEntry): void {
    const shown = JSON.stringify(entry.name.slice(0, 200));
    if (safePath(entry.name) !== entry.name) {
      throw archiveError('unsafe-path', `The archive holds a path that may lead out of it: ${shown}`, this.path);
    }
    if (this.#entries.has(entry.name)) {
      throw archiveError('duplicate', `The archive holds ${shown} twice`, this.path);
    }
    if (!entry.regular || entry.encrypted) {
      throw archiveError('not-a-file', `${shown} is encrypted, a link or a device, not a plain file`, this.path);
    }
    this.#entries.set(entry.name, entry);
  }
}

/** An error about the archive of a study; `code` without its prefix `archive.`. Nothing has been stored when it is thrown. */
export function archiveError(code: string, what: string, where: string, cause?: unknown): UserError {
  return new UserError(
    `archive.${code}`,
    what,
    where,
    'Nothing was stored. Export the study again where it comes from, and copy the complete file.',
    { cause },
  );
}

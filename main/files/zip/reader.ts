import { closeSync, openSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { UserError } from '../../contract/errors.ts';
import { fileError } from '../file-errors.ts';
import { safePath } from './safe-path.ts';
import { readPacked, readZipDirectory, type ZipEntry } from './zip-directory.ts';

const inflate = promisify(inflateRaw);

/** Files that unpack to more than this many times their packed size are refused; small ones may. */
const maxRatio = 200;
const smallBytes = 2 ** 20;

/**
 * Reads a zip archive without unpacking it to disk. Refuses paths that lead out of it, links, encrypted entries, names
 * that occur twice, and entries that unpack to far more than files do. Unpacking happens off this thread.
 */
export class ZipReader {
  readonly path: string;
  readonly #file: number;
  readonly #fileBytes: number;
  readonly #entries = new Map<string, ZipEntry>();

  /** @throws UserError `file.*`, `archive.not-zip`, `archive.unsafe-path`, `archive.duplicate`, `archive.not-a-file` */
  constructor(path: string) {
    this.path = path;
    try {
      this.#fileBytes = statSync(path).size;
      this.#file = openSync(path, 'r');
    } catch (error) {
      throw fileError(error, path);
    }
    try {
      for (const entry of this.#directory()) this.#take(entry);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Paths of all files. */
  get names(): string[] {
    return [...this.#entries.keys()];
  }

  /** Bytes that a file unpacks to, as the archive states it; `read` holds it to that. */
  bytesOf(name: string): number | undefined {
    return this.#entries.get(name)?.bytes;
  }

  /**
   * @param maxBytes a file that would unpack to more is refused unread.
   * @throws UserError `archive.missing-file`, `archive.bomb`, `archive.damaged`
   */
  async read(name: string, maxBytes: number): Promise<Buffer> {
    const entry = this.#entries.get(name);
    if (!entry) throw archiveError('missing-file', `The archive lacks ${name}`, this.path);
    const { method, bytes, crc, packedBytes } = entry;
    if (bytes > maxBytes || (bytes > smallBytes && bytes > maxRatio * packedBytes)) {
      throw archiveError('bomb', `${name} unpacks to far more than it should (${bytes} bytes)`, this.path);
    }
    try {
      if (method !== 0 && method !== 8) throw new Error(`compression method ${method} is not supported`);
      const packed = readPacked(this.#file, this.#fileBytes, entry);
      const data = method === 0 ? packed : await inflate(packed, { maxOutputLength: Math.max(1, bytes) });
      if (data.length !== bytes || crc32(data) !== crc) throw new Error('its size or checksum is wrong');
      return data;
    } catch (error) {
      throw damaged(this.path, name, error);
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #directory(): ZipEntry[] {
    try {
      return readZipDirectory(this.#file, this.#fileBytes);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw archiveError('not-zip', `This cannot be read as a zip archive: ${why}`, this.path, error);
    }
  }

  #take(entry: ZipEntry): void {
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

const damaged = (path: string, name: string, cause: unknown): UserError =>
  archiveError(
    'damaged',
    `${name} in the archive is damaged: ${cause instanceof Error ? cause.message : String(cause)}`,
    path,
    cause,
  );

/** An error about an archive; `code` without its prefix `archive.`. Nothing has been stored when it is thrown. */
export function archiveError(code: string, what: string, where: string, cause?: unknown): UserError {
  return new UserError({
    ...{ code: `archive.${code}`, what, where, cause },
    remedy: 'Nothing was stored. Export the study again where it comes from, and copy the whole file.',
  });
}

import { closeSync, openSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';
import { safePath } from './safe-path.ts';
import type { StimulusSource } from './source.ts';
import { mebibytes, stimuliError } from './stimuli-error.ts';
import { readPacked, readZipDirectory, type ZipEntry } from './zip-directory.ts';

/** What is unpacked of one archive in all. */
const maxTotalBytes = 2 ** 31;
/** Images and short texts do not shrink more than this; small files may. */
const maxRatio = 200;
const smallBytes = 2 ** 20;

/**
 * A stimulus set in a zip archive. Nothing is unpacked to disk. We read archives ourselves, as fflate checks neither
 * checksums nor file types, and trusts the sizes that an archive states.
 */
export class ZipSource implements StimulusSource {
  readonly #path: string;
  readonly #fileBytes: number;
  readonly #file: number;
  readonly #entries = new Map<string, ZipEntry>();
  #unpackedBytes = 0;

  constructor(path: string, fileBytes: number) {
    this.#path = path;
    this.#fileBytes = fileBytes;
    this.#file = openSync(path, 'r');
    try {
      this.#list();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  where(path: string): string {
    return `${this.#path}, ${path}`;
  }

  folderOf(file: string): string | null {
    if (this.#entries.has(file)) return '';
    const found = [...this.#entries.keys()].filter((path) => path.endsWith(`/${file}`) && path.split('/').length === 2);
    return found.length === 1 && found[0] !== undefined ? found[0].slice(0, -file.length) : null;
  }

  read(path: string, maxBytes: number): Uint8Array | null {
    const entry = this.#entries.get(path);
    if (!entry) return null;
    this.#checkEntry(entry, maxBytes);
    this.#unpackedBytes += entry.bytes;
    return this.#attempt(this.where(path), () => unpack(readPacked(this.#file, this.#fileBytes, entry), entry));
  }

  close(): void {
    closeSync(this.#file);
  }

  #list(): void {
    for (const entry of this.#attempt(this.#path, () => readZipDirectory(this.#file, this.#fileBytes))) {
      const path = safePath(entry.name);
      const where = this.where(JSON.stringify(entry.name));
      if (path === null) {
        const what =
          'The archive holds a path that leads out of it, or is written in a way that not every system reads';
        throw stimuliError(
          'unsafe-path',
          what,
          where,
          'Zip the folder again with a common program; do not trust this file.',
        );
      }
      if (this.#entries.has(path)) {
        throw stimuliError('duplicate-file', 'The archive holds this file twice', where, 'Zip the folder again.');
      }
      this.#entries.set(path, entry);
    }
  }

  #checkEntry({ name, encrypted, regular, bytes, packedBytes }: ZipEntry, maxBytes: number): void {
    const refuse = (code: string, what: string, remedy: string): never => {
      throw stimuliError(code, what, this.where(name), remedy);
    };
    if (!regular)
      refuse('not-a-file', 'This is a link or a device, not a file', 'Put the file itself into the archive.');
    if (encrypted) refuse('encrypted', 'The archive is encrypted', 'Zip the folder again without a password.');
    if (bytes > maxBytes) {
      const what = `The file has ${mebibytes(bytes)}; at most ${mebibytes(maxBytes)} are read`;
      refuse('file-too-large', what, 'Check that it is the right file.');
    }
    if (bytes > smallBytes && bytes > maxRatio * packedBytes) {
      refuse('zip-bomb', 'The file unpacks to far more than images do', 'Do not trust this archive.');
    }
    if (this.#unpackedBytes + bytes > maxTotalBytes) {
      refuse(
        'zip-bomb',
        `The archive unpacks to more than ${mebibytes(maxTotalBytes)}`,
        'Import fewer or smaller images.',
      );
    }
  }

  #attempt<T>(where: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw stimuliError(
        'zip-damaged',
        `This cannot be read as a zip archive: ${detail}`,
        where,
        'Zip the folder again.',
        error,
      );
    }
  }
}

/** Never gives more than the entry states, and that only if the checksum is right. */
function unpack(packed: Buffer, { method, bytes, crc }: ZipEntry): Buffer {
  if (method !== 0 && method !== 8) throw new Error(`compression method ${method} is not supported`);
  // A limit of 0 bytes is not allowed.
  const data = method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(1, bytes) });
  if (data.length !== bytes || crc32(data) !== crc) throw new Error('its size or checksum is wrong');
  return data;
}

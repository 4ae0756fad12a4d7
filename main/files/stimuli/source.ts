import { closeSync, existsSync, openSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { UserError } from '../../contract/errors.ts';
import { fileError } from '../file-errors.ts';
import { safePath } from '../zip/safe-path.ts';
import { readPacked, readZipDirectory, type ZipEntry } from '../zip/zip-directory.ts';
import { mebibytes, stimuliError } from './manifest.ts';

/** A folder or a zip archive, read only, from which no path leads out. Paths are in the form of `safePath`. */
export interface StimulusSource {
  /** Names a file in errors. */
  where(path: string): string;
  /**
   * The folder inside, `''` or `name/`, that holds a file of this name, or null: at the top, or in the only folder that
   * has it (as when a folder was zipped).
   */
  folderOf(file: string): string | null;
  /**
   * The bytes of a file, or null if it is not there.
   * @throws UserError `stimuli.*` or `file.*` if it is damaged, no regular file, or larger than `maxBytes`.
   */
  read(path: string, maxBytes: number): Uint8Array | null;
  close(): void;
}

/**
 * Opens a folder or a zip archive.
 * @throws UserError `stimuli.*` or `file.*`
 */
export function openSource(path: string): StimulusSource {
  try {
    const status = statSync(path);
    if (status.isDirectory()) return new FolderSource(path);
    if (status.isFile()) return new ZipSource(path, status.size);
  } catch (error) {
    throw fileError(error, path);
  }
  throw new UserError({
    code: 'stimuli.not-a-file',
    what: 'This is neither a folder nor a file',
    where: path,
    remedy: 'Give a folder or a zip archive with PNG images and manifest.csv.',
  });
}

/** A stimulus set in a folder. Links are followed as long as they stay inside. */
export class FolderSource implements StimulusSource {
  readonly #folder: string;
  readonly #root: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#root = realpathSync(folder);
  }

  where(path: string): string {
    return join(this.#folder, path);
  }

  folderOf(file: string): string | null {
    if (existsSync(join(this.#root, file))) return '';
    const folders = readdirSync(this.#root).filter((name) => existsSync(join(this.#root, name, file)));
    return folders.length === 1 ? `${folders[0]}/` : null;
  }

  read(path: string, maxBytes: number): Uint8Array | null {
    const where = this.where(path);
    try {
      if (!existsSync(join(this.#root, path))) return null;
      const target = realpathSync(join(this.#root, path));
      const inside = relative(this.#root, target);
      if (isAbsolute(inside) || inside === '..' || inside.startsWith(`..${sep}`)) {
        throw stimuliError(
          'outside',
          'This is a link that leads out of the folder',
          where,
          'Put the file itself there.',
        );
      }
      const status = statSync(target);
      if (!status.isFile())
        throw stimuliError('not-a-file', 'This is not a regular file', where, 'Put a PNG file there.');
      if (status.size > maxBytes) {
        const what = `The file has ${mebibytes(status.size)}; at most ${mebibytes(maxBytes)} are read`;
        throw stimuliError('file-too-large', what, where, 'Check that it is the right file.');
      }
      return readFileSync(target);
    } catch (error) {
      throw fileError(error, where);
    }
  }

  close(): void {
    // A folder holds nothing open.
  }
}

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

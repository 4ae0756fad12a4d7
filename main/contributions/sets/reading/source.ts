import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { messageOf, UserError } from '../../../contract/wire/index.ts';
import { fileError, onFile } from '../../../files/index.ts';
import { isBomb, safePath, ZipArchive, type ZipEntry } from '../../../files/zip/index.ts';
import { mebibytes, stimuliError } from '../manifest.ts';

/** Bytes that are unpacked from one archive in total. */
const maxTotalBytes = 2 ** 31;

/** A folder or a zip archive, read only, from which no path leads out. Paths are in the form of `safePath`. */
export interface StimulusSource {
  /** The path of a file, for errors. */
  where(path: string): string;
  /**
   * The folder inside, `''` or `name/`, that holds a file of this name: the top folder, or the only folder in it that has
   * the file (as when a folder was zipped). Null if there is none, or more than one.
   */
  findFolder(file: string): string | null;
  /**
   * The bytes of a file, or null if it does not exist.
   * @throws UserError `stimuli.*` or `file.*` if it is damaged, no regular file, or larger than `maxBytes`.
   */
  read(path: string, maxBytes: number): Promise<Uint8Array | null>;
  close(): void;
}

/**
 * Opens a folder or a zip archive.
 * @throws UserError `stimuli.*` or `file.*`
 */
export async function openSource(path: string): Promise<StimulusSource> {
  try {
    const status = statSync(path);
    if (status.isDirectory()) return new FolderSource(path);
    if (status.isFile()) return await ZipSource.open(path);
  } catch (error) {
    throw fileError(error, path);
  }
  throw new UserError(
    'stimuli.not-a-file',
    'This is neither a folder nor a file',
    path,
    'Give a folder or a zip archive with PNG images and manifest.csv.',
  );
}

/** A stimulus set in a folder. Links are followed as long as they stay inside. */
class FolderSource implements StimulusSource {
  readonly #folder: string;
  readonly #root: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#root = realpathSync(folder);
  }

  where(path: string): string {
    return join(this.#folder, path);
  }

  findFolder(file: string): string | null {
    if (existsSync(join(this.#root, file))) return '';
    const folders = readdirSync(this.#root).filter((name) => existsSync(join(this.#root, name, file)));
    return folders.length === 1 ? `${folders[0]}/` : null;
  }

  async read(path: string, maxBytes: number): Promise<Uint8Array | null> {
    const where = this.where(path);
    return onFile(where, () => {
      if (!existsSync(join(this.#root, path))) return null;
      const target = realpathSync(join(this.#root, path));
      const inside = relative(this.#root, target);
      if (isAbsolute(inside) || inside === '..' || inside.startsWith(`..${sep}`)) {
        const what = 'This is a link that leads out of the folder';
        throw stimuliError('outside', what, where, 'Put the file itself there.');
      }
      const status = statSync(target);
      if (!status.isFile()) {
        throw stimuliError('not-a-file', 'This is not a regular file', where, 'Put a PNG file there.');
      }
      if (status.size > maxBytes) throw fileTooLarge(status.size, maxBytes, where);
      return readFileSync(target);
    });
  }

  close(): void {
    // A folder holds nothing open.
  }
}

/** A stimulus set in a zip archive. Nothing is unpacked to disk. */
class ZipSource implements StimulusSource {
  readonly #path: string;
  readonly #archive: ZipArchive;
  readonly #entries = new Map<string, ZipEntry>();
  #unpackedBytes = 0;

  private constructor(path: string, archive: ZipArchive) {
    this.#path = path;
    this.#archive = archive;
  }

  static async open(path: string): Promise<ZipSource> {
    const archive = await ZipArchive.open(path).catch((error: unknown) => {
      const known = fileError(error, path);
      throw known === error ? damagedZip(error, path) : known;
    });
    try {
      const source = new ZipSource(path, archive);
      for (const entry of archive.entries) source.#addEntry(entry);
      return source;
    } catch (error) {
      archive.close();
      throw error;
    }
  }

  where(path: string): string {
    return `${this.#path}, ${path}`;
  }

  findFolder(file: string): string | null {
    if (this.#entries.has(file)) return '';
    const found = [...this.#entries.keys()].filter((path) => path.endsWith(`/${file}`) && path.split('/').length === 2);
    return found.length === 1 && found[0] !== undefined ? found[0].slice(0, -file.length) : null;
  }

  async read(path: string, maxBytes: number): Promise<Uint8Array | null> {
    const entry = this.#entries.get(path);
    if (!entry) return null;
    this.#checkEntry(entry, maxBytes);
    this.#unpackedBytes += entry.bytes;
    try {
      return await this.#archive.read(entry);
    } catch (error) {
      throw damagedZip(error, this.where(path));
    }
  }

  close(): void {
    this.#archive.close();
  }

  #addEntry(entry: ZipEntry): void {
    const path = safePath(entry.name);
    const where = this.where(JSON.stringify(entry.name));
    if (path === null) {
      const what = 'The archive holds a path that leads out of it, or is written in a way that not every system reads';
      const remedy = 'Zip the folder again with a common program; do not trust this file.';
      throw stimuliError('unsafe-path', what, where, remedy);
    }
    if (this.#entries.has(path)) {
      throw stimuliError('duplicate-file', 'The archive holds this file twice', where, 'Zip the folder again.');
    }
    this.#entries.set(path, entry);
  }

  #checkEntry(entry: ZipEntry, maxBytes: number): void {
    const { name, encrypted, regular, bytes } = entry;
    const where = this.where(name);
    if (!regular) {
      const what = 'This is a link or a device, not a file';
      throw stimuliError('not-a-file', what, where, 'Put the file itself into the archive.');
    }
    if (encrypted) {
      throw stimuliError('encrypted', 'The archive is encrypted', where, 'Zip the folder again without a password.');
    }
    if (bytes > maxBytes) throw fileTooLarge(bytes, maxBytes, where);
    if (isBomb(entry)) {
      const what = 'The file unpacks to far more than images do';
      throw stimuliError('zip-bomb', what, where, 'Do not trust this archive.');
    }
    if (this.#unpackedBytes + bytes > maxTotalBytes) {
      const what = `The archive unpacks to more than ${mebibytes(maxTotalBytes)}`;
      throw stimuliError('zip-bomb', what, where, 'Import fewer or smaller images.');
    }
  }
}

function fileTooLarge(bytes: number, maxBytes: number, where: string): UserError {
  const what = `The file has ${mebibytes(bytes)}; at most ${mebibytes(maxBytes)} are read`;
  return stimuliError('file-too-large', what, where, 'Check that it is the right file.');
}

function damagedZip(error: unknown, where: string): UserError {
  const detail = messageOf(error);
  const what = `This cannot be read as a zip archive: ${detail}`;
  return stimuliError('zip-damaged', what, where, 'Zip the folder again.', error);
}

import { constants, type Dirent } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { UserError } from '../../../contract/wire/index.ts';
import { formatBytes, formatInteger } from '../../../domain/numbers/index.ts';
import { fileError } from '../../../files/index.ts';
import { isBomb, safePath, ZipArchive, type ZipEntry } from '../../../files/zip/index.ts';
import { dataError, LeftOut, reasonOf } from './source.ts';

/** A file that is an image by its name. */
export interface ImageFile {
  /** Within the folder or zip, with slashes; normalized (NFC), as macOS writes composed letters as two characters. */
  path: string;
  /** @throws Error in words, or of the file system */
  read: () => Promise<Buffer>;
  /** Bytes that it takes on disk: in a zip, packed. @throws Error of the file system */
  size: () => Promise<number>;
}

type Content = Omit<ImageFile, 'path'>;

export interface ImageFiles {
  /** In the code unit order of their paths: neither the file system's nor a language's. */
  files: ImageFile[];
  /** CSV files among them, in the same order. */
  tables: ImageFile[];
  /** All folders that were seen, also those without images. */
  folders: string[];
  leftOut: LeftOut;
  /** Absolute paths of the files on disk that hold the images. */
  paths: readonly string[];
  close: () => void;
}

const imageEndings = new Set(['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.tif', '.tiff', '.gif']);
const isTableName = (name: string): boolean => extname(name).toLowerCase() === '.csv';
const isImageName = (name: string): boolean => imageEndings.has(extname(name).toLowerCase());
/** What systems put beside a person's files. */
const isSystemFile = (name: string): boolean =>
  name.startsWith('.') || ['__MACOSX', 'Thumbs.db', 'desktop.ini'].includes(name);

const maxFiles = 1_000_000;
const maxFolders = 100_000;
const maxDepth = 16;
/** A photograph in 16 bits without compression has fewer. */
const maxFileBytes = 512 * 2 ** 20;
/** Tables that are kept, and bytes of one: a session of people or a model has a thousand rows. */
const mostTables = 10_000;
const maxTableBytes = 64 * 2 ** 20;

export const reasons = {
  /** The reason also for tables beside images, where nobody asked for tables. */
  name: 'its name does not end like that of a JPEG, PNG, WebP, TIFF or GIF image',
  link: 'it is a link that leads nowhere, or back to a folder above it',
  kind: 'it is not a plain file',
  large: `it has more than ${formatBytes(maxFileBytes)}`,
  largeTable: `it has more than ${formatBytes(maxTableBytes)}`,
  bomb: 'it unpacks to more than 200 times its packed size',
  deep: `it lies more than ${maxDepth} folders deep`,
  zip: 'it is a zip file beside folders of images',
  closed: 'it cannot be opened',
  encoding: 'its name is not valid Unicode',
};

/**
 * Lists the images below a folder, or in a zip, without opening them. In a folder of zip files, each counts as a folder
 * of its name. A single folder that holds everything is skipped, as people zip the folder itself.
 * @throws UserError `file.*`, `data-set.zip-*`, `data-set.not-images`, `data-set.too-many`
 */
export async function listImageFiles(path: string): Promise<ImageFiles> {
  const listing = new Listing();
  try {
    const status = await stat(path);
    if (status.isDirectory()) await listing.addFolder(path);
    else if (status.isFile()) await listing.addZip(path, '');
    else throw notImages(path);
    return listing.result();
  } catch (error) {
    listing.close();
    throw fileError(error, path);
  }
}

class Listing {
  readonly leftOut = new LeftOut();
  /** How each file is read, by its path as it is written there. */
  readonly #files = new Map<string, Content>();
  readonly #tables = new Map<string, Content>();
  readonly #archives: ZipArchive[] = [];
  readonly #zips: string[] = [];
  readonly #paths: string[] = [];
  readonly #seen = new Set<string>();
  #folders = 0;

  async addFolder(root: string): Promise<void> {
    const rootPath = await realpath(root);
    await this.#walk({ path: root, prefix: '', above: [rootPath] });
    const areImages = this.#files.size > 0;
    for (const name of this.#zips.toSorted()) {
      if (areImages) this.leftOut.add(reasons.zip, name);
      else await this.addZip(join(root, name), `${basename(name, extname(name))}/`);
    }
  }

  async addZip(path: string, prefix: string): Promise<void> {
    const archive = await ZipArchive.open(path, maxFiles).catch((error: unknown) => {
      const known = fileError(error, path);
      throw known === error ? notZip(path, error) : known;
    });
    this.#archives.push(archive);
    this.#paths.push(path);
    const entries = archive.entries
      .map((entry) => ({ entry, name: checkedName(entry, path) }))
      .filter(({ name }) => !name.split('/').some(isSystemFile));
    const top = singleFolder(entries.map(({ name }) => name).filter((name) => isImageName(name) && !isDeep(name)));
    for (const folder of archive.folders) {
      const name = safePath(folder);
      const isShown = name !== null && !name.split('/').some(isSystemFile) && !top.startsWith(`${name}/`);
      if (isShown && !isDeep(name)) this.#see(prefix + (name.startsWith(top) ? name.slice(top.length) : name));
    }
    for (const { entry, name } of entries) {
      const kept = prefix + (name.startsWith(top) ? name.slice(top.length) : name);
      this.#see(dirname(kept));
      const isSound = entry.regular && entry.bytes <= maxTableBytes && !isBomb(entry);
      if (isTableName(kept) && isSound && this.#addTable(kept, inZip(archive, entry))) continue;
      const reason = unusable(entry, kept);
      if (reason !== null) this.leftOut.add(reason, kept);
      else if (this.#files.has(kept)) throw zipError('duplicate', `The zip holds “${shown(name)}” twice`, path);
      else this.#add(kept, inZip(archive, entry));
    }
  }

  result(): ImageFiles {
    const named = (files: Map<string, Content>) =>
      [...files].map(([name, content]) => ({ path: name.normalize('NFC'), name, ...content }));
    const all = named(this.#files);
    const top = singleFolder(all.map(({ path }) => path));
    const files = all
      .map(({ path, ...file }) => ({ ...file, path: path.slice(top.length) }))
      .sort((a, b) => order(a.path, b.path) || order(a.name, b.name));
    const tables = named(this.#tables)
      .map(({ name: _, ...file }) => file)
      .sort((a, b) => order(a.path, b.path));
    const folders = [...this.#seen].flatMap((path) => {
      const name = path.normalize('NFC');
      return name.startsWith(top) && name.length > top.length ? [name.slice(top.length)] : [];
    });
    return { files, tables, folders, leftOut: this.leftOut, paths: this.#paths, close: () => this.close() };
  }

  close(): void {
    for (const archive of this.#archives) archive.close();
  }

  /** @param folder path; `.` is no folder, but where files lie beside all folders */
  #see(folder: string): void {
    if (folder !== '.') this.#seen.add(folder);
  }

  #add(name: string, content: Content): void {
    if (this.#files.size >= maxFiles) throw tooMany(`${formatInteger(maxFiles)} images`, name);
    this.#files.set(name, content);
  }

  /** Whether there was room for it. */
  #addTable(name: string, content: Content): boolean {
    if (this.#tables.size >= mostTables) return false;
    this.#tables.set(name, content);
    return true;
  }

  async #walk(folder: { path: string; prefix: string; above: readonly string[] }): Promise<void> {
    const { path, prefix, above } = folder;
    // Links between folders can make any number of paths.
    if (++this.#folders > maxFolders) throw tooMany(`${formatInteger(maxFolders)} folders`, prefix);
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      if (prefix === '') throw error;
      this.leftOut.add(reasons.closed, prefix);
      return [];
    });
    if (prefix !== '') this.#seen.add(prefix.slice(0, -1));
    for (const entry of entries) {
      if (isSystemFile(entry.name)) continue;
      const name = prefix + entry.name;
      // Node replaces bytes that are not UTF-8, so the file could not be opened by this name.
      if (name.includes('\uFFFD')) this.leftOut.add(reasons.encoding, name);
      else await this.#addEntry(entry, join(path, entry.name), name, above);
    }
  }

  async #addEntry(entry: Dirent, path: string, name: string, above: readonly string[]): Promise<void> {
    const isLink = entry.isSymbolicLink();
    const status = isLink ? await stat(path).catch(() => null) : entry;
    if (!status) return this.leftOut.add(reasons.link, name);
    if (status.isDirectory()) {
      const real = isLink ? await realpath(path) : path;
      if (isLink && above.includes(real)) return this.leftOut.add(reasons.link, name);
      if (above.length > maxDepth) return this.leftOut.add(reasons.deep, name);
      return this.#walk({ path, prefix: `${name}/`, above: [...above, isLink ? real : await realpath(path)] });
    }
    const isTop = above.length === 1;
    if (isTop && extname(name).toLowerCase() === '.zip' && status.isFile()) {
      this.#zips.push(name);
      return;
    }
    if (isTableName(name) && status.isFile() && this.#addTable(name, onDisk(path, maxTableBytes))) return;
    if (!isImageName(name)) return this.leftOut.add(reasons.name, name);
    if (!status.isFile()) return this.leftOut.add(reasons.kind, name);
    this.#add(name, onDisk(path, maxFileBytes));
    this.#paths.push(path);
  }
}

const inZip = (archive: ZipArchive, entry: ZipEntry): Content => ({
  read: () => archive.read(entry),
  size: () => Promise.resolve(entry.packedBytes),
});

const onDisk = (path: string, most: number): Content => ({
  read: () => readPlainFile(path, most),
  size: async () => (await stat(path)).size,
});

/** Reads a file that may have become anything since it was listed: a pipe would never end. */
async function readPlainFile(path: string, most: number): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new Error(reasons.kind);
    if (status.size > most) throw new Error(most === maxFileBytes ? reasons.large : reasons.largeTable);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** `photos/` if all paths lie below it, else nothing. */
function singleFolder(names: readonly string[]): string {
  const [first = ''] = names;
  for (let top = ''; ; ) {
    const end = first.indexOf('/', top.length) + 1;
    const next = first.slice(0, end);
    // A folder with files of its own, or one of several, stays.
    if (end === 0 || !names.every((name) => name.startsWith(next) && name.indexOf('/', end) > 0)) return top;
    top = next;
  }
}

/** Whether a file of a zip lies too deep. */
const isDeep = (name: string): boolean => name.split('/').length - 1 > maxDepth;

function checkedName(entry: ZipEntry, zip: string): string {
  const name = safePath(entry.name);
  if (name === null) {
    throw zipError('unsafe', `The zip holds a path that may lead out of it: ${JSON.stringify(shown(entry.name))}`, zip);
  }
  if (!entry.encrypted) return name;
  throw dataError(
    'zip-encrypted',
    `“${shown(name)}” in the zip is protected by a password`,
    zip,
    'Unpack it, and choose the folder, or zip it again without a password.',
  );
}

/** Why an entry of a zip is left out; null: it is not. */
function unusable(entry: ZipEntry, name: string): string | null {
  if (!isImageName(name)) return reasons.name;
  if (!entry.regular) return reasons.kind;
  if (isDeep(entry.name)) return reasons.deep;
  if (entry.bytes > maxFileBytes) return reasons.large;
  return isBomb(entry) ? reasons.bomb : null;
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const shown = (name: string): string => (name.length > 200 ? `${name.slice(0, 200)}…` : name);

const zipError = (code: string, what: string, zip: string): UserError =>
  dataError(`zip-${code}`, what, zip, 'Nothing was unpacked. Zip the folder of images again with another program.');

const notZip = (path: string, cause: unknown): UserError => {
  const detail = reasonOf(cause);
  return dataError(
    'not-zip',
    `This file cannot be read as a zip of images: ${detail}`,
    path,
    'Choose a folder of images, or a zip file of one; copy it again if it was cut short.',
    cause,
  );
};

const tooMany = (what: string, where: string): UserError =>
  dataError('too-many', `There are more than ${what}`, where, 'Choose a part of them.');

const notImages = (path: string): UserError =>
  dataError('not-images', 'This is neither a folder nor a file', path, 'Choose a folder of images, or a zip of one.');

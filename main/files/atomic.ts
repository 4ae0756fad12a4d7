import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { access, type FileHandle, mkdir, open, rename, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileError } from './file-errors.ts';

/**
 * Permissions of a new folder or file: for other accounts no more than the folder has that it is in. So everything in a
 * private folder is private, and an export has what is usual in its place.
 */
export const newFolderMode = (parent: string): number => 0o700 | (statSync(parent).mode & 0o077);
export const newFileMode = (folder: string): number => 0o600 | (statSync(folder).mode & 0o066);

/**
 * Creates a folder and its parents. Node's own `recursive` never returns where an existing folder refuses new ones as
 * "not found", as /proc does.
 * @throws UserError `file.*`
 */
export function makeFolder(folder: string): void {
  const path = resolve(folder);
  if (existsSync(path)) return;
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  try {
    mkdirSync(path, newFolderMode(dirname(path)));
  } catch (error) {
    if (!existsSync(path)) throw fileError(error, path);
  }
}

/** `makeFolder` without blocking this thread. @throws UserError `file.*` */
export async function makeFolderAsync(folder: string): Promise<void> {
  const path = resolve(folder);
  if (await isThere(path)) return;
  const parent = dirname(path);
  if (!(await isThere(parent))) await makeFolderAsync(parent);
  try {
    await mkdir(path, 0o700 | ((await stat(parent)).mode & 0o077));
  } catch (error) {
    if (!(await isThere(path))) throw fileError(error, path);
  }
}

export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Path of a file while it is being written: beside the final one, and no other writer's. */
export const temporaryName = (path: string): string => join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);

const day = 24 * 3600 * 1000;

/**
 * Removes temporary files of killed writers from a folder and the folders below it. Only those older than a day: another
 * process, such as a worker of a host that was just killed, may still be writing. Ignores what cannot be read.
 * @param now milliseconds since 1970
 */
export function removeTemporaries(folder: string, now: number): void {
  for (const entry of listEntries(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeTemporaries(path, now);
    else if (isTemporary(entry.name) && now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now) > day)
      removeIfExists(path);
  }
}

/** Removes those of one file at once: for a file that nobody else can be writing. */
export function removeTemporariesOf(path: string): void {
  for (const { name } of listEntries(dirname(path)))
    if (isTemporary(name) && name.startsWith(`.${basename(path)}.`)) removeIfExists(join(dirname(path), name));
}

/** Whether `temporaryName` made a name: other programs have temporary files, too. */
const isTemporary = (name: string): boolean => /^\..+\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/.test(name);

function listEntries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/**
 * Writes a file completely or not at all: to a temporary name beside it, fsynced, then renamed over the target, and the
 * folder fsynced. After a crash the target holds the old bytes or the new ones.
 * @throws UserError `file.*` if the path cannot be written or the disk is full; the temporary file is removed.
 */
export function writeFileAtomic(path: string, data: Uint8Array | string): void {
  writePartsAtomic(path, [typeof data === 'string' ? Buffer.from(data, 'utf8') : data]);
}

/** `writeFileAtomic` for a file that is too large for memory. @throws UserError `file.*` */
export function writePartsAtomic(path: string, parts: Iterable<Uint8Array>): void {
  const folder = dirname(path);
  const temporary = temporaryName(path);
  try {
    makeFolder(folder);
    writeDurably(temporary, parts);
    renameSync(temporary, path);
    syncFolder(folder);
  } catch (error) {
    removeIfExists(temporary);
    throw fileError(error, path);
  }
}

/** `writeFileAtomic` without blocking this thread. @throws UserError `file.*` */
export const writeFileAtomicAsync = (path: string, data: Uint8Array): Promise<void> =>
  replaceFile(path, (file) => file.writeFile(data));

/** Writes a text in pieces atomically, without blocking this thread. @throws UserError `file.*` */
export const writeTextAtomic = (path: string, pieces: Iterable<string>): Promise<void> =>
  replaceFile(path, (file) => file.writeFile(pieces, 'utf8'));

/** Replaces a file atomically by what `write` writes. @throws UserError `file.*` */
export const replaceFile = (path: string, write: (file: FileHandle) => Promise<void>): Promise<void> =>
  writeThenMove(path, write, (temporary) => moveDurably(temporary, path));

/**
 * Writes a file atomically whose name depends on what comes in pieces, as in `<hash>.zip`.
 * @param move gives the finished file its path, on the same disk, from the SHA-256 of its bytes
 * @returns the SHA-256 @throws UserError `file.*`
 */
export async function writeHashed(
  folder: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  move: (temporary: string, hash: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256');
  const write = async (file: FileHandle): Promise<void> => {
    for await (const piece of pieces) {
      hash.update(piece);
      await file.writeFile(piece);
    }
  };
  let name = '';
  await writeThenMove(join(folder, 'pieces'), write, (temporary) => {
    name = hash.digest('hex');
    return move(temporary, name);
  });
  return name;
}

/** @param near a path beside the temporary file, for errors, too */
async function writeThenMove(
  near: string,
  write: (file: FileHandle) => Promise<void>,
  move: (temporary: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(near);
  const temporary = temporaryName(near);
  try {
    await makeFolderAsync(folder);
    const file = await open(temporary, 'wx', 0o600 | ((await stat(folder)).mode & 0o066));
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await move(temporary);
  } catch (error) {
    removeIfExists(temporary);
    throw fileError(error, near);
  }
}

/** Gives a file another path on the same disk, in place of any file there. */
export async function moveDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolderAsync(dirname(to));
}

/** Bytes after which a large file's are brought to disk. */
const flushEvery = 16 * 2 ** 20;

/**
 * Writes a large file piece by piece, and brings it to disk as it comes: hundreds of megabytes at once would hold up every
 * commit to the database on that disk.
 */
export function steadyWriter(file: FileHandle): (piece: Uint8Array) => Promise<void> {
  let unflushed = 0;
  return async (piece) => {
    await file.writeFile(piece);
    unflushed += piece.length;
    if (unflushed < flushEvery) return;
    unflushed = 0;
    await file.datasync();
  };
}

/** Ignores errors: where the folder itself cannot be used there is no file. */
function removeIfExists(path: string): void {
  try {
    rmSync(path);
  } catch {
    // The caller reports the error that came before.
  }
}

function writeDurably(path: string, parts: Iterable<Uint8Array>): void {
  const file = openSync(path, 'wx', newFileMode(dirname(path)));
  try {
    for (const part of parts) for (let done = 0; done < part.length; ) done += writeSync(file, part, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

async function syncFolderAsync(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a rename durable. Windows has no folder handles to fsync and needs none: NTFS journals the rename. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

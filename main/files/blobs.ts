import { createHash } from 'node:crypto';
import { lutimesSync, readFileSync, renameSync, rmSync, type Stats, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf, UserError } from '../contract/wire/errors.ts';
import {
  makeFolder,
  makeFolderAsync,
  moveDurably,
  replaceFile,
  steadyWriter,
  writeFileAtomic,
  writeHashed,
} from './atomic.ts';
import { within, withinSync } from './below.ts';
import { fileError, isFileError, onFile } from './file-errors.ts';

/** SHA-256 in lower-case hexadecimal. */
export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** `sha256` in pieces, for large data in a process that must not pause for long. */
export async function sha256InPieces(data: Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; at < data.length; at += pieceBytes) {
    if (at > 0) await setImmediate();
    hash.update(data.subarray(at, at + pieceBytes));
  }
  return hash.digest('hex');
}

/** Hashing this many bytes takes some milliseconds. */
const pieceBytes = 4 * 2 ** 20;

/**
 * Files named by the SHA-256 of their bytes, under `<folder>/ab/abcd...`. Written once, never changed, so any process
 * may write to the same store at the same time. Nothing is written or removed through a link below the root.
 */
export class BlobStore {
  readonly folder: string;
  readonly #root: string;

  /** @param root is the folder or above it: others can write there */
  constructor(folder: string, root = folder) {
    this.folder = folder;
    this.#root = root;
  }

  path(hash: string): string {
    return join(this.folder, hash.slice(0, 2), hash);
  }

  /** @throws UserError `blob.unreadable` where that cannot be found out now */
  has(hash: string): boolean {
    return this.#stat(hash) !== undefined;
  }

  /**
   * Whether the blob is there; updates the time of its file, which keeps it from being deleted as unused.
   * @throws UserError `blob.unreadable`
   */
  touch(hash: string): boolean {
    try {
      const now = new Date();
      this.#at(hash, (path) => lutimesSync(path, now, now));
    } catch {
      // It is not there, or its folder is read-only.
    }
    // A link has a time of its own, also where it leads to nothing.
    return this.has(hash);
  }

  /**
   * Stores the bytes durably and returns their hash. Storing the same bytes again updates the time of the file, which
   * keeps it from being deleted as unused.
   */
  put(data: Uint8Array): string {
    const hash = sha256(data);
    if (!this.touch(hash)) this.#make(hash, data);
    return hash;
  }

  /** `put`, but lets other work run in between. */
  async putInPieces(data: Uint8Array): Promise<string> {
    const hash = await sha256InPieces(data);
    if (!this.touch(hash)) await this.#replace(hash, (file) => file.writeFile(data));
    return hash;
  }

  /** Stores bytes that come in pieces, as they may be too many for memory. @throws UserError `file.*` */
  async putPieces(pieces: Iterable<Uint8Array>): Promise<string> {
    if (this.#root === this.folder) await makeFolderAsync(this.folder);
    const write = (store: string): Promise<string> =>
      writeHashed(store, pieces, (temporary, hash) => {
        const folder = join(store, basename(dirname(this.path(hash))));
        return within(store, folder, (held) => moveDurably(temporary, join(held, hash)), { make: true });
      });
    return within(this.#root, this.folder, write, { make: true });
  }

  /**
   * Stores a file that may be too large for memory, under a known hash.
   * @param write writes the file with `take` and returns the hash of what it wrote; another one than `hash` is an error
   */
  async putStream(
    hash: string,
    write: (take: (piece: Uint8Array) => Promise<unknown>) => Promise<string>,
  ): Promise<void> {
    if (this.touch(hash)) return;
    await this.#replace(hash, async (file) => {
      const written = await write(steadyWriter(file));
      if (written !== hash) throw new Error(`the hash of the written file is ${written}, not ${hash}`);
    });
  }

  /**
   * The bytes of a blob, checked against its name. A damaged file is renamed to `<hash>.damaged`, so that the step that
   * makes it runs again.
   * @throws UserError `blob.missing`, `blob.damaged`, or `blob.unreadable`: it may be read later
   */
  get(hash: string): Buffer {
    const data = this.#read(hash);
    if (data === undefined) throw this.#error('blob.missing', 'A stored file is missing', hash);
    if (data) return data;
    this.#setAside(hash);
    throw this.#error('blob.damaged', 'A stored file is damaged', hash);
  }

  /**
   * Whether the blob is there and intact. A damaged file stays where it is: another computer may see it well.
   * @throws UserError `blob.unreadable`
   */
  isIntact(hash: string): boolean {
    return Boolean(this.#read(hash));
  }

  /** Removes a blob that nothing needs any more; ignores errors. */
  remove(hash: string): void {
    try {
      this.#at(hash, (path) => rmSync(path, { force: true }));
    } catch {
      // The folder is read-only, or not there for a while.
    }
  }

  /** Calls `change` with a path of a blob that leads nowhere else. */
  #at(hash: string, change: (path: string) => void, make = false): void {
    withinSync(this.#root, dirname(this.path(hash)), (folder) => change(join(folder, hash)), { make });
  }

  #make(hash: string, data: Uint8Array): void {
    onFile(this.path(hash), () => {
      if (this.#root === this.folder) makeFolder(this.folder);
      this.#at(hash, (path) => writeFileAtomic(path, data), true);
    });
  }

  async #replace(hash: string, write: Parameters<typeof replaceFile>[1]): Promise<void> {
    try {
      if (this.#root === this.folder) await makeFolderAsync(this.folder);
      const folder = dirname(this.path(hash));
      await within(this.#root, folder, (held) => replaceFile(join(held, hash), write), { make: true });
    } catch (error) {
      throw fileError(error, this.path(hash));
    }
  }

  /** Null: damaged; undefined: not there. @throws UserError `blob.unreadable` */
  #read(hash: string): Buffer | null | undefined {
    const stats = this.#stat(hash);
    if (!stats?.isFile()) return stats && null;
    try {
      const data = readFileSync(this.path(hash));
      return sha256(data) === hash ? data : null;
    } catch (error) {
      if (isFileError(error) && error.code === 'ENOENT') return undefined;
      throw this.#unreadable(error, hash);
    }
  }

  #stat(hash: string): Stats | undefined {
    try {
      return statSync(this.path(hash), { throwIfNoEntry: false });
    } catch (error) {
      throw this.#unreadable(error, hash);
    }
  }

  /** What is not the file system's stays as it is. */
  #unreadable(error: unknown, hash: string): unknown {
    if (!isFileError(error)) return error;
    // Node's own messages end with the call and the path.
    const [why] = messageOf(fileError(error, this.path(hash))).split(', ');
    return new UserError(
      'blob.unreadable',
      `A stored file cannot be read: ${why}`,
      this.path(hash),
      'Let this account read it, or connect its disk, then try again. Nothing was changed.',
      { cause: error },
    );
  }

  /** Ignores errors: the caller reports the damage either way. */
  #setAside(hash: string): void {
    try {
      this.#at(hash, (path) => renameSync(path, `${path}.damaged`));
    } catch {
      // Another process renamed it, or the folder is read-only.
    }
  }

  #error(code: string, what: string, hash: string): UserError {
    return new UserError(
      code,
      what,
      this.path(hash),
      'Start the study again: it repeats the step that made this file. If it came with an archive or a stimulus set, import that again.',
    );
  }
}

import { randomUUID } from 'node:crypto';
import { existsSync, unlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../../contract/wire/errors.ts';
import { steadyWriter } from '../../files/atomic.ts';
import { removeBelowSync } from '../../files/below.ts';
import { fileError } from '../../files/file-errors.ts';
import { makePrivateFolder } from '../../files/private.ts';

export const maxUpload = 16 * 2 ** 30;
/** Milliseconds after which an unused file is removed. */
const keptFor = 60 * 60_000;
const maxWaiting = 20;

/**
 * Files that a page uploaded, kept in a folder of the data folder until a call uses them. When there are too many, the
 * least recently used one is removed, as its dialog was most likely closed; but never one that is being written or read.
 */
export class Uploads {
  readonly #folder: string;
  /** The user's file names by id, the most recently used last. */
  readonly #names = new Map<string, string>();
  /** How many calls write or read a file, by id. */
  readonly #inUse = new Map<string, number>();

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'uploads');
    // Files that an earlier start of the program left: no page knows them any more.
    remove(this.#folder, removeAll);
  }

  /** Gives the file's id; a failure leaves nothing behind. @throws UserError `upload.*`, `file.*` */
  async take(name: string, content: Readable, limit = maxUpload): Promise<string> {
    if (this.#names.size >= maxWaiting) this.#makeRoom();
    const id = randomUUID();
    this.#names.set(id, name);
    this.#hold(id);
    const path = this.#path(id);
    try {
      makePrivateFolder(this.#folder);
      await pipeline(content, atMost(limit, name), (pieces) => writeAll(path, pieces));
      this.#expireLater(id);
      return id;
    } catch (error) {
      this.discard(id);
      throw error instanceof UserError ? error : fileError(error, path);
    } finally {
      this.#release(id);
    }
  }

  /** @throws UserError `upload.too-many` where all of them are in use */
  #makeRoom(): void {
    const waiting = [...this.#names.keys()].find((id) => !this.#inUse.has(id));
    if (waiting === undefined) throw tooMany();
    this.discard(waiting);
  }

  /** Path of the file and the user's name for it. @throws UserError `upload.gone` */
  get(id: string): { path: string; name: string } {
    const name = this.#names.get(id);
    if (name !== undefined && existsSync(this.#path(id))) {
      this.#names.delete(id);
      this.#names.set(id, name);
      return { path: this.#path(id), name };
    }
    throw new UserError('upload.gone', 'The uploaded file was already removed', 'the upload', 'Choose the file again.');
  }

  /** As `get`, and keeps the file until `work` has ended. @throws UserError `upload.gone` */
  async use<T>(id: string, work: (file: { path: string; name: string }) => Promise<T>): Promise<T> {
    const file = this.get(id);
    this.#hold(id);
    try {
      return await work(file);
    } finally {
      this.#release(id);
    }
  }

  /** The id of an uploaded file, also of one that was removed; null: the path is no upload's. */
  idAt(path: string): string | null {
    return dirname(path) === this.#folder ? basename(path) : null;
  }

  /** Forgets an uploaded file. It is deleted once no call of `use` still reads it. */
  discard(id: string): void {
    if (this.#names.delete(id) && !this.#inUse.has(id)) remove(this.#path(id));
  }

  /** Removes all files; those in use as soon as they are released. */
  clear(): void {
    for (const id of [...this.#names.keys()]) this.discard(id);
    if (this.#inUse.size === 0) remove(this.#folder, removeAll);
  }

  /** Removes all files at once, as the program ends. */
  close(): void {
    this.#names.clear();
    remove(this.#folder, removeAll);
  }

  #hold(id: string): void {
    this.#inUse.set(id, (this.#inUse.get(id) ?? 0) + 1);
  }

  #release(id: string): void {
    const others = (this.#inUse.get(id) ?? 1) - 1;
    if (others > 0) {
      this.#inUse.set(id, others);
      return;
    }
    this.#inUse.delete(id);
    if (!this.#names.has(id)) remove(this.#path(id));
  }

  #expireLater(id: string): void {
    const expire = (): void => (this.#inUse.has(id) ? this.#expireLater(id) : this.discard(id));
    setTimeout(expire, keptFor).unref();
  }

  #path(id: string): string {
    return join(this.#folder, id);
  }
}

const removeAll = (folder: string): void => removeBelowSync(dirname(folder), folder);

async function writeAll(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    const write = steadyWriter(file);
    for await (const piece of pieces) await write(piece);
  } finally {
    await file.close();
  }
}

/** Windows removes no open file. Such files are removed with the folder at the next start. */
function remove(path: string, how: (path: string) => void = unlinkSync): void {
  try {
    how(path);
  } catch {
    // A later upload must not fail because of this file.
  }
}

function atMost(limit: number, name: string): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= limit) done(null, chunk);
      else done(tooLarge(name, limit));
    },
  });
}

const tooLarge = (name: string, limit: number): UserError =>
  new UserError(
    'upload.too-large',
    `This file has more than ${Math.round(limit / 2 ** 20)} MiB`,
    name,
    'Choose a smaller file. Is it the right one?',
  );

const tooMany = (): UserError =>
  new UserError(
    'upload.too-many',
    'Too many files are being uploaded or read at once',
    'uploads',
    'Try again once some of them are done.',
  );

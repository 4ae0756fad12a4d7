import type { Stats } from 'node:fs';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { DiskPart } from '../../contract/api/machine.ts';
import type { BlobStore } from '../../files/blobs.ts';
import { hashesOf, openStorage } from '../../storage/index.ts';
import { UserError } from '../../contract/errors.ts';

/** One file on disk. */
export interface FoundFile {
  path: string;
  bytes: number;
  part: DiskPart;
  /** Nothing needs it, and nobody is about to. */
  removable: boolean;
}

export interface Places {
  dataFolder: string;
  cacheFolder: string;
}

/** Milliseconds for which a file is left alone after it was last written or asked for: somebody may be about to name it. */
export const grace = 3600_000;
/** A file that a page handed over, or that is being made for one, may be used for so long. */
const handedOver = 24 * 3600_000;

/** Every file below the two folders, with what it is for. `now`: milliseconds since 1970. */
export function* inventory({ dataFolder, cacheFolder }: Places, now: number): Generator<FoundFile> {
  const needed = neededBlobs(dataFolder);
  for (const [path, status] of filesBelow(dataFolder)) {
    const age = now - status.mtimeMs;
    yield { path, bytes: status.size, ...dataPart(relative(dataFolder, path).split(sep), age, needed) };
  }
  for (const [path, status] of filesBelow(cacheFolder)) {
    const part = relative(cacheFolder, path).split(sep)[0] === 'tensorflow' ? 'engines' : 'cache';
    yield { path, bytes: status.size, part, removable: false };
  }
}

interface Needed {
  all: ReadonlySet<string>;
  checkpoints: ReadonlySet<string>;
}

type Place = Pick<FoundFile, 'part' | 'removable'>;

/** @param words the path within the data folder @param needed null: not known, so nothing can go */
function dataPart(words: readonly string[], age: number, needed: Needed | null): Place {
  const [folder = '', ...rest] = words;
  const kept = (part: DiskPart): Place => ({ part, removable: false });
  if (rest.length === 0) {
    if (folder.includes('.sqlite.damaged-')) return kept('set-aside');
    return kept(/^(workbench\.sqlite|writer\.lock)/.test(folder) ? 'database' : 'other');
  }
  if (folder === 'blobs') return blobPart(words.at(-1) ?? '', age, needed);
  if (folder === 'backups') return kept('backups');
  if (folder === 'studies') return kept('reports');
  if (folder === 'logs') return kept('logs');
  const passing = ['imports', 'uploads', 'exports'].includes(folder);
  return passing ? { part: 'leftovers', removable: age > handedOver } : kept('other');
}

function blobPart(name: string, age: number, needed: Needed | null): Place {
  // Without a database nobody knows what is needed.
  if (!needed) return { part: 'results', removable: false };
  if (needed.checkpoints.has(name)) return { part: 'checkpoints', removable: false };
  if (needed.all.has(name)) return { part: 'results', removable: false };
  // Named, but damaged: it was set aside, so that it is made again.
  return { part: 'unused', removable: age > grace };
}

/** Hashes of the blobs that rows name, and those that named blobs name in turn; null where there is no database. */
function neededBlobs(dataFolder: string): Needed | null {
  try {
    const storage = openStorage(dataFolder, { readOnly: true });
    try {
      const { all, checkpoints } = storage.namedHashes();
      const further = [...all].flatMap((hash) => namedWithin(storage.blobs, hash));
      return { all: new Set([...all, ...further]), checkpoints };
    } finally {
      storage.close();
    }
  } catch (error) {
    if (error instanceof UserError && error.code === 'storage.not-there') return null;
    throw error;
  }
}

/** The largest JSON that is a blob is of some megabytes: candidates of every class, with their z. */
const mostJson = 2 ** 28;

/** Hashes that a blob of JSON names, e.g. candidates their pixels. */
function namedWithin(blobs: BlobStore, hash: string): string[] {
  const path = blobs.path(hash);
  const status = statSync(path, { throwIfNoEntry: false });
  if (!status || status.size > mostJson || !isJson(path)) return [];
  // Not through the store: a damaged file is not for a look at the disk to set aside.
  return hashesOf(readFileSync(path, 'utf8'));
}

function isJson(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const first = Buffer.alloc(1);
    return readSync(file, first) === 1 && first[0] === 0x7b;
  } finally {
    closeSync(file);
  }
}

/** Files below a folder, links not followed. What vanishes meanwhile is passed over. */
export function* filesBelow(folder: string): Generator<[path: string, status: Stats]> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    const status = entry.isFile() ? statSync(path, { throwIfNoEntry: false }) : undefined;
    if (status) yield [path, status];
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

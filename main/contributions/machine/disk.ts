import type { Stats } from 'node:fs';
import { existsSync, readdirSync, readFileSync, rmdirSync, statfsSync, statSync } from 'node:fs';
import { closeSync, openSync, readSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { DiskPart, DiskUse } from './contract.ts';
import { diskParts } from './contract.ts';
import { UserError } from '../../contract/wire/index.ts';
import { type BlobStore, removeBelowSync } from '../../files/index.ts';
import { findHashes, listBackups, openStorage, type Storage } from '../../storage/index.ts';

export function diskUse(folders: Folders, now: number): DiskUse {
  const emptySum = (part: DiskPart) => ({ part, bytes: 0, files: 0, removable: { bytes: 0, files: 0 } });
  const sums = new Map(diskParts.map((part) => [part, emptySum(part)]));
  for (const { part, bytes, removable } of inventory(folders, now)) {
    const sum = sums.get(part);
    if (!sum) continue;
    sum.bytes += bytes;
    sum.files += 1;
    if (!removable) continue;
    sum.removable.bytes += bytes;
    sum.removable.files += 1;
  }
  const newest = listBackups(folders.dataFolder, now)[0];
  const { bavail, bsize } = statfsSync(existingFolder(folders.dataFolder));
  return {
    dataFolder: folders.dataFolder,
    cacheFolder: folders.cacheFolder,
    freeBytes: bavail * bsize,
    parts: [...sums.values()],
    at: new Date(now).toISOString(),
    newestBackupAt: newest ? new Date(newest.at).toISOString() : null,
  };
}

/**
 * Removes what is removable. Each file is checked again before it is removed: one that was written or read since stays.
 * @param onProgress gets the share that is done, 0 to 1
 */
export function cleanUp(
  folders: Folders,
  now: () => number,
  onProgress: (share: number) => void,
): { files: number; bytes: number } {
  const removable = [...inventory(folders, now())].filter((file) => file.removable);
  const removed = { files: 0, bytes: 0 };
  for (const [index, { path, bytes, root }] of removable.entries()) {
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (written === undefined || now() - written <= grace) continue;
    if (!isRemoved(path, root)) continue;
    removed.files += 1;
    removed.bytes += bytes;
    if (index % 100 === 0) onProgress(index / removable.length);
  }
  return removed;
}

/** Removes a file, and its folder if that is empty then. False: it is on a disk that is mounted below the root. */
function isRemoved(path: string, root: string): boolean {
  try {
    removeBelowSync(root, path);
  } catch (error) {
    if (error instanceof UserError && error.code === 'file.leads-elsewhere') return false;
    throw error;
  }
  try {
    rmdirSync(dirname(path));
  } catch {
    // It is not empty.
  }
  return true;
}

/** The folder, or the nearest one above it that exists. */
export const existingFolder = (path: string): string =>
  existsSync(path) || dirname(path) === path ? path : existingFolder(dirname(path));

interface FoundFile {
  path: string;
  /** The folder at the top that it is in: it may be a disk of its own, but none that is mounted in it is cleaned up. */
  root: string;
  bytes: number;
  part: DiskPart;
  /** Nothing needs it, and it is too old for somebody to be about to name it. */
  removable: boolean;
}

export interface Folders {
  dataFolder: string;
  cacheFolder: string;
}

/** Milliseconds for which a file stays after it was last written or read: somebody may be about to name it. */
const grace = 3600_000;
/** Milliseconds for which a file that a page uploaded, or that is being made for one, may be used. */
const transferGrace = 24 * 3600_000;

/** Every file below the two folders, with its purpose. `now`: milliseconds since 1970. */
function* inventory({ dataFolder, cacheFolder }: Folders, now: number): Generator<FoundFile> {
  const needed = neededBlobs(dataFolder);
  // Somebody may still recover what it has, which may name blobs that no row of the present database names.
  const isDamagedBeside = readNames(dataFolder).some(isSetAside);
  for (const [path, status] of filesBelow(dataFolder)) {
    const age = now - status.mtimeMs;
    const words = relative(dataFolder, path).split(sep);
    const purpose = dataPart(words, age, needed);
    const removable = purpose.removable && !(isDamagedBeside && purpose.part === 'unused');
    yield { path, root: join(dataFolder, words[0] ?? ''), bytes: status.size, part: purpose.part, removable };
  }
  for (const [path, status] of filesBelow(cacheFolder)) {
    const part = relative(cacheFolder, path).split(sep)[0] === 'tensorflow' ? 'engines' : 'cache';
    yield { path, root: cacheFolder, bytes: status.size, part, removable: false };
  }
}

const isSetAside = (name: string): boolean => name.includes('.sqlite.damaged-');

const readNames = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

interface Needed {
  all: ReadonlySet<string>;
  checkpoints: ReadonlySet<string>;
  /** Archives of stimuli that studies declare or declared: a study may use an earlier set again. */
  imports: ReadonlySet<string>;
}

type Purpose = Pick<FoundFile, 'part' | 'removable'>;

/** @param words the path within the data folder @param needed null: unknown, so nothing can be removed */
function dataPart(words: readonly string[], age: number, needed: Needed | null): Purpose {
  const [folder = '', ...rest] = words;
  const kept = (part: DiskPart): Purpose => ({ part, removable: false });
  if (rest.length === 0) {
    if (isSetAside(folder)) return kept('set-aside');
    return kept(/^(workbench\.sqlite|writer\.lock)/.test(folder) ? 'database' : 'other');
  }
  if (folder === 'blobs') return blobName.test(rest.join('/')) ? blobPart(rest[1] ?? '', age, needed) : kept('other');
  if (folder === 'backups') return kept('backups');
  if (folder === 'names' || folder === 'clusters') return kept('database');
  if (folder === 'studies') return kept('reports');
  if (folder === 'logs') return kept('logs');
  // Without a database it is unknown what is needed.
  if (folder === 'imports' && (!needed || needed.imports.has(words.join('/')))) return kept('leftovers');
  const isTransfer = ['imports', 'uploads', 'exports'].includes(folder);
  return isTransfer ? { part: 'leftovers', removable: age > transferGrace } : kept('other');
}

/** Below `blobs`: of a blob, of one that was set aside, or of one that a killed writer left. Others are not the store's. */
const blobName = /^[0-9a-f]{2}\/(?:[0-9a-f]{64}(?:\.damaged)?|\.[0-9a-f]{64}\.[0-9a-f-]{36}\.tmp)$/;

function blobPart(name: string, age: number, needed: Needed | null): Purpose {
  // Without a database it is unknown what is needed.
  if (!needed) return { part: 'results', removable: false };
  if (needed.checkpoints.has(name)) return { part: 'checkpoints', removable: false };
  if (needed.all.has(name)) return { part: 'results', removable: false };
  // A damaged blob that was set aside is unused too: it is made again.
  return { part: 'unused', removable: age > grace };
}

/** Hashes of the blobs that rows name, and those that named blobs name in turn; null if there is no database. */
function neededBlobs(dataFolder: string): Needed | null {
  try {
    const storage = openStorage(dataFolder, { readOnly: true });
    try {
      const { all, checkpoints } = storage.referencedHashes();
      const further = [...all].flatMap((hash) => hashesNamedIn(storage.blobs, hash));
      return { all: new Set([...all, ...further]), checkpoints, imports: new Set(importedPaths(storage)) };
    } finally {
      storage.close();
    }
  } catch (error) {
    if (error instanceof UserError && ['storage.not-there', 'storage.missing'].includes(error.code)) return null;
    throw error;
  }
}

/** Paths in the data folder, with slashes. */
const importedPaths = ({ studies }: Storage): string[] =>
  studies
    .list()
    .flatMap(({ id }) =>
      studies.specs(id).flatMap(({ spec: { stimuli } }) => (stimuli.source === 'imported' ? [stimuli.path] : [])),
    );

/** Bytes. The largest JSON blobs have some megabytes: candidates of every class, with their z. */
const maxJson = 2 ** 28;

/** Hashes that a JSON blob names, e.g. candidates name their pixels. */
function hashesNamedIn(blobs: BlobStore, hash: string): string[] {
  const path = blobs.path(hash);
  const status = statSync(path, { throwIfNoEntry: false });
  if (!status || status.size > maxJson || !isJson(path)) return [];
  // Not through the store, which would set a damaged file aside.
  return findHashes(readFileSync(path, 'utf8'));
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

/** Files below a folder; links are not followed, and what vanishes meanwhile is skipped. */
export function* filesBelow(folder: string): Generator<[path: string, status: Stats]> {
  for (const entry of readEntries(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    const status = entry.isFile() ? statSync(path, { throwIfNoEntry: false }) : undefined;
    if (status) yield [path, status];
  }
}

function readEntries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

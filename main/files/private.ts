/**
 * Folders and files with data of people: closed to other accounts of this machine. Below such a folder, everything that
 * the program creates is closed too (`newFolderMode`, `newFileMode` in atomic.ts).
 */
import { chmodSync, closeSync, existsSync, lstatSync, openSync, readdirSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder, removeTemporaries } from './atomic.ts';
import { withinSync } from './below.ts';
import { cacheFolder } from './places.ts';

/**
 * Creates a folder for this account alone (0700), or closes an existing one to others, unless a disk is mounted there.
 * @throws UserError `file.*`
 */
export function makePrivateFolder(folder: string): void {
  makeFolder(folder);
  closeToOthers(folder, dirname(folder));
}

/** Creates an empty file for this account alone (0600); does nothing if it exists, or if its folder cannot be written. */
export function createPrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch {
    // It exists, or whoever opens it next reports why it cannot be created.
  }
}

/**
 * Takes all rights of other accounts from a file or from a folder with its content. What is below a closed folder is not
 * visited, so it is closed last: if the process ends before, the next start begins again. Skips what belongs to another
 * account, links, disks that are mounted in it, and files that vanish. Does nothing on Windows, where data is in the
 * user's profile.
 * @param root the path, or a folder above it: a disk may be mounted there
 */
export function closeToOthers(path: string, root = path): void {
  if (process.platform === 'win32') return;
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats || stats.isSymbolicLink() || !isOpenToOthers(stats)) return;
  try {
    if (!stats.isDirectory()) return chmodSync(path, stats.mode & 0o700);
    withinSync(root, path, (folder) => {
      for (const name of readdirSync(folder)) closeToOthers(join(folder, name), folder);
      chmodSync(folder, stats.mode & 0o700);
    });
  } catch {
    // It belongs to somebody else, or another disk is mounted there.
  }
}

export const isOpenToOthers = ({ mode }: Pick<Stats, 'mode'>): boolean => (mode & 0o077) !== 0;

/** Folders of the cache with labels or answers of people. */
const privateParts = ['analysis', 'windows'];

/**
 * Creates the cache for this account alone, or only its private parts: the rest of an existing cache stays as it is, as
 * several accounts may share one for its engines. Removes what killed writers left. Ignores errors: a cache is not needed.
 */
export function prepareCache(environment: Record<string, string | undefined> = process.env): void {
  const folder = cacheFolder(environment);
  try {
    if (!existsSync(folder)) makePrivateFolder(folder);
    for (const part of privateParts) makePrivateFolder(join(folder, part));
    for (const part of ['analysis', 'engine-choice']) removeTemporaries(join(folder, part), Date.now());
  } catch {
    // Whatever needs the cache does without it, or reports this.
  }
}

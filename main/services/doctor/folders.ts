import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

export interface FolderState {
  path: string;
  exists: boolean;
  /** Whether it can be written, or made where it does not exist. */
  writable: boolean;
  /** Free bytes on its disk, for this user. */
  freeBytes: number;
}

export function inspectFolder(path: string): FolderState {
  const there = nearestFolder(path);
  const { bavail, bsize } = statfsSync(there);
  return { path, exists: there === path, writable: isWritable(there), freeBytes: bavail * bsize };
}

function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

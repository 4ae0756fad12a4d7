import { existsSync, rmSync, rmdirSync, statSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DiskPart, DiskUse } from '../../contract/api/machine.ts';
import { diskParts } from '../../contract/api/machine.ts';
import { listBackups } from '../../storage/index.ts';
import { grace, inventory } from './inventory.ts';
import type { Places } from './inventory.ts';

/** What lies on disk, by what it is for. */
export function diskUse(places: Places, now: number): DiskUse {
  const sums = new Map(diskParts.map((part) => [part, emptySum(part)]));
  for (const { part, bytes, removable } of inventory(places, now)) {
    const sum = sums.get(part);
    if (!sum) continue;
    sum.bytes += bytes;
    sum.files += 1;
    if (!removable) continue;
    sum.removable.bytes += bytes;
    sum.removable.files += 1;
  }
  const newest = listBackups(places.dataFolder, now)[0];
  const { bavail, bsize } = statfsSync(nearest(places.dataFolder));
  return {
    dataFolder: places.dataFolder,
    cacheFolder: places.cacheFolder,
    freeBytes: bavail * bsize,
    parts: [...sums.values()],
    at: new Date(now).toISOString(),
    newestBackupAt: newest ? new Date(newest.at).toISOString() : null,
  };
}

const emptySum = (part: DiskPart) => ({ part, bytes: 0, files: 0, removable: { bytes: 0, files: 0 } });

/**
 * Removes what is removable. Each file is looked at again before it goes: one that was written or asked for since is
 * left alone.
 * @param tell gets the share that is done, 0 to 1
 */
export function cleanUp(
  places: Places,
  now: () => number,
  tell: (share: number) => void,
): { files: number; bytes: number } {
  const removable = [...inventory(places, now())].filter((file) => file.removable);
  const removed = { files: 0, bytes: 0 };
  for (const [index, { path, bytes }] of removable.entries()) {
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (written === undefined || now() - written <= grace) continue;
    rmSync(path, { force: true });
    removeIfEmpty(dirname(path));
    removed.files += 1;
    removed.bytes += bytes;
    if (index % 100 === 0) tell(index / removable.length);
  }
  return removed;
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // There is more in it.
  }
}

const nearest = (path: string): string => (existsSync(path) || dirname(path) === path ? path : nearest(dirname(path)));

import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const day = 24 * 3600 * 1000;

/**
 * Removes the temporary files of blobs that were being written when their process was killed. Only those of yesterday
 * and before: a worker of a host that was just killed may still be at its last one.
 */
export function removeLeftovers(blobs: string, now: number): void {
  for (const name of namesIn(blobs)) {
    const folder = join(blobs, name);
    for (const file of namesIn(folder).filter((leftover) => leftover.endsWith('.tmp'))) {
      const path = join(folder, file);
      const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now;
      if (now - written > day) rmSync(path, { force: true });
    }
  }
}

/** Nothing for what is not a folder, or not there yet. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

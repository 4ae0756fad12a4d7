import { lstatSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Paths below a folder, itself included, that other accounts of the machine have rights to. */
export function openToOthers(folder: string): string[] {
  return walk(folder)
    .filter((path) => ((lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0)
    .map((path) => relative(folder, path) || '.')
    .sort();
}

/** Without what is gone meanwhile: other processes write into a cache, and rename what they wrote. */
function walk(path: string): string[] {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (!entry) return [];
  return entry.isDirectory() ? [path, ...readdirSync(path).flatMap((name) => walk(join(path, name)))] : [path];
}

import { lstatSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Paths below a folder, itself included, that other accounts of the machine have rights to. */
export function openToOthers(folder: string): string[] {
  return walk(folder)
    .filter((path) => (lstatSync(path).mode & 0o077) !== 0)
    .map((path) => relative(folder, path) || '.')
    .sort();
}

function walk(path: string): string[] {
  return lstatSync(path).isDirectory()
    ? [path, ...readdirSync(path).flatMap((name) => walk(join(path, name)))]
    : [path];
}

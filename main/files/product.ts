import { existsSync } from 'node:fs';
import { dirname, extname, join, sep } from 'node:path';

/** The folder of our package.json: this file may run from source, from a build, or from a packaged program's archive. */
export function productFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/**
 * Path of a module of `main` that is the entry of a process of its own: its source, or as built, whichever of them runs.
 * @param name without its ending, e.g. `training/worker/worker`
 */
export function entryModule(name: string): string {
  return join(import.meta.dirname, '..', ...name.split('/')) + extname(import.meta.filename);
}

/**
 * The same path outside a packaged program's archive, for what is not read through Electron: compilers and libraries.
 * Such files are unpacked beside the archive (electron-builder.yml). Any other path stays as it is.
 */
export function outsideArchive(path: string): string {
  return path.replace(`${sep}app.asar${sep}`, `${sep}app.asar.unpacked${sep}`);
}

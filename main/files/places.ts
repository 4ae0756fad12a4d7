import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, extname, join, sep } from 'node:path';

const application = 'boundary-workbench';

type Environment = Record<string, string | undefined>;

/** Where what can be fetched or built again is kept, once a machine and user: engines, which one is best, compiled code. */
export function cacheFolder(environment: Environment = process.env): string {
  if (environment.BOUNDARY_CACHE) return environment.BOUNDARY_CACHE;
  if (process.platform === 'win32') return join(environment.LOCALAPPDATA ?? homedir(), application, 'cache');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', application);
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), application);
}

/** Where Node keeps what it compiled of our code. Not its own choice, which is a folder that all users can write. */
export function codeCacheFolder(environment: Environment = process.env): string {
  return join(cacheFolder(environment), 'code');
}

/** Where answers about results are kept that took long to work out. Some of them hold labels of people. */
export function analysisCacheFolder(environment: Environment = process.env): string {
  return join(cacheFolder(environment), 'analysis');
}

/** Where studies are kept: the database, the blobs, the reports. `--data` or BOUNDARY_DATA choose another. */
export function dataFolder(environment: Environment = process.env): string {
  if (environment.BOUNDARY_DATA) return environment.BOUNDARY_DATA;
  if (process.platform === 'win32') return join(environment.APPDATA ?? homedir(), application);
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', application);
  return join(environment.XDG_DATA_HOME || join(homedir(), '.local', 'share'), application);
}

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

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, extname, join, sep } from 'node:path';

const application = 'boundary-workbench';

type Environment = Record<string, string | undefined>;

/**
 * Folder for what can be downloaded or built again: engines, the choice of the best engine, compiled code. One for each
 * machine and user.
 */
export function cacheFolder(environment: Environment = process.env): string {
  if (environment.BOUNDARY_CACHE) return environment.BOUNDARY_CACHE;
  if (process.platform === 'win32') return join(environment.LOCALAPPDATA ?? homedir(), application, 'cache');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', application);
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), application);
}

/** Folder for Node's compile cache. Its default is a folder that all users can write. */
export function codeCacheFolder(environment: Environment = process.env): string {
  return join(cacheFolder(environment), 'code');
}

/** Folder for results that take long to compute. Some of them contain people's labels. */
export function analysisCacheFolder(environment: Environment = process.env): string {
  return join(cacheFolder(environment), 'analysis');
}

/** Folder of the database, the blobs and the reports. `--data` or BOUNDARY_DATA choose another. */
export function dataFolder(environment: Environment = process.env): string {
  if (environment.BOUNDARY_DATA) return environment.BOUNDARY_DATA;
  if (process.platform === 'win32') return join(environment.APPDATA ?? homedir(), application);
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', application);
  return join(environment.XDG_DATA_HOME || join(homedir(), '.local', 'share'), application);
}

/**
 * The folder with our package.json. This file may run from source, from a build, or from a packaged program's archive.
 */
export function productFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/**
 * Path of the entry module of a child process: its source, or its build if this file runs from a build.
 * @param name path below `main` without extension, e.g. `training/worker/worker`
 */
export function entryModule(name: string): string {
  return join(import.meta.dirname, '..', ...name.split('/')) + extname(import.meta.filename);
}

/**
 * The path outside a packaged program's archive, for files that Electron does not read itself: compilers and
 * libraries. Such files are unpacked beside the archive (electron-builder.yml). Other paths stay unchanged.
 */
export function outsideArchive(path: string): string {
  return path.replace(`${sep}app.asar${sep}`, `${sep}app.asar.unpacked${sep}`);
}

/**
 * Work in folders below a root without leaving it: whoever can write there, or made a mistake there, may have put a
 * symbolic link or a mounted disk in the place of any folder. On Linux each folder on the way is opened from the one
 * before, so that nothing can take its place meanwhile, and another mount is noticed, also one of the same disk. Other
 * systems compare each folder just before the work.
 */
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  type Stats,
  statSync,
  unlinkSync,
} from 'node:fs';
import { lstat, mkdir, open, readdir, rmdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { UserError } from '../contract/wire/errors.ts';
import { fileError, isFileError } from './file-errors.ts';

/** Whether what this process holds open has a path, which leads to it whatever happens to its names. */
const canHold = process.platform === 'linux' && existsSync('/proc/self/fdinfo');

/** Linux's O_PATH, for which Node has no name: nothing is read, so a network file system need not be asked. */
const withoutReading = 0o10000000;

/** A root may be a link, and may have to be mounted first. */
const rootFlags = constants.O_RDONLY | constants.O_DIRECTORY;
const folderFlags = withoutReading | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Folders in each other that are removed at most. */
const deepest = 64;

interface Held {
  /** Leads to the folder until it is closed. */
  path: string;
  mount: string;
}

interface Options {
  /** Whether missing folders are made, with no more rights for others than the folder has that they are in. */
  make?: boolean;
}

/**
 * Calls `work` with a path that leads to a folder for as long as `work` takes. What `work` does with names in it must not
 * follow links either: create with `wx`, rename, unlink.
 * @param root must be there
 * @param folder the root, or a folder below it
 * @throws UserError `file.leads-elsewhere`; what `work` throws, with the folder's own path
 */
export async function within<T>(
  root: string,
  folder: string,
  work: (folder: string) => Promise<T>,
  { make = false }: Options = {},
): Promise<T> {
  let shown = root;
  let held = await hold(root, true);
  try {
    for (const name of namesBetween(root, folder)) {
      const next = await enter(held, name, make);
      await held.close();
      held = next;
      shown = join(shown, name);
    }
    return await work(held.path);
  } catch (error) {
    throw withRealPath(error, held.path, shown);
  } finally {
    await held.close();
  }
}

/** The same, blocking this thread. */
export function withinSync<T>(
  root: string,
  folder: string,
  work: (folder: string) => T,
  { make = false }: Options = {},
): T {
  let shown = root;
  let held = holdSync(root, true);
  try {
    for (const name of namesBetween(root, folder)) {
      const next = enterSync(held, name, make);
      held.close();
      held = next;
      shown = join(shown, name);
    }
    return work(held.path);
  } catch (error) {
    throw withRealPath(error, held.path, shown);
  } finally {
    held.close();
  }
}

/**
 * Removes a file, a link or a folder with its content, never what a link leads to. A mounted disk in it stays, with the
 * folders around it. Does nothing where there is none.
 * @throws UserError `file.leads-elsewhere`; file system errors
 */
export async function removeBelow(root: string, path: string): Promise<void> {
  try {
    await within(root, dirname(path), (folder) => remove(folder, basename(path), deepest));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** The same, blocking this thread. */
export function removeBelowSync(root: string, path: string): void {
  try {
    withinSync(root, dirname(path), (folder) => removeSync(folder, basename(path), deepest));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/**
 * Removes what is in a folder now. The folder stays, because others may be writing into it.
 * @throws UserError `file.leads-elsewhere`; file system errors
 */
export function emptyBelowSync(root: string, folder: string): void {
  try {
    withinSync(root, folder, (inside) => {
      for (const each of readdirSync(inside)) removeSync(inside, each, deepest);
    });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function remove(folder: string, name: string, depth: number): Promise<void> {
  const at = join(folder, name);
  try {
    if (!(await lstat(at)).isDirectory()) return await unlink(at);
    if (depth === 0) throw tooDeep(at);
    await within(folder, at, async (inside) => {
      for (const each of await readdir(inside)) await remove(inside, each, depth - 1);
    });
    await rmdir(at);
  } catch (error) {
    // Another process removed or renamed it, and what is beside it goes too.
    if (!isMissing(error)) throw error;
  }
}

function removeSync(folder: string, name: string, depth: number): void {
  const at = join(folder, name);
  try {
    if (!lstatSync(at).isDirectory()) return unlinkSync(at);
    if (depth === 0) throw tooDeep(at);
    withinSync(folder, at, (inside) => {
      for (const each of readdirSync(inside)) removeSync(inside, each, depth - 1);
    });
    rmdirSync(at);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function enter(parent: Held, name: string, make: boolean): Promise<Held & { close: () => Promise<void> }> {
  const at = join(parent.path, name);
  try {
    const held = await hold(at, false);
    if (held.mount === parent.mount) return held;
    await held.close();
  } catch (error) {
    if (!isMissing(error) || !make) throw isNoFolder(error) ? leadsElsewhere(at) : error;
    await mkdir(at, modeIn(await stat(parent.path))).catch((failure: unknown) => throwUnlessThere(failure, at));
    return enter(parent, name, false);
  }
  throw leadsElsewhere(at);
}

function enterSync(parent: Held, name: string, make: boolean): Held & { close: () => void } {
  const at = join(parent.path, name);
  try {
    const held = holdSync(at, false);
    if (held.mount === parent.mount) return held;
    held.close();
  } catch (error) {
    if (!isMissing(error) || !make) throw isNoFolder(error) ? leadsElsewhere(at) : error;
    try {
      mkdirSync(at, modeIn(statSync(parent.path)));
    } catch (failure) {
      throwUnlessThere(failure, at);
    }
    return enterSync(parent, name, false);
  }
  throw leadsElsewhere(at);
}

async function hold(path: string, isRoot: boolean): Promise<Held & { close: () => Promise<void> }> {
  if (!canHold) return { ...compared(path, await (isRoot ? stat(path) : lstat(path))), close: () => Promise.resolve() };
  const file = await open(path, isRoot ? rootFlags : folderFlags);
  return { ...heldAs(file.fd), close: () => file.close() };
}

function holdSync(path: string, isRoot: boolean): Held & { close: () => void } {
  if (!canHold) return { ...compared(path, isRoot ? statSync(path) : lstatSync(path)), close: () => undefined };
  const file = openSync(path, isRoot ? rootFlags : folderFlags);
  return { ...heldAs(file), close: () => closeSync(file) };
}

const heldAs = (file: number): Held => ({ path: `/proc/self/fd/${file}`, mount: mountOf(file) });

/** Id of the mount that an open file is on: the kernel's answer, for which no file system is asked. */
const mountOf = (file: number): string =>
  /^mnt_id:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${file}`, 'utf8'))?.[1] ?? '';

function compared(path: string, stats: Stats): Held {
  if (!stats.isDirectory()) throw leadsElsewhere(path);
  return { path, mount: String(stats.dev) };
}

function namesBetween(root: string, folder: string): string[] {
  const path = relative(root, folder);
  const names = path === '' ? [] : path.split(sep);
  if (isAbsolute(path) || names.includes('..')) throw new Error(`${folder} is not below ${root}`);
  return names;
}

const modeIn = ({ mode }: Stats): number => 0o700 | (mode & 0o077);

const codeOf = (error: unknown): string | null => (isFileError(error) ? error.code : null);
const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';
const isNoFolder = (error: unknown): boolean => codeOf(error) === 'ENOTDIR' || codeOf(error) === 'ELOOP';

/** Somebody else may have made a folder at the same moment. */
function throwUnlessThere(error: unknown, path: string): void {
  if (codeOf(error) !== 'EEXIST') throw fileError(error, path);
}

const leadsElsewhere = (where: string): UserError =>
  new UserError(
    'file.leads-elsewhere',
    'A link, a mounted disk or a file is in place of a folder of the program',
    where,
    'Nothing behind it was changed. Remove the link or the file, or unmount the disk, then try again.',
  );

const tooDeep = (where: string): UserError =>
  new UserError(
    'file.too-deep',
    `There are more than ${deepest} folders in each other`,
    where,
    'They are not of the program. Remove them by hand.',
  );

/** The path by which a folder was held means nothing to a reader. */
function withRealPath(error: unknown, held: string, path: string): unknown {
  if (!(error instanceof Error) || held === path) return error;
  const real = (text: string): string => text.replace(new RegExp(`${held}(?!\\d)`, 'g'), () => path);
  withRealPath(error.cause, held, path);
  if (error instanceof UserError) {
    const { code, message, where, remedy, cause } = error;
    return new UserError(code, real(message), real(where), remedy, { cause });
  }
  error.message = real(error.message);
  if ('path' in error && typeof error.path === 'string') error.path = real(error.path);
  return error;
}

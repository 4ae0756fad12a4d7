import { statfsSync } from 'node:fs';
import { UserError } from '../contract/wire/errors.ts';
import { formatBytes } from '../domain/numbers/format.ts';

const freeSpace = 'Free some space and start again; completed work is kept.';
const notPermitted = [
  'file.not-permitted',
  'No permission for this file or folder',
  'Choose another place, or change its permissions.',
] as const;

const remedies: Record<string, readonly [code: string, what: string, remedy: string]> = {
  ENOSPC: ['file.disk-full', 'The disk is full', freeSpace],
  EDQUOT: ['file.disk-full', 'The disk quota is used up', freeSpace],
  EACCES: notPermitted,
  EPERM: notPermitted,
  EROFS: ['file.read-only', 'The file system is read-only', 'Choose a place that can be written.'],
  ENOENT: ['file.not-found', 'There is no such file or folder', 'Check the path.'],
  ENOTDIR: ['file.not-a-folder', 'A part of the path is a file, not a folder', 'Choose another path.'],
  EEXIST: ['file.not-a-folder', 'A file is in the place of a folder', 'Choose another path.'],
  EISDIR: ['file.is-a-folder', 'A folder is in the place of the file', 'Choose another path.'],
  ENAMETOOLONG: ['file.name-too-long', 'The path is too long', 'Choose a shorter path.'],
};

/** Whether an error is the operating system's, with its code. */
export const isFileError = (error: unknown): error is NodeJS.ErrnoException & { code: string } =>
  error instanceof Error && !(error instanceof UserError) && 'code' in error && typeof error.code === 'string';

/** Turns an error of the file system into one that a person can act on; returns any other error unchanged. */
export function fileError(error: unknown, path: string): unknown {
  if (!isFileError(error)) return error;
  const known = remedies[error.code];
  if (!known) return error;
  const [code, what, remedy] = known;
  return new UserError(code, what, path, remedy, { cause: error });
}

/** What `work` on a file or folder gives. @throws UserError `file.*` for what the file system refuses, else what it throws */
export function onFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fileError(error, path);
  }
}

/**
 * Refuses to store so much that less than a tenth of the free space would be left. @param bytes of all new files
 * @throws UserError `file.disk-full`
 */
export function checkRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bytes <= 0.9 * bavail * bsize) return;
  throw new UserError(
    'file.disk-full',
    `The files need ${formatBytes(bytes)}, and the disk has ${formatBytes(bavail * bsize)} left`,
    folder,
    'Nothing was stored. Free some space, then import again.',
  );
}

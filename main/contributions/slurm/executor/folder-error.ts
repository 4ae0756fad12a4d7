import { UserError } from '../../../contract/wire/index.ts';

const continues = 'Nothing is lost: work continues once it is there.';

/** Codes of the file system and of our own file errors, by what they mean for a shared folder. */
const meanings: readonly (readonly [codes: readonly string[], code: string, what: string, remedy: string])[] = [
  [
    ['ENOENT', 'ENOTDIR', 'file.not-found', 'file.not-a-folder', 'ENOTCONN', 'ESTALE', 'ENODEV'],
    'cluster.folder-missing',
    'The shared folder is not there',
    `Connect (mount) it on this computer, or correct the path in the cluster's profile. ${continues}`,
  ],
  [
    ['ENOSPC', 'EDQUOT', 'file.disk-full'],
    'cluster.folder-full',
    'The shared folder is full, or its quota is used up',
    'Free some space there. Nothing is lost: work continues once there is room.',
  ],
  [
    ['EROFS', 'file.read-only'],
    'cluster.folder-read-only',
    'The shared folder is read-only',
    `Have it connected (mounted) so that it can be written. ${continues}`,
  ],
  [
    ['EACCES', 'EPERM', 'file.not-permitted'],
    'cluster.folder-not-permitted',
    'This computer may not read or write the shared folder',
    `Change its permissions, or choose another folder in the cluster's profile. ${continues}`,
  ],
];

/** An error of the files that a cluster and this computer share, in words that a person can act on. */
export function folderError(error: unknown, cluster: string, folder: string): unknown {
  const code = codeOf(error);
  if (code === null) return error;
  // Not in the shared folder, e.g. the disk of this computer is full.
  const path = error instanceof UserError ? error.where : ((error as NodeJS.ErrnoException).path ?? folder);
  if (path.startsWith('/') && !path.startsWith(folder))
    return error instanceof UserError ? error : ownFile(error, path);
  const meaning = meanings.find(([codes]) => codes.includes(code));
  if (code === 'file.leads-elsewhere' && error instanceof UserError) return elsewhere(error, cluster);
  const [known, what, remedy] = (meaning?.slice(1) as [string, string, string] | undefined) ?? [
    'cluster.folder-fails',
    `The shared folder cannot be used: ${(error as Error).message}`,
    'It is tried again. If that does not help, ask the administrator of the cluster.',
  ];
  return new UserError(known, what, `cluster ${cluster}, ${folder}`, remedy, { cause: error });
}

/** The store of this computer failed: nothing more can be done. */
export const isStorageError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('storage.');

/** @param error names what is in the way */
const elsewhere = (error: UserError, cluster: string): UserError =>
  new UserError('cluster.folder-leads-elsewhere', error.message, `cluster ${cluster}, ${error.where}`, error.remedy, {
    cause: error,
  });

const ownFile = (error: unknown, path: string): UserError =>
  new UserError(
    'cluster.own-file',
    `A file that runs need on the cluster cannot be read: ${(error as Error).message}`,
    path,
    'Put it back, or correct its path in the study. Other studies continue.',
    { cause: error },
  );

function codeOf(error: unknown): string | null {
  if (error instanceof UserError) return error.code.startsWith('file.') ? error.code : null;
  return error instanceof Error && 'code' in error && 'syscall' in error ? String(error.code) : null;
}

import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { UserError } from '../contract/errors.ts';

/** Below this many free bytes an input/output error is put down to the disk being full. */
const nearlyFull = 256 * 1024;

type Explanation = [code: string, what: string, remedy: string];

const diskFull: Explanation = [
  'storage.disk-full',
  'The disk is full: the database cannot be written',
  'Free some space and start again; everything up to here is kept.',
];

const explanations: readonly (readonly [prefix: string, explanation: Explanation])[] = [
  ['SQLITE_FULL', diskFull],
  [
    'SQLITE_READONLY',
    [
      'storage.read-only',
      'The database cannot be written',
      'Check the permissions of the data folder, or choose another with --data.',
    ],
  ],
  [
    'SQLITE_CANTOPEN',
    [
      'storage.cannot-open',
      'The database cannot be opened',
      'Check the permissions of the data folder, or choose another with --data.',
    ],
  ],
  [
    'SQLITE_PERM',
    [
      'storage.cannot-open',
      'No permission for the database',
      'Check the permissions of the data folder, or choose another with --data.',
    ],
  ],
  [
    'SQLITE_CORRUPT',
    [
      'storage.damaged',
      'The database is damaged',
      'Start again: it is then set aside and the latest good backup is restored.',
    ],
  ],
  [
    'SQLITE_NOTADB',
    [
      'storage.damaged',
      'The database is damaged',
      'Start again: it is then set aside and the latest good backup is restored.',
    ],
  ],
  ['SQLITE_BUSY', ['storage.busy', 'Another process is using the database', 'End the other process, or wait for it.']],
  [
    'SQLITE_IOERR',
    ['storage.io', 'The disk reported an error', 'Check the disk and its free space, then start again.'],
  ],
];

/** True for the errors by which SQLite says that the file itself is broken. */
export function isDamage(error: unknown): boolean {
  return error instanceof BetterSqlite3.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

/**
 * Turns what SQLite says about the disk, the file or another process into an error that a person can act on. A broken
 * constraint is a defect of the program and is returned as it is.
 */
export function databaseError(error: unknown, path: string): unknown {
  if (!(error instanceof BetterSqlite3.SqliteError)) return error;
  const known = explanations.find(([prefix]) => error.code.startsWith(prefix))?.[1];
  if (!known) return error;
  const [code, what, remedy] = error.code.startsWith('SQLITE_IOERR') && isNearlyFull(path) ? diskFull : known;
  return new UserError({ code, what, where: path, remedy, cause: error });
}

function isNearlyFull(path: string): boolean {
  try {
    const disk = statfsSync(dirname(path));
    return disk.bavail * disk.bsize < nearlyFull;
  } catch {
    return false;
  }
}

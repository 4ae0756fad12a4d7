import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { relative } from 'node:path';
import { onFile } from '../../../files/index.ts';

/** The files that a source is read from. */
export interface SourceFiles {
  /** Absolute paths. */
  paths: readonly string[];
  /** What else decides what is found. */
  others: readonly (string | number)[];
}

/** To be raised where the same files would be read as other images, or other things would be found of them. */
const version = 1;

/**
 * Tells whether files are still those that were read, without opening them: SHA-256 of the path below `root`, size and time
 * of the last change of each. The order of the files does not count. A change that leaves size and time as they were is not
 * noticed.
 * @throws UserError `file.*`
 */
export function fingerprintOf(root: string, { paths, others }: SourceFiles): string {
  const stamps = paths.map((path) => {
    // Undefined: the file has gone since it was listed.
    const status = onFile(path, () => statSync(path, { throwIfNoEntry: false }));
    return [relative(root, path), status?.size ?? -1, status?.mtimeMs ?? -1];
  });
  const lines = stamps.map((stamp) => JSON.stringify(stamp)).sort();
  return createHash('sha256')
    .update(JSON.stringify([version, others, lines]))
    .digest('hex');
}

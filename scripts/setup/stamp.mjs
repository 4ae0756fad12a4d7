/** Records a completed set-up and its lockfile, in node_modules so that it disappears with the installation. */
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Stamp
 * @property {string} lock SHA-256 of package-lock.json
 * @property {string} system platform and architecture of the packages
 * @property {{ path: string, bytes: number } | null} node the packaged Node; null if the machine's Node is new enough
 */

/** @param {string} root */
const stampFile = (root) => join(root, 'node_modules', '.boundary-set-up.json');

export const thisSystem = () => `${process.platform}-${process.arch}`;

/** @param {string} root @returns {Stamp | undefined} */
export function readStamp(root) {
  try {
    return JSON.parse(readFileSync(stampFile(root), 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {string} root @param {Stamp} stamp */
export function writeStamp(root, stamp) {
  const temporary = `${stampFile(root)}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify(stamp, null, 2));
  renameSync(temporary, stampFile(root));
}

/** @param {string} root */
export function removeStamp(root) {
  rmSync(stampFile(root), { force: true });
}

/** A path with its file size, for a cheap check that the file is unchanged. @param {string} path */
export function sizedFile(path) {
  return { path, bytes: statSync(path, { throwIfNoEntry: false })?.size ?? -1 };
}

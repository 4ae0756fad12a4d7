/** Builds the page and the desktop program from the sources into out/, with electron-vite. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { acquireLock } from '../../main/files/lock.mjs';
import { runToEnd } from './run-to-end.mjs';
import { SetUpError } from './set-up-error.mjs';

/** Everything that the build depends on. */
const sources = [
  'renderer',
  'preload',
  'main',
  'resources/icons',
  'docs/tutorial',
  'docs/tutorial.md',
  'electron.vite.config.ts',
  'scripts/one-file-pages.mjs',
  'scripts/licenses.mjs',
  'scripts/licenses',
  'LICENSE',
  'package-lock.json',
];

/** Lies in a folder that electron-vite empties first, so an interrupted build has no stamp. @param {string} root */
const stampPath = (root) => join(root, 'out', 'renderer', '.sources');

/**
 * Builds out/ unless it was built from the current sources (a second or two, or some milliseconds). Concurrent calls
 * wait for one another. @param {string} root the product's folder @param {string} node a Node for electron-vite
 * @returns {Promise<boolean>} whether it was built @throws {SetUpError}
 */
export async function ensurePage(root, node) {
  if (isBuilt(root)) return false;
  const lock = await acquireLock(join(root, '.cache', 'page.lock'));
  try {
    const hash = hashSources(root);
    if (isBuilt(root, hash)) return false;
    const builder = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
    const { code, output } = await runToEnd(node, [builder, 'build', '--logLevel', 'warn'], root);
    if (code !== 0) {
      throw new SetUpError('The page could not be built.', 'Restore the sources, or run `npm ci`.', output);
    }
    writeFileSync(stampPath(root), hash);
    return true;
  } finally {
    lock.release();
  }
}

/** @param {string} root */
function isBuilt(root, hash = hashSources(root)) {
  const stamp = stampPath(root);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
}

/** Identifies the sources of out/. @param {string} root @returns {string} */
export function hashSources(root) {
  const hash = createHash('sha256');
  for (const name of sources.flatMap((source) => listFiles(root, source))) {
    hash.update(`${name}\n`).update(readFileSync(join(root, name)));
  }
  return hash.digest('hex');
}

/** @param {string} root @param {string} source @returns {string[]} relative to the root */
function listFiles(root, source) {
  if (statSync(join(root, source)).isFile()) return [source];
  return readdirSync(join(root, source), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

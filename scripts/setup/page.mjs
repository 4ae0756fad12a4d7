/** The page and the desktop window's programs, built from the sources into out/ by electron-vite. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { acquireLock } from '../../main/files/lock.mjs';
import { runToEnd } from './run-to-end.mjs';
import { SetUpError } from './set-up-error.mjs';

/** What decides what is built. */
const sources = [
  'renderer',
  'preload',
  'main',
  'resources/icons',
  'electron.vite.config.ts',
  'scripts/kit-page.mjs',
  'package-lock.json',
];

/** Inside what electron-vite empties first, so that a build that was cut off leaves none. @param {string} root */
const stampOf = (root) => join(root, 'out', 'renderer', '.sources');

/**
 * Builds out/ unless that was done from these very sources: a second or two, or some milliseconds. Several at a time
 * wait for one another.
 * @param {string} root the product's folder
 * @param {string} node a Node for electron-vite
 * @returns {Promise<boolean>} whether it had to build
 * @throws {SetUpError}
 */
export async function ensurePage(root, node) {
  if (isBuilt(root)) return false;
  const lock = await acquireLock(join(root, '.cache', 'page.lock'));
  try {
    const hash = hashOfSources(root);
    if (isBuilt(root, hash)) return false;
    const builder = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
    const { code, output } = await runToEnd(node, [builder, 'build', '--logLevel', 'warn'], root);
    if (code !== 0) {
      throw new SetUpError('The page could not be built.', 'Restore the sources, or run `npm ci`.', output);
    }
    writeFileSync(stampOf(root), hash);
    return true;
  } finally {
    lock.release();
  }
}

/** @param {string} root */
function isBuilt(root, hash = hashOfSources(root)) {
  const stamp = stampOf(root);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
}

/** @param {string} root */
function hashOfSources(root) {
  const hash = createHash('sha256');
  for (const name of sources.flatMap((source) => filesOf(root, source))) {
    hash.update(`${name}\n`).update(readFileSync(join(root, name)));
  }
  return hash.digest('hex');
}

/** @param {string} root @param {string} source @returns {string[]} relative to the root */
function filesOf(root, source) {
  if (source.includes('.')) return [source];
  return readdirSync(join(root, source), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

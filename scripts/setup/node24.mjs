/** A Node that runs TypeScript: the current one, or the npm package `node`, whose installer downloads the binary. */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { npmEnvironment, runQuietly } from './npm.mjs';
import { SetUpError, remedyFor } from './set-up-error.mjs';

export const neededMajor = 24;

/** @param {string} version e.g. `v24.1.0` or `24.1.0` */
export const majorVersion = (version) => Number.parseInt(version.replace(/^v/, ''), 10);

/** Whether the current Node is new enough. */
export const currentNodeSuffices = () => majorVersion(process.version) >= neededMajor;

/** @param {string} root */
const packageFolder = (root) => join(root, 'node_modules', 'node');

/** @param {string} root */
export function packagedNode(root) {
  return join(packageFolder(root), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** The version that a program reports, if it runs. @param {string} program @returns {string | undefined} */
export function programVersion(program) {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** @param {string} root @returns {string} the version that package-lock.json decided on */
function wantedVersion(root) {
  return `v${JSON.parse(readFileSync(join(packageFolder(root), 'package.json'), 'utf8')).version}`;
}

/** @param {string} root */
export function packagedNodeWorks(root) {
  const program = packagedNode(root);
  return existsSync(program) && programVersion(program) === wantedVersion(root);
}

/**
 * Installs the packaged Node. The remains of an interrupted attempt are removed first, because npm considers an
 * existing package folder complete. @param {string} root @param {import('./log.mjs').Step} step
 * @param {import('../../main/files/lock.mjs').Lock} lock held until the installer has ended
 */
export async function installNode24(root, step, lock) {
  const folder = packageFolder(root);
  for (const left of ['bin', 'node_modules']) rmSync(join(folder, left), { recursive: true, force: true });
  const watch = setInterval(() => step.progress(`${unpackedMegabytes(folder)} MB unpacked`), 250).unref();
  const env = { ...npmEnvironment(root), npm_config_loglevel: 'error', npm_config_ignore_scripts: 'true' };
  const installer = ['installArchSpecificPackage.js'];
  const { errors } = await runQuietly(process.execPath, installer, { cwd: folder, env }, { onStart: lock.shareWith });
  clearInterval(watch);
  if (!packagedNodeWorks(root)) {
    step.failed('failed');
    const remedy = `${remedyFor(errors)} Or install Node ${neededMajor} or later yourself.`;
    throw new SetUpError(`Node ${neededMajor} could not be installed.`, remedy, errors);
  }
  step.done(wantedVersion(root));
}

/**
 * Keeps the Node that runs this process while npm replaces node_modules, where it comes from there: npm deletes it, and
 * `npm ci` without scripts installs none. @param {string} root
 * @returns {() => void} puts it back where it is missing
 */
export function keepRunningNode(root, program = process.execPath) {
  if (!existsSync(program) || !realpathSync(program).startsWith(join(realpathSync(root), 'node_modules', sep)))
    return () => {};
  const kept = join(root, '.cache', 'running-node', basename(program));
  mkdirSync(dirname(kept), { recursive: true });
  rmSync(kept, { force: true });
  try {
    linkSync(program, kept);
  } catch {
    copyFileSync(program, kept);
  }
  const putBack = () => {
    process.removeListener('exit', putBack);
    if (!existsSync(program)) {
      mkdirSync(dirname(program), { recursive: true });
      renameSync(kept, program);
    }
    rmSync(dirname(kept), { recursive: true, force: true });
  };
  // A signal ends npm and then this process.
  process.once('exit', putBack);
  return putBack;
}

/** @param {string} folder */
function unpackedMegabytes(folder) {
  const packages = join(folder, 'node_modules');
  if (!existsSync(packages)) return 0;
  const programs = readdirSync(packages).map((name) => join(packages, name, 'bin', 'node'));
  const bytes = programs.filter(existsSync).reduce((sum, program) => sum + statSync(program).size, 0);
  return Math.round(bytes / 1e6);
}

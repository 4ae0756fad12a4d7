/** The npm packages of package-lock.json in node_modules. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { keepRunningNode } from './node24.mjs';
import { runNpm } from './npm.mjs';
import { SetUpError, remedyFor } from './set-up-error.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, os?: string[], cpu?: string[] }} LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages by path, e.g. `node_modules/zod`
 */

/** npm writes this file last, so it exists only after a complete installation. @param {string} root */
const installedList = (root) => join(root, 'node_modules', '.package-lock.json');

/** @param {string} root */
const lockFile = (root) => join(root, 'package-lock.json');

/** @param {string} root */
export function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(lockFile(root)))
    .digest('hex');
}

/** Empty if the file is missing or damaged; without the root package. @param {string} path @returns {LockedPackages} */
function readPackages(path) {
  try {
    const { '': _root, ...packages } = JSON.parse(readFileSync(path, 'utf8')).packages;
    return packages;
  } catch {
    return {};
  }
}

/** What is wrong with node_modules, compared with the lockfile. @param {string} root @returns {string | undefined} */
export function missingDependency(root) {
  const installed = readPackages(installedList(root));
  if (Object.keys(installed).length === 0) return 'not installed yet';
  for (const [path, { version, optional }] of Object.entries(readPackages(lockFile(root)))) {
    const found = installed[path];
    if (!found && optional) continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (!found) return `${name} is missing`;
    if (found.version !== version) return `${name} is ${found.version}, should be ${version}`;
    if (!existsSync(join(root, path, 'package.json'))) return `${name} is missing`;
  }
  return undefined;
}

/** The number of packages that npm downloads on this platform. @param {LockedPackages} packages */
export function countPackages(packages, platform = process.platform, architecture = process.arch) {
  /** @param {string[] | undefined} rules names; a leading `!` excludes @param {string} value */
  const fits = (rules = [], value) => {
    const allowed = rules.filter((rule) => !rule.startsWith('!'));
    return !rules.includes(`!${value}`) && (allowed.length === 0 || allowed.includes(value));
  };
  return Object.values(packages).filter(({ os, cpu }) => fits(os, platform) && fits(cpu, architecture)).length;
}

/**
 * Parses npm's log at level `http`, line by line. @param {number} total number of packages
 * @returns {(line: string) => string} the progress after this line
 */
export function followNpm(total) {
  const lookedUp = new Set();
  const fetched = new Set();
  let silent = false;
  return (line) => {
    const [, address] = /^npm http (?:fetch GET 200|cache) (\S+)/.exec(line) ?? [];
    if (address) (/\.tgz(@|$)/.test(address) ? fetched : lookedUp).add(address);
    if (address || / attempt \d+ failed /.test(line)) silent = !address;
    if (silent) return 'the registry does not answer; retrying';
    if (fetched.size === 0) return `${lookedUp.size} of ${total} packages looked up`;
    return fetched.size < total ? `${fetched.size} of ${total} packages fetched` : 'unpacking';
  };
}

const ciArguments = [
  'ci',
  // Regardless of NODE_ENV: set-up needs tools that are development packages.
  '--include=dev',
  '--include=optional',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  // Prints a line per package, which the progress counts.
  '--loglevel=http',
];

/**
 * Runs `npm ci`, which replaces node_modules. An interrupted run leaves no list of installed packages, so the next
 * start repeats it. @param {string} root @param {import('./log.mjs').Step} step
 * @param {import('../../main/files/lock.mjs').Lock} lock held until npm has ended
 */
export async function installDependencies(root, step, lock) {
  rmSync(installedList(root), { force: true });
  const total = countPackages(readPackages(lockFile(root)));
  const follow = followNpm(total);
  step.progress(`0 of ${total} packages`);
  const onLine = (/** @type {string} */ line) => step.progress(follow(line));
  const putBack = keepRunningNode(root);
  const { code, errors } = await runNpm(ciArguments, root, { onStart: lock.shareWith, onLine }).finally(putBack);
  if (code !== 0) {
    step.failed('failed');
    throw new SetUpError('The npm packages could not be installed.', remedyFor(errors), errors);
  }
  step.done(`${total} packages`);
}

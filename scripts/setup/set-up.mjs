/** Stage one of set-up: packages, a Node that runs TypeScript, the kernels. Needs nothing but Node 20 and npm. */
import { join } from 'node:path';
import { acquireLock } from '../../main/files/lock.mjs';
import { installDependencies, lockHash, missingDependency } from './dependencies.mjs';
import { buildKernels, kernelsAreBuilt } from './kernels.mjs';
import { installNode24, neededMajor, ownNodeServes, packagedNode, packagedNodeWorks } from './node24.mjs';
import { say, startStep } from './say.mjs';
import { readStamp, removeStamp, sizedFile, thisSystem, writeStamp } from './stamp.mjs';

/**
 * Makes the product ready to run, once; a later call only looks, which takes some milliseconds. Safe to interrupt at
 * any moment and to call from several processes at a time: the first does it, the others wait.
 * @param {string} root the product's folder
 * @returns {Promise<string>} path of the Node to run the product with
 * @throws {import('./set-up-error.mjs').SetUpError} if something cannot be had
 */
export async function ensureSetUp(root) {
  if (!isSetUp(root)) {
    const lock = await acquireLock(join(root, '.cache', 'set-up.lock'), {
      onWait: (holder) =>
        say(`Another set-up is at work here${holder ? ` (process ${holder.processes[0]?.pid})` : ''}: waiting for it.`),
    });
    try {
      if (!isSetUp(root)) await setUp(root, lock);
    } finally {
      lock.release();
    }
  }
  return ownNodeServes() ? process.execPath : packagedNode(root);
}

/** @param {string} root */
function isSetUp(root) {
  const stamp = readStamp(root);
  if (stamp?.lock !== lockHash(root) || stamp.system !== thisSystem()) return false;
  if (missingDependency(root) || !kernelsAreBuilt(root)) return false;
  return ownNodeServes() || stamp.node?.bytes === sizedFile(packagedNode(root)).bytes;
}

/**
 * @param {string} root
 * @param {import('../../main/files/lock.mjs').Lock} lock
 */
async function setUp(root, lock) {
  const started = performance.now();
  const stamp = readStamp(root);
  const missing = stamp && stamp.system !== thisSystem() ? 'made for another system' : missingDependency(root);
  removeStamp(root);
  if (missing) await installDependencies(root, startStep(`Dependencies: ${missing}; npm ci`), lock);
  if (!ownNodeServes() && !packagedNodeWorks(root)) {
    await installNode24(root, startStep(`Node ${neededMajor} (this one is ${process.version})`), lock);
  }
  if (!kernelsAreBuilt(root)) {
    const step = startStep('Kernels of the wasm engine');
    await buildKernels(root);
    step.done();
  }
  const node = packagedNodeWorks(root) ? sizedFile(packagedNode(root)) : null;
  writeStamp(root, { lock: lockHash(root), system: thisSystem(), node });
  say(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}

/** First stage of set-up: packages, a Node that runs TypeScript, kernels. Needs only Node 20 and npm. */
import { join } from 'node:path';
import { acquireLock } from '../../main/files/lock.mjs';
import { installDependencies, lockHash, missingDependency } from './dependencies.mjs';
import { buildKernels, kernelsAreBuilt } from './kernels.mjs';
import { installNode24, neededMajor, currentNodeSuffices, packagedNode, packagedNodeWorks } from './node24.mjs';
import { log, startStep } from './log.mjs';
import { readStamp, removeStamp, sizedFile, thisSystem, writeStamp } from './stamp.mjs';

/**
 * Prepares the product once; later calls only check, which takes some milliseconds. It can be interrupted at any time,
 * and several processes may call it at once: the first one works, the others wait.
 * @param {string} root the product's folder @returns {Promise<string>} path of the Node to run the product with
 * @throws {import('./set-up-error.mjs').SetUpError} if something cannot be installed
 */
export async function ensureSetUp(root) {
  if (!isSetUp(root)) {
    const lock = await acquireLock(join(root, '.cache', 'set-up.lock'), {
      onWait: (holder) =>
        log(`Waiting for another set-up${holder ? ` (process ${holder.processes[0]?.pid})` : ''} to finish.`),
    });
    try {
      if (!isSetUp(root)) await setUp(root, lock);
    } finally {
      lock.release();
    }
  }
  return currentNodeSuffices() ? process.execPath : packagedNode(root);
}

/** @param {string} root */
function isSetUp(root) {
  const stamp = readStamp(root);
  if (stamp?.lock !== lockHash(root) || stamp.system !== thisSystem()) return false;
  if (missingDependency(root) || !kernelsAreBuilt(root)) return false;
  return currentNodeSuffices() || stamp.node?.bytes === sizedFile(packagedNode(root)).bytes;
}

/** @param {string} root @param {import('../../main/files/lock.mjs').Lock} lock */
async function setUp(root, lock) {
  const started = performance.now();
  const stamp = readStamp(root);
  const missing = stamp && stamp.system !== thisSystem() ? 'installed for another system' : missingDependency(root);
  removeStamp(root);
  if (missing) await installDependencies(root, startStep(`Dependencies: ${missing}; npm ci`), lock);
  if (!currentNodeSuffices() && !packagedNodeWorks(root)) {
    await installNode24(root, startStep(`Node ${neededMajor} (this one is ${process.version})`), lock);
  }
  if (!kernelsAreBuilt(root)) {
    const step = startStep('Kernels of the wasm engine');
    await buildKernels(root);
    step.done();
  }
  const node = packagedNodeWorks(root) ? sizedFile(packagedNode(root)) : null;
  writeStamp(root, { lock: lockHash(root), system: thisSystem(), node });
  log(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}

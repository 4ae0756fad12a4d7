/**
 * A lock between processes, as a small file. Plain JavaScript for one reason: the set-up in `scripts/` needs it on
 * Node 20, where TypeScript does not run yet.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * @typedef {{ pid: number, born: string | null }} HoldingProcess
 * @typedef {{ id: string, host: string, processes: HoldingProcess[] }} Holder
 *
 * @typedef {object} Lock
 * @property {(pid: number | undefined) => void} shareWith makes the lock hold until that child has ended too, even if
 *   this process is killed before it
 * @property {() => void} release
 */

const beatMs = 5_000;
const silentMs = 60_000;
const halfWrittenMs = 5_000;

/**
 * Waits until this process holds the lock, and takes over what a dead process left behind: on the same machine at
 * once, from another machine (a shared home folder) after a minute without a sign of life. A process that dies leaves
 * its file; nothing needs to be cleaned up by hand.
 *
 * @param {string} path the lock's file; its folder is made
 * @param {{ onWait?: (holder: Holder | undefined) => void, pollMs?: number }} [options] `onWait` is called once, if
 *   there is a holder to wait for
 * @returns {Promise<Lock>}
 */
export async function acquireLock(path, { onWait, pollMs = 250 } = {}) {
  mkdirSync(dirname(path), { recursive: true });
  for (let told = false; ; ) {
    const lock = tryLock(path);
    if (lock) return lock;
    if (isStale(path)) {
      takeAway(path);
      continue;
    }
    if (!told) onWait?.(readHolder(path));
    told = true;
    await wait(pollMs);
  }
}

/**
 * @param {string} path
 * @returns {Lock | undefined} undefined if somebody holds it, dead or alive
 */
function tryLock(path) {
  /** @type {Holder} */
  const holder = { id: randomUUID(), host: hostname(), processes: [withBirth(process.pid)] };
  if (!createFile(path, JSON.stringify(holder))) return undefined;
  const beat = setInterval(() => touch(path), beatMs).unref();
  const release = () => {
    clearInterval(beat);
    process.off('exit', release);
    if (readHolder(path)?.id === holder.id) rmSync(path, { force: true });
  };
  process.on('exit', release);
  const shareWith = (/** @type {number | undefined} */ pid) => {
    if (pid === undefined) return;
    holder.processes.push(withBirth(pid));
    writeFileSync(`${path}.${holder.id}`, JSON.stringify(holder));
    renameSync(`${path}.${holder.id}`, path);
  };
  return { shareWith, release };
}

/**
 * Whether the lock's holder is gone.
 * @param {string} path
 */
export function isStale(path) {
  const age = ageOf(path);
  if (age === undefined) return false;
  const holder = readHolder(path);
  if (!holder) return age > halfWrittenMs;
  if (holder.host !== hostname()) return age > silentMs;
  return !holder.processes.some(isAlive);
}

/** @param {HoldingProcess} holding */
function isAlive({ pid, born }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  return born === null || born === birthOf(pid);
}

/**
 * Removes a stale lock. Of several waiters only one may do so, or a slower one could remove the lock that a faster one
 * has just taken; a guard file decides, and the lock is looked at once more under it.
 * @param {string} path
 */
function takeAway(path) {
  const guard = `${path}.takeover`;
  if (!createFile(guard, '')) {
    if ((ageOf(guard) ?? 0) > halfWrittenMs) rmSync(guard, { force: true });
    return;
  }
  try {
    if (isStale(path)) rmSync(path, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

/**
 * @param {string} path
 * @param {string} text
 * @returns {boolean} false if the file is there already
 */
function createFile(path, text) {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, text);
    closeSync(file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * @param {string} path
 * @returns {Holder | undefined}
 */
function readHolder(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {number} pid @returns {HoldingProcess} */
const withBirth = (pid) => ({ pid, born: birthOf(pid) });

/**
 * When a process began, so that a process id that the system has given to another program is not mistaken for the
 * holder. Linux only; null elsewhere, and for a process that has ended but was not yet taken note of (a zombie, which
 * can stay for long in a container).
 * @param {number} pid
 * @returns {string | null}
 */
function birthOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** @param {string} path */
function touch(path) {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // Gone or not reachable for a moment: the next beat tries again.
  }
}

/**
 * @param {string} path
 * @returns {number | undefined} milliseconds since the last beat; undefined if there is no such file
 */
function ageOf(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return undefined;
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

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
 * Waits until this process holds the lock. Takes over the lock of a dead process: on the same machine at once, from
 * another machine (a shared home folder) after a minute without a heartbeat. The file of a dead process needs no
 * clean-up by hand.
 *
 * @param {string} path the lock's file; its folder is created
 * @param {{ onWait?: (holder: Holder | undefined) => void, pollMs?: number }} [options] `onWait` is called once, if the
 * process has to wait for another
 * @returns {Promise<Lock>}
 */
export async function acquireLock(path, { onWait, pollMs = 250 } = {}) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  for (let notified = false; ; ) {
    const lock = tryLock(path);
    if (lock) return lock;
    if (isStale(path)) {
      removeStaleLock(path);
      continue;
    }
    if (!notified) onWait?.(readHolder(path));
    notified = true;
    await wait(pollMs);
  }
}

/**
 * @param {string} path
 * @returns {Lock | undefined} undefined if somebody holds it, dead or alive
 */
function tryLock(path) {
  /** @type {Holder} */
  const holder = { id: randomUUID(), host: hostname(), processes: [describeProcess(process.pid)] };
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
    holder.processes.push(describeProcess(pid));
    writeFileSync(`${path}.${holder.id}`, JSON.stringify(holder));
    renameSync(`${path}.${holder.id}`, path);
  };
  return { shareWith, release };
}

/**
 * Whether the lock's holder has exited.
 * @param {string} path
 */
export function isStale(path) {
  const age = lockAge(path);
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
    return errorCode(error) === 'EPERM';
  }
  return born === null || born === processStart(pid);
}

/**
 * Removes a stale lock. Of several waiting processes only one may do so, or a slower one could remove the lock that a
 * faster one has just taken. A guard file decides, and the lock is checked again while holding it.
 * @param {string} path
 */
function removeStaleLock(path) {
  const guard = `${path}.takeover`;
  if (!createFile(guard, '')) {
    if ((lockAge(guard) ?? 0) > halfWrittenMs) rmSync(guard, { force: true });
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
 * @returns {boolean} false if the file exists
 */
function createFile(path, text) {
  try {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, text);
    closeSync(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
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
const describeProcess = (pid) => ({ pid, born: processStart(pid) });

/**
 * Start time of a process, so that a process id that the system has reused for another program is not taken for the
 * holder. Linux only; null elsewhere, and for a zombie: a process that has exited but was not reaped by its parent, as
 * happens in containers.
 * @param {number} pid
 * @returns {string | null}
 */
function processStart(pid) {
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
    // Removed, or not reachable for a moment: the next heartbeat tries again.
  }
}

/**
 * @param {string} path
 * @returns {number | undefined} milliseconds since the last heartbeat; undefined if there is no such file
 */
function lockAge(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return undefined;
  }
}

/** @param {unknown} error */
function errorCode(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

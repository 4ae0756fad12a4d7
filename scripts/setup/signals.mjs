/** Handles signals for a child process. */
import { constants } from 'node:os';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** One Ctrl-C arrives more than once: from the terminal, and again from the npm that started us. */
const sameSignalMs = 500;

/** The exit code that a shell reports for a program ended by a signal. @param {NodeJS.Signals} signal */
export const signalExitCode = (signal) => 128 + constants.signals[signal];

/**
 * Sends signals to the child until `stop`; a terminal's Ctrl-C reaches it directly.
 * @template {ChildProcess} Child @param {() => Child} start
 */
export function forwardSignals(start) {
  const onTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  /** @type {Map<NodeJS.Signals, number>} */
  const lastSent = new Map();
  return withSignals(start, (child, signal) => {
    const now = performance.now();
    const again = now - (lastSent.get(signal) ?? Number.NEGATIVE_INFINITY) < sameSignalMs;
    lastSent.set(signal, now);
    if (!again && !(signal === 'SIGINT' && onTerminal)) child.kill(signal);
  });
}

/**
 * Until `stop` is called, a signal kills the child and all its children at once. For work that the next start repeats.
 * @template {ChildProcess} Child @param {() => Child} start the child leads a process group (`detached`) where the system has process groups
 */
export function killOnSignal(start) {
  return withSignals(start, (child) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    if (process.platform === 'win32' || child.pid === undefined) child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  });
}

/**
 * Starts a child once signals are watched, so that none ends this process alone. `stop` returns the first signal received,
 * if any. @template {ChildProcess} Child @param {() => Child} start
 * @param {(child: Child, signal: NodeJS.Signals) => void} onSignal
 */
function withSignals(start, onSignal) {
  /** @type {NodeJS.Signals | undefined} */
  let first;
  const handle = (/** @type {NodeJS.Signals} */ signal) => {
    first ??= signal;
    onSignal(child, signal);
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, handle);
  const child = start();
  return {
    child,
    stop() {
      for (const signal of signals) process.off(signal, handle);
      return first;
    },
  };
}

/** What becomes of a child when this process is told to end. */
import { constants } from 'node:os';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** One Ctrl-C reaches us more than once: from the terminal, and again from the npm that started us. */
const sameSignalMs = 500;

/** What a shell reports for a program that a signal ended. @param {NodeJS.Signals} signal */
export const exitCodeOf = (signal) => 128 + constants.signals[signal];

/**
 * Until `stop` is called, signals do not end this process but go to the child, which decides what to do. A terminal
 * sends Ctrl-C to all its processes, so there it is not passed on a second time.
 * @param {ChildProcess} child
 */
export function forwardSignals(child) {
  const onTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  /** @type {Map<NodeJS.Signals, number>} */
  const lastSent = new Map();
  return watchSignals((signal) => {
    const now = performance.now();
    const again = now - (lastSent.get(signal) ?? Number.NEGATIVE_INFINITY) < sameSignalMs;
    lastSent.set(signal, now);
    if (!again && !(signal === 'SIGINT' && onTerminal)) child.kill(signal);
  });
}

/**
 * Until `stop` is called, a signal ends the child with all its own children at once: for work that the next start does
 * again, so that nobody waits while it is tidied away.
 * @param {ChildProcess} child started as the leader of its own process group (`detached`) where there are such
 */
export function killOnSignal(child) {
  return watchSignals(() => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    if (process.platform === 'win32' || child.pid === undefined) child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  });
}

/**
 * @param {(signal: NodeJS.Signals) => void} onSignal
 * @returns {{ stop(): NodeJS.Signals | undefined }} `stop` gives the first signal that came, if any
 */
function watchSignals(onSignal) {
  /** @type {NodeJS.Signals | undefined} */
  let first;
  const handle = (/** @type {NodeJS.Signals} */ signal) => {
    first ??= signal;
    onSignal(signal);
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, handle);
  return {
    stop() {
      for (const signal of signals) process.off(signal, handle);
      return first;
    },
  };
}

/** Passing on to a child what this process is told. */
import { constants } from 'node:os';

/** One Ctrl-C reaches us more than once: from the terminal, and again from the npm that started us. */
const sameSignalMs = 500;

/** What a shell reports for a program that a signal ended. @param {NodeJS.Signals} signal */
export const exitCodeOf = (signal) => 128 + constants.signals[signal];

/**
 * Until `stop` is called, signals do not end this process but go to the child. A terminal sends Ctrl-C to all its
 * processes, so there it is not passed on a second time.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {{ stop(): NodeJS.Signals | undefined }} `stop` gives the signal that came, if any
 */
export function forwardSignals(child) {
  const onTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  /** @type {Map<NodeJS.Signals, number>} */
  const lastSent = new Map();
  /** @type {(signal: NodeJS.Signals) => void} */
  const forward = (signal) => {
    const now = performance.now();
    const again = now - (lastSent.get(signal) ?? Number.NEGATIVE_INFINITY) < sameSignalMs;
    lastSent.set(signal, now);
    if (!again && !(signal === 'SIGINT' && onTerminal)) child.kill(signal);
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  return {
    stop() {
      for (const signal of signals) process.off(signal, forward);
      return [...lastSent.keys()][0];
    },
  };
}

import { fork } from 'node:child_process';
import type { LaunchOptions, Launcher, WorkerListeners, WorkerProcess } from './launcher.ts';

/**
 * Starts workers with `child_process.fork`.
 *
 * On POSIX each gets a session of its own, so that Ctrl-C in a terminal reaches only the host, which then asks its
 * workers to stop. A worker leaves by itself when its channel to the host closes, so none outlives a killed host.
 */
export class ForkLauncher implements Launcher {
  readonly #environment: NodeJS.ProcessEnv;

  /** `environment`: variables of the workers. */
  constructor(environment: NodeJS.ProcessEnv = process.env) {
    this.#environment = environment;
  }

  launch({ entry, heapLimit, args = [], environment }: LaunchOptions, listeners: WorkerListeners): WorkerProcess {
    const child = fork(entry, args, {
      detached: process.platform !== 'win32',
      env: environment ?? this.#environment,
      execArgv: heapLimit === null ? [] : [`--max-old-space-size=${Math.ceil(heapLimit / 2 ** 20)}`],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let startError = '';
    child.on('message', (message) => listeners.message(message));
    child.on('error', (error) => (startError ||= error.message));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => listeners.output(text));
    }
    // `close` comes after the streams and the channel are read to their end; `exit` may come before.
    child.on('close', (code, signal) => {
      if (startError) listeners.output(startError);
      listeners.exit({ code, signal });
    });
    return {
      pid: child.pid,
      // A worker that is gone already is reported by `close`.
      send: (message) => void (child.connected && child.send(message, () => undefined)),
      kill: () => void child.kill('SIGKILL'),
    };
  }
}

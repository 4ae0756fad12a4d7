import { fork } from 'node:child_process';

export interface Exit {
  code: number | null;
  signal: string | null;
}

export interface ProcessListeners {
  /** Anything that the process sends; not validated yet. */
  message(message: unknown): void;
  /** What it writes on stdout and stderr. */
  output(text: string): void;
  /** Once, after the last message and the last output. */
  exit(exit: Exit): void;
}

export interface LaunchedProcess {
  readonly pid: number | undefined;
  send(message: object): void;
  /** At once; the process cannot catch it. */
  kill(): void;
}

export interface LaunchOptions {
  entry: string;
  /** Bytes of JavaScript heap; null, the default: Node's own limit. */
  heapLimit?: number | null;
  /** Arguments of the entry module, `process.argv` from the third on. Default: none. */
  args?: readonly string[];
  /** Variables of the process. Default: those of the launcher. */
  environment?: NodeJS.ProcessEnv;
}

/** A way to start a process of our own code: `child_process` in Node, `utilityProcess` in Electron. */
export interface Launcher {
  launch(options: LaunchOptions, listeners: ProcessListeners): LaunchedProcess;
}

/** Arguments for Node that set `LaunchOptions.heapLimit`. */
export const heapArguments = (heapLimit: number | null): string[] =>
  heapLimit === null ? [] : [`--max-old-space-size=${Math.ceil(heapLimit / 2 ** 20)}`];

/**
 * Starts processes with `child_process.fork`. Unless `detached` is false, each gets a session of its own on POSIX:
 * Ctrl-C reaches only the host, which then asks its workers to stop. A process exits when its channel to the host
 * closes, so none outlives a killed host.
 */
export class ForkLauncher implements Launcher {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #detached: boolean;

  constructor(environment: NodeJS.ProcessEnv = process.env, { detached = true }: { detached?: boolean } = {}) {
    this.#environment = environment;
    this.#detached = detached && process.platform !== 'win32';
  }

  launch(options: LaunchOptions, listeners: ProcessListeners): LaunchedProcess {
    const { entry, heapLimit = null, args = [], environment = this.#environment } = options;
    const child = fork(entry, args, {
      detached: this.#detached,
      env: environment,
      execArgv: heapArguments(heapLimit),
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
      // `close` reports a process that has already exited.
      send: (message) => {
        if (child.connected) child.send(message, () => undefined);
      },
      kill: () => {
        child.kill('SIGKILL');
      },
    };
  }
}

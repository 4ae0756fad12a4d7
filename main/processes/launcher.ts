/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: string | null;
}

export interface WorkerListeners {
  /** Anything that the worker sends; not validated yet. */
  message(message: unknown): void;
  /** What it writes on stdout and stderr. */
  output(text: string): void;
  /** Once, after the last message and the last output. */
  exit(exit: Exit): void;
}

export interface WorkerProcess {
  readonly pid: number | undefined;
  send(message: object): void;
  /** At once, without a chance to say no. */
  kill(): void;
}

export interface LaunchOptions {
  /** Path of the worker's entry module. */
  entry: string;
  /** Bytes of JavaScript heap; null: Node's own limit. */
  heapLimit: number | null;
  /** Words for the entry module, as `process.argv` has them from the third on. Default: none. */
  args?: readonly string[];
  /** Variables of the process. Default: those of the launcher. */
  environment?: NodeJS.ProcessEnv;
}

/** A way to start a process of our own code: `child_process` in Node, `utilityProcess` in Electron. */
export interface Launcher {
  launch(options: LaunchOptions, listeners: WorkerListeners): WorkerProcess;
}

/**
 * What a process that has no channel to close sends before it leaves, and what its launcher sends back: messages come in
 * order, so all before have arrived by then.
 */
export const goodbye = 'goodbye';

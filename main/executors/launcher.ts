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
  /** A command, as plain JSON. */
  send(command: object): void;
  /** At once, without a chance to say no. */
  kill(): void;
}

export interface LaunchOptions {
  /** Path of the worker's entry module. */
  entry: string;
  /** Bytes of JavaScript heap; null: Node's own limit. */
  heapLimit: number | null;
}

/** A way to start a worker process: `child_process` in Node, `utilityProcess` in Electron. */
export interface Launcher {
  launch(options: LaunchOptions, listeners: WorkerListeners): WorkerProcess;
}

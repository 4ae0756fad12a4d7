/** A worker's (or the inspector's) line to its parent. One implementation for each way to start a process. */
export interface WorkerPort {
  /** Plain JSON. */
  send(message: object): void;
  /** Anything that the parent sends; not validated yet. */
  onMessage(listener: (message: unknown) => void): void;
  /** The parent is gone. */
  onClose(listener: () => void): void;
}

/** The line of a process started by `child_process.fork`. */
export function ipcPort(): WorkerPort {
  return {
    // A send that fails means that the parent is gone, which `onClose` tells.
    send: (message) => void process.send?.(message, undefined, undefined, () => undefined),
    onMessage: (listener) => void process.on('message', listener),
    onClose: (listener) => void process.on('disconnect', listener),
  };
}

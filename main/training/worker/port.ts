import type { ExaminationMessage } from '../../contract/evaluation.ts';
import { goodbye } from '../../processes/launcher.ts';
import type { WorkerMessage } from '../../contract/run.ts';

/** A worker's line to its parent. One implementation for each way to start a worker. */
export interface WorkerPort<Message = WorkerMessage | ExaminationMessage> {
  send(message: Message): void;
  /** Anything that the parent sends; not validated yet. */
  onMessage(listener: (message: unknown) => void): void;
  /** The parent is gone. */
  onClose(listener: () => void): void;
  /** Ends the process, with all that was sent delivered. */
  leave(code: number): void;
}

/** Milliseconds that the parent has to say goodbye. */
const goodbyeWithin = 2000;

/** `process.parentPort` of a utilityProcess. */
interface UtilityPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  postMessage(message: unknown): void;
}

/** The line to the parent of this process, however it was started. */
export function parentPort<Message>(): WorkerPort<Message> {
  const { parentPort: port } = process as { parentPort?: UtilityPort };
  return port ? utilityPort(port) : ipcPort();
}

/** The line of a process started by `child_process.fork`. */
export function ipcPort<Message>(): WorkerPort<Message> {
  return {
    // A send that fails means that the parent is gone, which `onClose` tells.
    send: (message) => void process.send?.(message, undefined, undefined, () => undefined),
    onMessage: (listener) => void process.on('message', listener),
    onClose: (listener) => void process.on('disconnect', listener),
    // Closing the channel waits for what was sent, `process.exit` does not.
    leave: (code) => {
      process.exitCode = code;
      if (!process.connected) process.exit();
      process.once('disconnect', () => process.exit());
      process.disconnect();
    },
  };
}

/** The line of a process started by Electron's `utilityProcess.fork`. Such a process ends with its parent by itself. */
export function utilityPort<Message>(port: UtilityPort): WorkerPort<Message> {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.on('message', ({ data }) => {
        if (data !== goodbye) listener(data);
      });
    },
    onClose: () => undefined,
    leave: (code) => {
      port.on('message', ({ data }) => {
        if (data === goodbye) process.exit(code);
      });
      setTimeout(() => process.exit(code), goodbyeWithin);
      port.postMessage(goodbye);
    },
  };
}

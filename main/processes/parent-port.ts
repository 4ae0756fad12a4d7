import { enableCompileCache } from 'node:module';

/** A child process's channel to its parent, however the process was started. */
export interface ParentPort<Message = object> {
  send(message: Message): void;
  /** Anything that the parent sends; not validated yet. */
  onMessage(listener: (message: unknown) => void): void;
  /** The parent has exited. */
  onClose(listener: () => void): void;
  /** Ends the process once everything it sent has been delivered. */
  leave(code: number): void;
}

/**
 * Sent by a process without a closable channel before it exits, and returned by its launcher: messages arrive in order,
 * so all earlier ones are then delivered.
 */
export const goodbye = 'goodbye';

/** Milliseconds that the parent has to answer `goodbye`. */
const goodbyeWithin = 2000;

/** `process.parentPort` of a utilityProcess. */
interface UtilityPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  postMessage(message: unknown): void;
}

/**
 * First call of an entry module, before it imports what it does: only modules loaded later are cached. Ctrl-C in a
 * terminal reaches all processes; only the parent acts on it. A promise that rejects and that nobody awaits ends the process,
 * also where Electron would only warn: its parent shows the error, and starts another one. @param codeCache folder for compiled code, which halves the
 * next start. It is written with the first answer: the parent may end the process with it.
 */
export function prepareChild(codeCache: string): void {
  process.on('SIGINT', () => undefined);
  process.on('unhandledRejection', (error) => {
    throw error;
  });
  enableCompileCache(codeCache);
}

export function parentPort<Message = object>(): ParentPort<Message> {
  const { parentPort: port } = process as { parentPort?: UtilityPort };
  return port ? utilityPort(port) : ipcPort();
}

/** The channel of a process started by `child_process.fork`. */
function ipcPort<Message>(): ParentPort<Message> {
  return {
    // A send that fails means that the parent has exited, which `onClose` reports.
    send: (message) => {
      process.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage: (listener) => {
      process.on('message', listener);
    },
    onClose: (listener) => {
      process.on('disconnect', listener);
    },
    // Closing the channel waits for what was sent; `process.exit` does not.
    leave: (code) => {
      process.exitCode = code;
      if (!process.connected) process.exit();
      process.once('disconnect', () => process.exit());
      process.disconnect();
    },
  };
}

/** The channel of a process started by Electron's `utilityProcess.fork`. Such a process ends with its parent by itself. */
function utilityPort<Message>(port: UtilityPort): ParentPort<Message> {
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

import { EventEmitter } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

/** Plays Electron's `MessagePortMain`: an emitter whose messages are events with `data`, silent until it is started. */
export class StandInPort extends EventEmitter {
  closed = false;
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    super();
    this.#port = port;
    port.on('close', () => {
      this.closed = true;
      this.emit('close');
    });
  }

  start(): void {
    this.#port.on('message', (data) => this.emit('message', { data, ports: [] }));
  }

  postMessage(message: unknown): void {
    this.#port.postMessage(message);
  }

  close(): void {
    this.#port.close();
  }
}

/** A port of a page, and its other end as main gets it. */
export function portPair(): { page: MessagePort; main: StandInPort } {
  const { port1, port2 } = new MessageChannel();
  return { page: port1, main: new StandInPort(port2) };
}

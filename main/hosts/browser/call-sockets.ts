import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { CallSocket } from '../calls/call-socket.ts';
import type { CallHandlers } from '../calls/handlers.ts';
import { isMessage } from '../calls/messages.ts';
import type { Access } from './access.ts';

/** Bytes that one message of a page may have; files go another way. */
const maxMessage = 4 * 2 ** 20;
/** Sockets at a time: pages of one user, with room. */
const maxSockets = 64;
/** Milliseconds after which a socket that does not answer to a ping is gone. */
const pingEvery = 30_000;

/** The sockets through which pages call. */
export class CallSockets {
  readonly #sockets: WebSocketServer;
  readonly #access: Access;
  readonly #calls: CallHandlers;
  readonly #pings: NodeJS.Timeout;
  readonly #alive = new WeakSet<WebSocket>();

  constructor(server: Server, access: Access, calls: CallHandlers) {
    this.#access = access;
    this.#calls = calls;
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessage, perMessageDeflate: false });
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#pings = setInterval(() => this.#ping(), pingEvery);
    this.#pings.unref();
  }

  close(): void {
    clearInterval(this.#pings);
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const access = this.#access;
    if (!access.isOwnHost(request) || !access.isOwnOrigin(request) || !access.hasCookie(request)) {
      return refuse(socket, '403 Forbidden');
    }
    if (request.url !== '/calls') return refuse(socket, '404 Not Found');
    if (this.#sockets.clients.size >= maxSockets) return refuse(socket, '503 Service Unavailable');
    this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#open(opened));
  }

  #open(socket: WebSocket): void {
    this.#alive.add(socket);
    socket.on('pong', () => this.#alive.add(socket));
    // E.g. a message that is too large: the socket is closed with it.
    socket.on('error', () => socket.terminate());
    this.#calls.socket(patient(socket));
  }

  #ping(): void {
    for (const socket of this.#sockets.clients) {
      if (!this.#alive.has(socket)) socket.terminate();
      this.#alive.delete(socket);
      socket.ping();
    }
  }
}

/**
 * A socket that hands on only what could be a message, and ends where it gets anything else; and whose `send` ends when
 * the message has left, so that streams wait for pages that are slow.
 */
function patient(socket: WebSocket): CallSocket {
  const listen = (type: string, listener: (event: unknown) => void): void => {
    if (type === 'message') {
      socket.on('message', (data, isBinary) => {
        const text = isBinary ? null : data.toString();
        if (isMessage(text)) listener({ data: text });
        else socket.close(1002, 'not a message of the workbench');
      });
    } else if (type === 'close') socket.on('close', listener);
  };
  const send = (data: string | Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(data, () => resolve());
      else resolve();
    });
  return { addEventListener: listen, send } as unknown as CallSocket;
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { callProtocol } from '../../contract/wire/bridge.ts';
import type { PageLimits } from '../../services/api/base.ts';
import type { CallSocket } from '../calls/call-socket.ts';
import type { CallHandlers } from '../calls/handlers.ts';
import { type Access, type Grant, hash } from './access.ts';
import type { Releases } from './limited-access.ts';

/** Largest message of a page in bytes; files are uploaded separately. */
const maxMessage = 4 * 2 ** 20;
/** Largest number of open sockets: of all browsers, of one browser, and of one that is limited to a page. */
const maxSockets = { all: 64, browser: 32, limited: 8 };
/** Milliseconds between pings; a socket that has not replied by the next ping is closed. */
const pingInterval = 30_000;

/** The web sockets through which pages make calls. */
export class CallSockets {
  readonly #sockets: WebSocketServer;
  readonly #access: Access;
  readonly #releases: Releases;
  readonly #calls: CallHandlers;
  readonly #grants = new WeakMap<WebSocket, Grant>();
  readonly #pings: NodeJS.Timeout;
  readonly #alive = new WeakSet<WebSocket>();

  constructor(
    server: Server,
    { access, releases, calls }: { access: Access; releases: Releases; calls: CallHandlers },
  ) {
    this.#access = access;
    this.#releases = releases;
    this.#calls = calls;
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: maxMessage,
      perMessageDeflate: false,
      handleProtocols,
    });
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    access.onRevoke((grant) => this.#closeAll(grant));
    this.#pings = setInterval(() => this.#ping(), pingInterval);
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
    const grant = access.isOwnHost(request) && access.isOwnOrigin(request) ? access.grantOf(request) : null;
    if (!grant || !access.hasSecret(request, grant)) return refuse(socket, '403 Forbidden');
    if (request.url !== '/calls') return refuse(socket, '404 Not Found');
    if (this.#isFull(grant)) return refuse(socket, '503 Service Unavailable');
    this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#open(opened, grant));
  }

  #isFull(grant: Grant): boolean {
    const own = this.#of(grant).length;
    const isAllFull = this.#sockets.clients.size >= maxSockets.all;
    return isAllFull || own >= (grant.page === null ? maxSockets.browser : maxSockets.limited);
  }

  /** Whether a page of a browser is open. */
  isOpen(grant: Grant): boolean {
    return this.#of(grant).length > 0;
  }

  #of(grant: Grant): WebSocket[] {
    return [...this.#sockets.clients].filter((socket) => this.#grants.get(socket) === grant);
  }

  #open(socket: WebSocket, grant: Grant): void {
    this.#grants.set(socket, grant);
    this.#alive.add(socket);
    socket.on('pong', () => this.#alive.add(socket));
    // E.g. a message that is too large.
    socket.on('error', () => socket.terminate());
    this.#calls.socket(callSocket(socket), this.#limits(grant));
  }

  #limits(grant: Grant): PageLimits | null {
    const { page, study } = grant;
    if (page === null) return null;
    return {
      study,
      isOwn: (token) => hash(token) === page,
      // With nothing to check, only a new address from the terminal gives more than the page.
      release: (after) => {
        if (after === 'checked') this.#releases.add(grant);
      },
    };
  }

  #closeAll(grant: Grant): void {
    for (const socket of this.#of(grant)) socket.terminate();
  }

  #ping(): void {
    for (const socket of this.#sockets.clients) {
      // The reply of one that is not read at the moment has not been read either.
      if (!this.#alive.has(socket) && !socket.isPaused) socket.terminate();
      this.#alive.delete(socket);
      socket.ping();
    }
  }
}

/** Accepts the protocol, and does not send the secret back. */
const handleProtocols = (): string => callProtocol;

function callSocket(socket: WebSocket): CallSocket {
  return {
    send: (message) =>
      new Promise((resolve) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(message, () => resolve());
        else resolve();
      }),
    onMessage: (listener) => socket.on('message', (data, isBinary) => listener(isBinary ? null : data.toString())),
    onClose: (listener) => socket.on('close', listener),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    refuse: () => socket.close(1002, 'not a valid message'),
  };
}

function refuse(socket: Duplex, status: string): void {
  // Not only ended: a client that never closes its side would keep the connection.
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

import type { ClientContext, ClientLink, ClientOptions } from '@orpc/client';
import { ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';

export type LinkState = 'connecting' | 'open' | 'lost';

/** Milliseconds that a call waits for a connection before it fails. */
const patience = 15_000;
/** Milliseconds between tries to connect: the first, and the longest. */
const firstWait = 250;
const longestWait = 4_000;

/**
 * Calls over a web socket that is opened again whenever it breaks. Calls that were under way when it broke fail; the
 * stream of changes goes on where it stopped (see changes.ts).
 */
export class SocketLink implements ClientLink<ClientContext> {
  readonly #open: () => WebSocket;
  readonly #listeners = new Set<(state: LinkState) => void>();
  #state: LinkState = 'connecting';
  #opened = Promise.withResolvers<RPCLink<ClientContext>>();
  #wait = firstWait;

  /** `open` opens a new web socket; the default is the browser's, to the address. */
  constructor(address: string, open: (address: string) => WebSocket = (each) => new WebSocket(each)) {
    this.#open = () => open(address);
    this.#connect();
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Gives the function that ends the listening. */
  onState(listener: (state: LinkState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async call(path: readonly string[], input: unknown, options: ClientOptions<ClientContext>): Promise<unknown> {
    const link = await this.#ready();
    return link.call(path, input, options);
  }

  #connect(): void {
    const socket = this.#open();
    const link = new RPCLink<ClientContext>({ websocket: socket });
    socket.addEventListener('open', () => {
      this.#wait = firstWait;
      this.#opened.resolve(link);
      this.#become('open');
    });
    socket.addEventListener('close', () => {
      if (this.#state === 'open') this.#opened = Promise.withResolvers();
      this.#become('lost');
      setTimeout(() => this.#connect(), this.#wait);
      this.#wait = Math.min(longestWait, this.#wait * 2);
    });
  }

  async #ready(): Promise<RPCLink<ClientContext>> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(disconnected()), patience);
    });
    try {
      return await Promise.race([this.#opened.promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #become(state: LinkState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

const disconnected = (): ORPCError<'DISCONNECTED', undefined> =>
  new ORPCError('DISCONNECTED', { message: 'The program does not answer', status: 503 });

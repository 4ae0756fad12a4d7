import { type ClientContext, type ClientLink, type ClientOptions, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';

export type LinkState = 'connecting' | 'open' | 'lost';

/** Milliseconds that a call waits for a connection before it fails. */
const callTimeout = 15_000;
/** First and longest wait between attempts to connect, in milliseconds. */
const firstWait = 250;
const longestWait = 4_000;

/**
 * Calls over a web socket that reconnects whenever it breaks. Pending calls fail then; the stream of changes resumes
 * where it stopped (see changes.ts).
 */
export class SocketLink implements ClientLink<ClientContext> {
  readonly #open: () => WebSocket;
  readonly #listeners = new Set<(state: LinkState) => void>();
  #state: LinkState = 'connecting';
  #opened = Promise.withResolvers<RPCLink<ClientContext>>();
  #wait = firstWait;

  /** `open` opens a new web socket to the address. */
  constructor(address: string, open: (address: string) => WebSocket) {
    this.#open = () => open(address);
    this.#connect();
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Returns the function that unsubscribes. */
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
      this.#setState('open');
    });
    socket.addEventListener('close', () => {
      if (this.#state === 'open') this.#opened = Promise.withResolvers();
      this.#setState('lost');
      setTimeout(() => this.#connect(), this.#wait);
      this.#wait = Math.min(longestWait, this.#wait * 2);
    });
  }

  async #ready(): Promise<RPCLink<ClientContext>> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(disconnected()), callTimeout);
    });
    try {
      return await Promise.race([this.#opened.promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #setState(state: LinkState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

const disconnected = (): ORPCError<'DISCONNECTED', undefined> =>
  new ORPCError('DISCONNECTED', { message: 'The program is not responding', status: 503 });

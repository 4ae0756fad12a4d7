import type { CallSocket } from '../../../main/hosts/calls/call-socket.ts';
import type { CallHandlers } from '../../../main/hosts/calls/handlers.ts';
import type { PageLimits } from '../../../main/services/api/base.ts';

interface Answer {
  /** Id of the call. */
  i: string;
  p: { s?: number; b?: { json: unknown } };
}

/** A page on a transport that delivers at once: what it sends has arrived when `call` returns. */
export class FakePage {
  readonly answers: Answer[] = [];
  /** What the transport was told: to read (true), or not to. */
  readonly reading: boolean[] = [];
  isRefused = false;
  readonly #awaited = new Map<string, (answer: Answer) => void>();
  #receive: (text: string | null) => void = () => undefined;
  #close: () => void = () => undefined;
  #calls = 0;

  constructor(calls: CallHandlers, desk: PageLimits | null = null) {
    const socket: CallSocket = {
      send: (message) => {
        const answer = JSON.parse(String(message)) as Answer;
        this.answers.push(answer);
        this.#awaited.get(answer.i)?.(answer);
        return Promise.resolve();
      },
      onMessage: (listener) => {
        this.#receive = listener;
      },
      onClose: (listener) => {
        this.#close = listener;
      },
      pause: () => this.reading.push(false),
      resume: () => this.reading.push(true),
      refuse: () => {
        this.isRefused = true;
      },
    };
    calls.socket(socket, desk);
  }

  /** Sends a call, e.g. `jobs/list`; gives its id. */
  call(path: string, input: object = {}): string {
    const id = String(++this.#calls);
    this.#receive(JSON.stringify({ i: id, p: { u: `/${path}`, b: { json: input } } }));
    return id;
  }

  cancel(id: string): void {
    this.#receive(JSON.stringify({ i: id, t: 4 }));
  }

  close(): void {
    this.#close();
  }

  /** Resolves with the answer to a call before another call begins. */
  answerTo(id: string): Promise<Answer> {
    const known = this.answers.find(({ i }) => i === id);
    return known ? Promise.resolve(known) : new Promise((resolve) => this.#awaited.set(id, resolve));
  }
}

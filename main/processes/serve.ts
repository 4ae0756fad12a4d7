import { flushCompileCache } from 'node:module';
import { messageOf, UserError } from '../contract/wire/errors.ts';
import { type ParentPort, parentPort } from './parent-port.ts';
import type { ChildMessage, Handlers, ParentMessage } from './protocol.ts';
import { parentMessageSchema } from './protocol.ts';
import { detach } from '../contract/wire/detach.ts';

/**
 * Answers the parent's questions in this process, one at a time, the oldest first. A UserError reaches the parent as such,
 * any other error as a defect. The process ends with its parent.
 */
export function serve(handlers: Handlers, port: ParentPort<ChildMessage> = parentPort()): void {
  const server = new Server(handlers, port);
  port.onMessage((message) => server.receive(message));
  port.onClose(() => process.exit());
}

type Question = Extract<ParentMessage, { type: 'ask' }>;

class Server {
  readonly #handlers: Handlers;
  readonly #port: ParentPort<ChildMessage>;
  #queue: Question[] = [];
  #current: { id: number; abort: AbortController } | null = null;

  constructor(handlers: Handlers, port: ParentPort<ChildMessage>) {
    this.#handlers = handlers;
    this.#port = port;
  }

  receive(received: unknown): void {
    const message = parentMessageSchema.parse(received);
    if (message.type === 'ask') {
      this.#queue.push(message);
      detach(this.#work());
    } else if (message.type === 'cancel') {
      this.#queue = this.#queue.filter(({ id }) => id !== message.id);
      if (this.#current?.id === message.id) this.#current.abort.abort();
    }
  }

  async #work(): Promise<void> {
    if (this.#current) return;
    for (let question = this.#queue.shift(); question; question = this.#queue.shift()) {
      const abort = new AbortController();
      this.#current = { id: question.id, abort };
      const reply = await this.#reply(question, abort.signal);
      // The parent may end this process with its answer, before it would write what it compiled.
      flushCompileCache();
      if (!abort.signal.aborted) this.#port.send(reply);
      // Questions that were cancelled meanwhile leave the queue.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#current = null;
  }

  async #reply({ id, call, input }: Question, signal: AbortSignal): Promise<ChildMessage> {
    try {
      const handler = this.#handlers[call];
      if (!handler) throw new Error(`there is no call ${call}`);
      const emit = (event: unknown): void => this.#port.send({ type: 'event', id, event });
      const output: unknown = await handler(input as never, { signal, emit } as never);
      return { type: 'answer', id, output };
    } catch (error) {
      return failure(id, error);
    }
  }
}

function failure(id: number, error: unknown): ChildMessage {
  if (error instanceof UserError) {
    const { code, message: what, where, remedy } = error;
    return { type: 'refused', id, code, what, where, remedy };
  }
  const message = messageOf(error);
  return { type: 'failed', id, message, detail: error instanceof Error ? (error.stack ?? message) : message };
}

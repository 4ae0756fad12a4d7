import { z } from 'zod';
import { UserError } from '../contract/wire/errors.ts';
import { AwakeTimer } from './awake-timer.ts';
import { Child, type Ending } from './child.ts';
import type { Launcher } from './launcher.ts';
import { LaunchedForChild } from './parent-launcher.ts';
import type { Checks, ChildMessage, Event, Handlers, Input, Output, ParentMessage } from './protocol.ts';
import { childMessageSchema } from './protocol.ts';

export interface ProcessOptions<H extends Handlers> {
  /** For a process that reads files of others. Default: none. */
  checks?: Checks<H>;
  launcher: Launcher;
  entry: string;
  /** Arguments of a new process. Default: none. */
  args?: () => readonly string[];
  /** Bytes of JavaScript heap; null, the default: Node's own limit. */
  heapLimit?: number | null;
  /** Milliseconds without a question after which the process is ended; null: it keeps running. */
  idleFor: number | null;
  /**
   * Milliseconds without a message, while a question waits, after which it is taken for hung. A function is asked after each
   * message. Default null: no limit.
   */
  patience?: number | null | (() => number | null);
  /** `patience` for the first message of a process, which also has to start. Default: `patience`. */
  startPatience?: number | null;
  /** How often a question is asked at most if the process dies before it has answered. Default 2. */
  tries?: number;
  /**
   * The error for a question that the process did not survive. `why`: a sentence without its full stop. `hungAfter`: the
   * milliseconds of `patience` after which it was ended; null: it ended for another reason.
   */
  died: (why: string, hungAfter: number | null) => Error;
  /** The error for a defect in the process. */
  failed: (message: string, detail: string) => Error;
}

export interface AskOptions<E> {
  /** Aborting cancels the question, which then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  onEvent?: ((event: E) => void) | undefined;
}

interface Waiting {
  call: string;
  input: unknown;
  resolve: (output: unknown) => void;
  reject: (error: unknown) => void;
  onEvent: ((event: never) => void) | undefined;
  /** The process that the question was sent to; null: none yet. */
  child: Child | null;
  deaths: number;
}

/**
 * The parent's side of one process that answers questions; `serve` is the process's own side. The first question starts
 * it, it ends after a while without questions, and the next question starts it again, also after it died.
 */
export class ProcessClient<H extends Handlers> {
  readonly #options: ProcessOptions<H>;
  readonly #launched: LaunchedForChild;
  readonly #waiting = new Map<number, Waiting>();
  #child: Child | null = null;
  #timer: AwakeTimer | undefined;
  #nextId = 1;
  #closing = false;
  #hasSpoken = false;
  #hungAfter: number | null = null;

  constructor(options: ProcessOptions<H>) {
    this.#options = options;
    this.#launched = new LaunchedForChild(options.launcher);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** @throws UserError of the process, what `died` and `failed` make, or the signal's reason */
  async ask<Name extends keyof H & string>(
    call: Name,
    input: Input<H[Name]>,
    { signal, onEvent }: AskOptions<Event<H[Name]>> = {},
  ): Promise<Output<H[Name]>> {
    signal?.throwIfAborted();
    if (this.#closing) throw this.#options.died(closed, null);
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { call, input, resolve, reject, onEvent, child: null, deaths: 0 });
    const cancel = (): void => this.#cancel(id, signal?.reason);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      this.#send(id);
      return (await promise) as Output<H[Name]>;
    } finally {
      this.#waiting.delete(id);
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Ends the process with all that it has in memory. Open questions are sent to a new one. */
  restart(): void {
    this.#kill(restarted);
  }

  /** Ends the process, rejects open questions, and resolves when the process has exited. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#timer?.clear();
    const child = this.#child;
    this.#kill(closed);
    await child?.exited;
  }

  #kill(reason: string): void {
    this.#launched.killAll();
    this.#child?.kill(reason);
  }

  #send(id: number): void {
    const waiting = this.#waiting.get(id);
    // After a kill the next process starts when this one has exited.
    if (!waiting || this.#child?.killed) return;
    this.#child ??= this.#launch();
    const child = this.#child;
    waiting.child = child;
    child.send({ type: 'ask', id, call: waiting.call, input: waiting.input } satisfies ParentMessage);
    this.#restartTimer();
  }

  #cancel(id: number, reason: unknown): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    if (waiting.child === this.#child) this.#child?.send({ type: 'cancel', id } satisfies ParentMessage);
    waiting.reject(reason);
    this.#restartTimer();
  }

  #launch(): Child {
    const { launcher, entry, args, heapLimit = null } = this.#options;
    this.#hasSpoken = false;
    this.#hungAfter = null;
    return new Child(
      launcher,
      { entry, args: args?.() ?? [], heapLimit },
      { message: (message) => this.#receive(message), exit: (ending) => this.#exited(ending) },
    );
  }

  #receive(received: unknown): void {
    const { data: message } = childMessageSchema.safeParse(received);
    if (!message) return this.#kill(invalidMessage);
    this.#hasSpoken = true;
    if (message.type === 'launch') {
      if (this.#child) this.#launched.launch(message, this.#child);
      return;
    }
    if (message.type === 'kill') return this.#launched.kill(message.id);
    const waiting = this.#waiting.get(message.id);
    if (waiting && !this.#settle(message, waiting)) return this.#kill(invalidMessage);
    if (message.type !== 'event') this.#waiting.delete(message.id);
    this.#restartTimer();
  }

  #settle(message: Exclude<ChildMessage, { type: 'launch' | 'kill' }>, waiting: Waiting): boolean {
    if (message.type === 'refused')
      waiting.reject(new UserError(message.code, message.what, message.where, message.remedy));
    else if (message.type === 'failed') waiting.reject(this.#options.failed(message.message, message.detail));
    else {
      const { output, event } = this.#options.checks?.[waiting.call] ?? believed;
      const parsed = message.type === 'answer' ? output.safeParse(message.output) : event?.safeParse(message.event);
      if (!parsed?.success) return false;
      if (message.type === 'answer') waiting.resolve(parsed.data);
      else waiting.onEvent?.(parsed.data as never);
    }
    return true;
  }

  /** One timer: for the next message while a question waits, otherwise for the next question. */
  #restartTimer(): void {
    this.#timer?.clear();
    if (!this.#child) return;
    const { idleFor, patience: given = null } = this.#options;
    const patience = typeof given === 'function' ? given() : given;
    const { startPatience = patience } = this.#options;
    const isWaiting = this.#waiting.size > 0;
    const wait = isWaiting ? (this.#hasSpoken ? patience : startPatience) : idleFor;
    if (wait === null) return;
    this.#timer = new AwakeTimer(wait, () => {
      if (isWaiting) this.#hungAfter = wait;
      this.#kill(isWaiting ? `did not answer within ${wait / 1000} s` : 'was idle');
    });
    this.#timer.unref();
  }

  #exited({ how, lastLine }: Ending): void {
    const child = this.#child;
    this.#child = null;
    this.#timer?.clear();
    this.#launched.killAll();
    const { died, tries = 2 } = this.#options;
    for (const [id, waiting] of [...this.#waiting]) {
      if (waiting.child === child && how !== restarted) waiting.deaths += 1;
      if (!this.#closing && waiting.deaths < tries) this.#askAgain(id, waiting);
      else {
        this.#waiting.delete(id);
        waiting.reject(
          this.#closing ? died(closed, null) : died(`it ${how}${lastLine && `: ${lastLine}`}`, this.#hungAfter),
        );
      }
    }
  }

  #askAgain(id: number, waiting: Waiting): void {
    try {
      this.#send(id);
    } catch (error) {
      this.#waiting.delete(id);
      waiting.reject(error);
    }
  }
}

/** Stands for the checks of a question that has none. */
const believed = { output: z.unknown(), event: z.unknown() };

const closed = 'the program is about to end';
const restarted = 'was restarted';
const invalidMessage = 'sent a message that is not valid';

/** Asks one question of a process of its own, which has exited when this settles. */
export async function askOnce<H extends Handlers, Name extends keyof H & string>(
  options: Omit<ProcessOptions<H>, 'idleFor'>,
  call: Name,
  input: Input<H[Name]>,
  asking: AskOptions<Event<H[Name]>> = {},
): Promise<Output<H[Name]>> {
  const client = new ProcessClient({ tries: 1, ...options, idleFor: null });
  try {
    return await client.ask(call, input, asking);
  } finally {
    await client.close();
  }
}

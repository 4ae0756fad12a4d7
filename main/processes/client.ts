import { UserError } from '../contract/errors.ts';
import { Child, type Ending } from './child.ts';
import type { Launcher } from './launcher.ts';
import { LaunchedForChild } from './parent-launcher.ts';
import type { Calls, ChildMessage, Event, Input, Output, ParentMessage } from './protocol.ts';
import { childMessageSchema } from './protocol.ts';

export interface ProcessOptions<C extends Calls> {
  /** What it can be asked; the same as its entry module serves. */
  calls: C;
  launcher: Launcher;
  /** Path of the process's entry module. */
  entry: string;
  /** Arguments of a new process. Default: none. */
  args?: () => readonly string[];
  /** Milliseconds without a question after which the process is ended; null: it stays. */
  idleFor: number | null;
  /** Milliseconds without a sign of it, while a question waits, after which it is taken for hung; null, the default: none. */
  patience?: number | null;
  /** How often a question is asked at most when the process dies of it, or beside it. Default 2. */
  tries?: number;
  /** The error for a question that the process died of. `why`: a sentence without its full stop. */
  died: (why: string) => Error;
  /** The error for a defect in the process. */
  failed: (message: string, detail: string) => Error;
}

export interface AskOptions<E> {
  /** Aborting takes the question back; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  onEvent?: ((event: E) => void) | undefined;
}

interface Waiting {
  call: string;
  input: unknown;
  resolve: (output: unknown) => void;
  reject: (error: unknown) => void;
  onEvent: ((event: never) => void) | undefined;
  /** The process that was asked; null: none yet. */
  askedOf: Child | null;
  deaths: number;
}

/**
 * The parent's side of one process that answers questions (its own side: `serve`). The first question starts it, it ends
 * when nobody asks for a while, and the next question starts it again, also after it died.
 */
export class ProcessClient<C extends Calls> {
  readonly #options: ProcessOptions<C>;
  readonly #launched: LaunchedForChild;
  readonly #waiting = new Map<number, Waiting>();
  #child: Child | null = null;
  #timer: NodeJS.Timeout | undefined;
  #nextId = 1;
  #closing = false;

  constructor(options: ProcessOptions<C>) {
    this.#options = options;
    this.#launched = new LaunchedForChild(options.launcher);
  }

  /** The process's id while there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** @throws UserError of the process, what `died` and `failed` make, or the signal's reason */
  async ask<Name extends keyof C & string>(
    call: Name,
    input: Input<C[Name]>,
    { signal, onEvent }: AskOptions<Event<C[Name]>> = {},
  ): Promise<Output<C[Name]>> {
    signal?.throwIfAborted();
    if (this.#closing) throw this.#options.died(closed);
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { call, input, resolve, reject, onEvent, askedOf: null, deaths: 0 });
    const cancel = (): void => this.#cancel(id, signal?.reason);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      this.#send(id);
      return (await promise) as Output<C[Name]>;
    } finally {
      this.#waiting.delete(id);
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Ends the process with all that it has in memory. Questions that wait are asked again, of a new one. */
  restart(): void {
    this.#kill(restarted);
  }

  /** Ends the process, rejects what waits, and resolves when the process is gone. */
  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#timer);
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
    // A process that was killed is followed by another as soon as it is gone.
    if (!waiting || this.#child?.killed) return;
    this.#child ??= this.#launch();
    const child = this.#child;
    waiting.askedOf = child;
    this.#post(child, { type: 'ask', id, call: waiting.call, input: waiting.input });
    this.#watch();
  }

  #cancel(id: number, reason: unknown): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    if (this.#child && waiting.askedOf === this.#child) this.#post(this.#child, { type: 'cancel', id });
    waiting.reject(reason);
    this.#watch();
  }

  #launch(): Child {
    const { launcher, entry, args } = this.#options;
    return new Child(
      launcher,
      { entry, args: args?.() ?? [] },
      { message: (message) => this.#receive(message), exit: (ending) => this.#exited(ending) },
    );
  }

  #post(child: Child, message: ParentMessage): void {
    child.send(message);
  }

  #receive(received: unknown): void {
    const { data: message } = childMessageSchema.safeParse(received);
    if (!message) return this.#kill(notUnderstood);
    if (message.type === 'launch') return void (this.#child && this.#launched.launch(message, this.#child));
    if (message.type === 'kill') return this.#launched.kill(message.id);
    const waiting = this.#waiting.get(message.id);
    if (waiting && !this.#settle(message, waiting)) return this.#kill(notUnderstood);
    if (message.type !== 'event') this.#waiting.delete(message.id);
    this.#watch();
  }

  /** False if what it carries does not fit the call. */
  #settle(message: Exclude<ChildMessage, { type: 'launch' | 'kill' }>, waiting: Waiting): boolean {
    const { output, event } = this.#options.calls[waiting.call] ?? {};
    if (message.type === 'refused') waiting.reject(new UserError(message));
    else if (message.type === 'failed') waiting.reject(this.#options.failed(message.message, message.detail));
    else {
      const parsed = message.type === 'answer' ? output?.safeParse(message.output) : event?.safeParse(message.event);
      if (!parsed?.success) return false;
      if (message.type === 'answer') waiting.resolve(parsed.data);
      else waiting.onEvent?.(parsed.data as never);
    }
    return true;
  }

  /** One clock: for a sign of life while a question waits, and for the next question while none does. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (!this.#child) return;
    const { idleFor, patience = null } = this.#options;
    const isWaiting = this.#waiting.size > 0;
    const wait = isWaiting ? patience : idleFor;
    if (wait === null) return;
    this.#timer = setTimeout(() => this.#kill(isWaiting ? `did not answer within ${wait / 1000} s` : 'was idle'), wait);
    this.#timer.unref();
  }

  #exited({ how, lastLine }: Ending): void {
    const child = this.#child;
    this.#child = null;
    clearTimeout(this.#timer);
    this.#launched.killAll();
    const { died, tries = 2 } = this.#options;
    for (const [id, waiting] of [...this.#waiting]) {
      if (waiting.askedOf === child && how !== restarted) waiting.deaths += 1;
      if (!this.#closing && waiting.deaths < tries) this.#askAgain(id, waiting);
      else {
        this.#waiting.delete(id);
        waiting.reject(died(this.#closing ? closed : `it ${how}${lastLine && `: ${lastLine}`}`));
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

const closed = 'the program is about to end';
const restarted = 'was restarted';
const notUnderstood = 'sent a message that is not valid';

/** Asks one question of a process of its own, which is gone when this settles. */
export async function askOnce<C extends Calls, Name extends keyof C & string>(
  options: Omit<ProcessOptions<C>, 'idleFor'>,
  call: Name,
  input: Input<C[Name]>,
  asking: AskOptions<Event<C[Name]>> = {},
): Promise<Output<C[Name]>> {
  const client = new ProcessClient({ tries: 1, ...options, idleFor: null });
  try {
    return await client.ask(call, input, asking);
  } finally {
    await client.close();
  }
}

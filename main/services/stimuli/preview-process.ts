import { UserError } from '../../contract/errors.ts';
import { type Inspection, inspectorMessageSchema, type Question, questionSchema } from '../../contract/preview.ts';
import type { EngineName } from '../../contract/run.ts';
import type { Exit, Launcher, WorkerProcess } from '../../executors/index.ts';

export interface InspectorOptions {
  launcher: Launcher;
  /** Path of the process's entry module. */
  entry: string;
  /** Folder of the blob store. */
  blobs: string;
  /** The engine that a new process opens. */
  engine: () => EngineName;
  /** Milliseconds without a question after which the process is ended. Default: five minutes. */
  idleFor?: number;
  /** Milliseconds without an answer after which the process is taken for hung. Default: two minutes. */
  patience?: number;
}

interface Waiting {
  question: Question;
  resolve: (inspection: Inspection) => void;
  reject: (error: unknown) => void;
  /** Deaths of the process while this was waited for. */
  deaths: number;
}

/** A question that kills the process is asked once more: it may have been another one, or the machine. */
const maxDeaths = 2;

/**
 * One process beside the workers that keeps a generator and models loaded, and answers questions about images at once.
 * Started by the first question, ended when nobody asks for a while, and started again when it dies.
 */
export class Inspector {
  readonly #options: InspectorOptions;
  readonly #waiting = new Map<number, Waiting>();
  #process: { process: WorkerProcess; engine: EngineName; output: string } | null = null;
  #timer: NodeJS.Timeout | undefined;
  #next = 1;
  #ended: { promise: Promise<void>; resolve: () => void } = { promise: Promise.resolve(), resolve: () => undefined };
  #closing = false;

  constructor(options: InspectorOptions) {
    this.#options = options;
  }

  /** The process's id while there is one. */
  get pid(): number | undefined {
    return this.#process?.process.pid;
  }

  /**
   * @param signal aborting takes the question back; the promise then rejects with the signal's reason.
   * @throws UserError `inspector.*`, and those of reading networks
   */
  async ask(question: Question, signal?: AbortSignal): Promise<Inspection> {
    signal?.throwIfAborted();
    if (this.#closing) throw died('the program is about to end');
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<Inspection>();
    this.#waiting.set(id, { question: questionSchema.parse(question), resolve, reject, deaths: 0 });
    const forget = (): void => this.#forget(id, signal?.reason);
    signal?.addEventListener('abort', forget, { once: true });
    this.#send(id);
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', forget);
    }
  }

  /** Ends the process; resolves when it is gone. */
  close(): Promise<void> {
    this.#closing = true;
    this.#process?.process.kill();
    return this.#ended.promise;
  }

  #send(id: number): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    const { process, engine } = this.#running();
    process.send({ type: 'ask', id, engine, blobs: this.#options.blobs, question: waiting.question });
    this.#watch();
  }

  #forget(id: number, reason: unknown): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    this.#process?.process.send({ type: 'forget', id });
    waiting.reject(reason);
    this.#watch();
  }

  #running(): { process: WorkerProcess; engine: EngineName } {
    if (this.#process) return this.#process;
    const { launcher, entry, engine } = this.#options;
    this.#ended = Promise.withResolvers<void>();
    const launched = launcher.launch(
      { entry, heapLimit: null },
      {
        message: (message) => this.#message(message),
        output: (text) => {
          if (this.#process) this.#process.output = (this.#process.output + text).slice(-4000);
        },
        exit: (exit) => this.#exited(exit),
      },
    );
    this.#process = { process: launched, engine: engine(), output: '' };
    return this.#process;
  }

  #message(message: unknown): void {
    const parsed = inspectorMessageSchema.safeParse(message);
    if (!parsed.success || parsed.data.id === null) return this.#process?.process.kill();
    const waiting = this.#waiting.get(parsed.data.id);
    this.#waiting.delete(parsed.data.id);
    this.#watch();
    if (!waiting) return;
    if (parsed.data.type === 'answer') waiting.resolve(parsed.data.inspection);
    else if (parsed.data.type === 'refused') waiting.reject(new UserError(parsed.data));
    else waiting.reject(new Error(`the inspector failed: ${parsed.data.detail}`));
  }

  /** One clock: for an answer while there is a question, and for the next question while there is none. */
  #watch(): void {
    clearTimeout(this.#timer);
    const { idleFor = 300_000, patience = 120_000 } = this.#options;
    const wait = this.#waiting.size > 0 ? patience : idleFor;
    this.#timer = setTimeout(() => this.#process?.process.kill(), wait);
    this.#timer.unref();
  }

  #exited({ code, signal }: Exit): void {
    clearTimeout(this.#timer);
    const last = this.#process?.output.trim().split('\n').at(-1) ?? '';
    this.#process = null;
    this.#ended.resolve();
    const how = signal ? `it was ended by ${signal}` : `it ended with code ${code}`;
    for (const [id, waiting] of [...this.#waiting]) {
      waiting.deaths += 1;
      if (!this.#closing && waiting.deaths < maxDeaths) this.#send(id);
      else {
        this.#waiting.delete(id);
        waiting.reject(died(last ? `${how}: ${last}` : how));
      }
    }
  }
}

const died = (why: string): UserError =>
  new UserError({
    code: 'inspector.died',
    what: `The process that draws previews has gone: ${why}`,
    where: 'preview',
    remedy: 'Try again; nothing that is stored was touched. If it stays so, see the engines on the Machine screen.',
  });

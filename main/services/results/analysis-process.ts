import { analystMessageSchema, type AnalystMessage, type ResultCall } from './result-calls.ts';
import { UserError } from '../../contract/errors.ts';
import type { Exit, Launcher, WorkerProcess } from '../../processes/launcher.ts';
import type { Desk } from './desk.ts';

export interface AnalysisProcessOptions {
  launcher: Launcher;
  /** Path of the process's entry module. */
  entry: string;
  dataFolder: string;
  /** Folder of the paper's values. */
  resources: string;
  /** Milliseconds without a question after which the process is ended. Default: ten minutes. */
  idleFor?: number;
}

type Input<Call extends ResultCall> = Parameters<Desk[Call]>[0];
type Output<Call extends ResultCall> = ReturnType<Desk[Call]>;

interface Waiting {
  call: ResultCall;
  input: unknown;
  resolve: (output: unknown) => void;
  reject: (error: unknown) => void;
  deaths: number;
}

/** A question that kills the process is asked once more: it may have been another one, or the machine. */
const maxDeaths = 2;

/**
 * One process that answers questions about results. Started by the first question, ended when nobody asks for a while,
 * and started again when it dies.
 */
export class AnalysisProcess {
  readonly #options: AnalysisProcessOptions;
  readonly #waiting = new Map<number, Waiting>();
  #process: WorkerProcess | null = null;
  #output = '';
  #timer: NodeJS.Timeout | undefined;
  #next = 1;
  #ended: Promise<void> = Promise.resolve();
  #endedNow: () => void = () => undefined;
  #closing = false;

  constructor(options: AnalysisProcessOptions) {
    this.#options = options;
  }

  /** The process's id while there is one. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** @throws UserError `results.*`, `study.not-found`, `storage.*` */
  ask<Call extends ResultCall>(call: Call, input: Input<Call>): Promise<Output<Call>> {
    if (this.#closing) return Promise.reject(died('the program is about to end'));
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { call, input, resolve, reject, deaths: 0 });
    this.#send(id);
    return promise as Promise<Output<Call>>;
  }

  /** Ends the process with all that it has in memory: somebody withdrew. Questions that wait are asked again. */
  forget(): void {
    this.#process?.kill();
  }

  /** Ends the process; resolves when it is gone. */
  close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#timer);
    this.#process?.kill();
    return this.#ended;
  }

  #send(id: number): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    clearTimeout(this.#timer);
    this.#running().send({ type: 'ask', id, call: waiting.call, input: waiting.input });
  }

  #running(): WorkerProcess {
    if (this.#process) return this.#process;
    const { launcher, entry, dataFolder, resources } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ended = promise;
    this.#endedNow = resolve;
    this.#output = '';
    this.#process = launcher.launch(
      { entry, heapLimit: null, args: [dataFolder, resources] },
      {
        message: (message) => this.#message(message),
        output: (text) => {
          this.#output = (this.#output + text).slice(-4000);
        },
        exit: (exit) => this.#exited(exit),
      },
    );
    return this.#process;
  }

  #message(message: unknown): void {
    const parsed = analystMessageSchema.safeParse(message);
    if (!parsed.success) return this.#process?.kill();
    const { data } = parsed;
    const waiting = this.#waiting.get(data.id);
    this.#waiting.delete(data.id);
    if (this.#waiting.size === 0) this.#rest();
    if (waiting) settle(waiting, data);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#process?.kill(), this.#options.idleFor ?? 600_000);
    this.#timer.unref();
  }

  #exited({ code, signal }: Exit): void {
    clearTimeout(this.#timer);
    const last = this.#output.trim().split('\n').at(-1) ?? '';
    this.#process = null;
    this.#endedNow();
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

function settle({ resolve, reject }: Waiting, message: AnalystMessage): void {
  if (message.type === 'answer') resolve(message.output);
  else if (message.type === 'refused') reject(new UserError(message));
  else reject(new Error(`the analysis failed: ${message.detail}`));
}

const died = (why: string): UserError =>
  new UserError({
    code: 'results.died',
    what: `The process that works out results has gone: ${why}`,
    where: 'results',
    remedy:
      'Try again; nothing that is stored was touched. If it stays so, choose fewer networks, or close other programs.',
  });

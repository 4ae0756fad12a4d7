import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Command, type Done, doneSchema, type Measurable, type Ready, readySchema } from './protocol.ts';

/** How to start a side. */
export interface SideProgram {
  /** As tables name it, e.g. `tensorflow` or `PyTorch`. */
  name: string;
  command: string;
  args: readonly string[];
  /** Added to the environment of this process. */
  environment: Record<string, string>;
}

/** A child process that executes one command at a time and reports its time. Idle in between. */
export class Side implements Measurable {
  readonly name: string;
  readonly #child: ChildProcess;
  #errors = '';
  #ready: Ready | undefined;
  #waiting: { resolve: (message: unknown) => void; reject: (error: Error) => void } | undefined;
  #ended: Error | undefined;

  private constructor({ name, command, args, environment }: SideProgram, signal?: AbortSignal) {
    this.name = name;
    const env = { ...process.env, ...environment };
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env, signal, killSignal: 'SIGKILL' });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString()).slice(-4000);
    });
    this.#child.stdin?.on('error', (error) => this.#end(error));
    this.#child.on('error', (error) => this.#end(error));
    this.#child.on('close', (code, signal) => this.#end(new Error(`ended with ${code ?? signal}`)));
    // Libraries write to the standard output as well; ours are lines of JSON.
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      this.#waiting?.resolve(JSON.parse(line));
      this.#waiting = undefined;
    });
  }

  /** Starts a side and waits until it is ready. `signal` ends it. */
  static async start(program: SideProgram, signal?: AbortSignal): Promise<Side> {
    const side = new Side(program, signal);
    const message = (await side.#answer()) as { ready: unknown };
    side.#ready = readySchema.parse(message.ready);
    return side;
  }

  get ready(): Ready {
    if (!this.#ready) throw new Error(`${this.name} is not ready`);
    return this.#ready;
  }

  /** @throws Error with the end of what the process wrote to stderr, if it dies */
  async do(command: Command): Promise<Done> {
    const answer = this.#answer();
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
    return doneSchema.parse(await answer);
  }

  /** Ends the process and waits for its end. */
  async close(): Promise<void> {
    if (this.#ended) return;
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin?.end();
    await closed;
  }

  #answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended) reject(this.#ended);
      else this.#waiting = { resolve, reject };
    });
  }

  #end(error: Error): void {
    this.#ended ??= new Error(`${this.name}: ${error.message}\n${this.#errors}`.trim());
    this.#waiting?.reject(this.#ended);
    this.#waiting = undefined;
  }
}

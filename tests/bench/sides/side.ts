import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
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

/** Characters of what a process wrote to stderr. */
const keptErrors = 4000;

/** Milliseconds in which a process has to end that gets no more commands. */
const partingTime = 10_000;

/** A child process that executes one command at a time and reports its time. Idle in between. */
export class Side implements Measurable {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #errors = '';
  #ready: Ready | undefined;
  #waiting: { resolve: (message: unknown) => void; reject: (error: Error) => void } | undefined;
  #ended: Error | undefined;

  private constructor({ name, command, args, environment }: SideProgram) {
    this.name = name;
    const env = { ...process.env, ...environment };
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      child.once('exit', () => resolve());
      // One that never began does not exit.
      child.once('error', () => child.pid === undefined && resolve());
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-keptErrors);
    });
    child.stdin.on('error', (error) => this.#end(error));
    child.on('error', (error) => this.#end(error));
    child.on('close', (code, signal) => this.#end(new Error(`ended with ${code ?? signal}`)));
    // Libraries write to the standard output as well; ours are lines of JSON.
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      try {
        this.#waiting?.resolve(JSON.parse(line));
      } catch {
        // E.g. a loss of NaN, which JSON has no word for.
        this.#waiting?.reject(new Error(`${name}: no answer of numbers: ${line.slice(0, 200)}`));
      }
      this.#waiting = undefined;
    });
  }

  /** Starts a side and waits until it is ready. @throws Error as `do`; the process has ended then */
  static async start(program: SideProgram): Promise<Side> {
    const side = new Side(program);
    try {
      const message = (await side.#answer()) as { ready: unknown };
      side.#ready = readySchema.parse(message.ready);
      return side;
    } catch (error) {
      await side.#kill();
      throw error;
    }
  }

  get ready(): Ready {
    if (!this.#ready) throw new Error(`${this.name} is not ready`);
    return this.#ready;
  }

  /** @throws Error with the end of what the process wrote to stderr, if it dies; if its answer is none */
  async do(command: Command): Promise<Done> {
    const answer = this.#answer();
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
    return doneSchema.parse(await answer);
  }

  /** Ends the process and waits for its end. */
  async close(): Promise<void> {
    this.#child.stdin?.end();
    await Promise.race([this.#exited, wait(this.#ended ? 0 : partingTime, undefined, { ref: false })]);
    await this.#kill();
  }

  async #kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
    // Processes that it started itself may hold them open.
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  #answer(): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (this.#ended) reject(this.#ended);
    else this.#waiting = { resolve, reject };
    return promise;
  }

  #end(error: Error): void {
    const message = `${this.name}: ${error.message}\n${this.#errors}`.trim();
    this.#ended ??= new Error(message);
    this.#waiting?.reject(this.#ended);
    this.#waiting = undefined;
  }
}

import type { Exit, LaunchedProcess, LaunchOptions, Launcher } from './launcher.ts';

const keptOutput = 8000;

export interface Ending extends Exit {
  /** E.g. `was ended by SIGSEGV`, `ended with code 1`, or the reason that `kill` was given. */
  how: string;
  /** The error that ended the process, or the last line of its output; '' if there is none. */
  lastLine: string;
}

export interface ChildListeners {
  /** Not validated yet. Nothing comes after `kill`. */
  message(message: unknown): void;
  output?(text: string): void;
  /** Once, after the last message and the last output. */
  exit?(ending: Ending): void;
}

/** Running children: none outlives this process. */
const running = new Set<Child>();
const killAll = (): void => running.forEach((child) => child.kill('the program ended'));

/** One process of our own code: keeps the end of its output, and knows why it ended. */
export class Child {
  /** Resolves when the process has exited. Never rejects. */
  readonly exited: Promise<Ending>;
  readonly #process: LaunchedProcess;
  readonly #listeners: ChildListeners;
  readonly #resolve: (ending: Ending) => void;
  #output = '';
  #reason = '';

  constructor(launcher: Launcher, options: LaunchOptions, listeners: ChildListeners) {
    this.#listeners = listeners;
    ({ promise: this.exited, resolve: this.#resolve } = Promise.withResolvers<Ending>());
    this.#process = launcher.launch(options, {
      message: (message) => {
        if (!this.killed) listeners.message(message);
      },
      output: (text) => {
        this.#output = (this.#output + text).slice(-keptOutput);
        listeners.output?.(text);
      },
      exit: (exit) => this.#exit(exit),
    });
    if (running.size === 0) process.on('exit', killAll);
    running.add(this);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** The last 8,000 characters of its output since `clearOutput`. */
  get output(): string {
    return this.#output;
  }

  get killed(): boolean {
    return this.#reason !== '';
  }

  clearOutput(): void {
    this.#output = '';
  }

  send(message: object): void {
    this.#process.send(message);
  }

  /** @param reason ends the sentence "The process ...", e.g. `did not answer within 60 s` */
  kill(reason: string): void {
    this.#reason ||= reason;
    this.#process.kill();
  }

  #exit({ code, signal }: Exit): void {
    running.delete(this);
    if (running.size === 0) process.removeListener('exit', killAll);
    const how = this.#reason || (signal ? `was ended by ${signal}` : `ended with code ${code}`);
    const ending = { code, signal, how, lastLine: lastLine(this.#output) };
    this.#listeners.exit?.(ending);
    this.#resolve(ending);
  }
}

/**
 * After an uncaught error Node prints the error, its stack and details, and last its own version; after a fatal one, such
 * as a full heap, the error and then the machine's stack.
 */
function lastLine(output: string): string {
  const lines = output.trim().split('\n');
  const isUncaught = /^Node\.js v\d/.test(lines.at(-1) ?? '');
  const error = isUncaught ? lines.findLast((line) => /^\w*Error\b.*:/.test(line)) : undefined;
  const fatal = lines.findLast((line) => line.startsWith('FATAL ERROR:'));
  return (fatal ?? error ?? lines.at(-1) ?? '').trim();
}

import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

interface ForkOptions {
  env: Record<string, string>;
  execArgv: string[];
}

const shim = join(import.meta.dirname, 'utility-shim.mjs');

/** Plays Electron's utility processes with real processes of Node, whose `process.parentPort` a shim makes. */
export class StandInUtilities {
  readonly started: { modulePath: string; args: string[]; options: ForkOptions; process: StandInUtility }[] = [];

  readonly fork = (modulePath: string, args: string[], options: ForkOptions): StandInUtility => {
    const child = fork(modulePath, args, {
      env: options.env,
      execArgv: [...options.execArgv, '--disable-warning=ExperimentalWarning', '--import', shim],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const utility = new StandInUtility(child);
    this.started.push({ modulePath, args, options, process: utility });
    return utility;
  };
}

export class StandInUtility extends EventEmitter {
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** As in Electron: undefined until `spawn`, and again after `exit`. */
  pid: number | undefined;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    super();
    this.#child = child;
    this.stdout = child.stdout;
    this.stderr = child.stderr;
    child.once('spawn', () => {
      this.pid = child.pid;
      this.emit('spawn');
    });
    child.on('message', (message) => this.emit('message', message));
    child.once('exit', (code, signal) => {
      this.pid = undefined;
      this.emit('exit', signal ? 128 + 9 : (code ?? 0));
    });
  }

  postMessage(message: object): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  kill(): boolean {
    return this.#child.kill();
  }
}

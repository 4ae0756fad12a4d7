import { Child } from './child.ts';
import type { LaunchedProcess, LaunchOptions, Launcher, ProcessListeners } from './launcher.ts';
import type { ParentPort } from './parent-port.ts';
import { type ChildMessage, parentMessageSchema } from './protocol.ts';

/**
 * In a child process: the parent launches processes, as in the desktop program only the main process can. They cannot
 * be sent anything; only output and exit are reported.
 */
export class ParentLauncher implements Launcher {
  readonly #port: ParentPort<ChildMessage>;
  readonly #listeners = new Map<number, ProcessListeners>();
  #nextId = 1;

  constructor(port: ParentPort<ChildMessage>) {
    this.#port = port;
    port.onMessage((message) => this.#receive(message));
  }

  launch({ entry, args = [], environment }: LaunchOptions, listeners: ProcessListeners): LaunchedProcess {
    const id = this.#nextId++;
    this.#listeners.set(id, listeners);
    this.#port.send({ type: 'launch', id, entry, args: [...args], environment: definedVariables(environment) });
    return { pid: undefined, send: () => undefined, kill: () => this.#port.send({ type: 'kill', id }) };
  }

  #receive(received: unknown): void {
    const message = parentMessageSchema.safeParse(received).data;
    const listeners = message && this.#listeners.get(message.id);
    if (message?.type === 'output') listeners?.output(message.text);
    if (message?.type !== 'exit') return;
    this.#listeners.delete(message.id);
    listeners?.exit({ code: message.code, signal: message.signal });
  }
}

function definedVariables(environment: NodeJS.ProcessEnv | undefined): Record<string, string> | null {
  if (!environment) return null;
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** In the parent: the processes that one child had launched. */
export class LaunchedForChild {
  readonly #launcher: Launcher;
  readonly #children = new Map<number, Child>();

  constructor(launcher: Launcher) {
    this.#launcher = launcher;
  }

  /** @param asker the child that gets the new process's output and exit */
  launch({ id, entry, args, environment }: Extract<ChildMessage, { type: 'launch' }>, asker: Child): void {
    const options = { entry, args, ...(environment && { environment }) };
    const child = new Child(this.#launcher, options, {
      message: () => undefined,
      output: (text) => asker.send({ type: 'output', id, text }),
      exit: ({ code, signal }) => {
        this.#children.delete(id);
        asker.send({ type: 'exit', id, code, signal });
      },
    });
    this.#children.set(id, child);
  }

  kill(id: number): void {
    this.#children.get(id)?.kill('was ended by the process that asked for it');
  }

  killAll(): void {
    for (const id of this.#children.keys()) this.kill(id);
  }
}

import type { LaunchOptions, Launcher, WorkerListeners, WorkerProcess } from '../../processes/launcher.ts';
import type { WorkerPort } from '../../training/worker/port.ts';
import type { MachineMessage } from './tasks.ts';
import { launchedSchema } from './tasks.ts';

/**
 * Has the parent of this process start others: in the desktop program only the main process can. They cannot be sent
 * anything, and are heard on their output alone.
 */
export class AskedLauncher implements Launcher {
  readonly #port: WorkerPort<MachineMessage>;
  readonly #listeners = new Map<number, WorkerListeners>();
  #next = 1;

  constructor(port: WorkerPort<MachineMessage>) {
    this.#port = port;
    port.onMessage((message) => this.#heard(message));
  }

  launch({ entry, args = [], environment = {} }: LaunchOptions, listeners: WorkerListeners): WorkerProcess {
    const id = this.#next++;
    this.#listeners.set(id, listeners);
    const variables = Object.entries(environment).filter((pair): pair is [string, string] => pair[1] !== undefined);
    this.#port.send({ type: 'launch', id, entry, args: [...args], environment: Object.fromEntries(variables) });
    return { pid: undefined, send: () => undefined, kill: () => this.#port.send({ type: 'kill', id }) };
  }

  #heard(message: unknown): void {
    const said = launchedSchema.safeParse(message).data;
    const listeners = said && this.#listeners.get(said.id);
    if (!said || !listeners) return;
    if (said.type === 'output') return listeners.output(said.text);
    this.#listeners.delete(said.id);
    listeners.exit({ code: said.code, signal: said.signal });
  }
}

import type { EngineName } from '../../contract/run.ts';
import { entryModule } from '../../files/places.ts';
import { type AskOptions, ProcessClient } from '../../processes/client.ts';
import { ForkLauncher } from '../../processes/launcher.ts';
import type { Event } from '../../processes/protocol.ts';
import { type ConformancePlan, proofCalls } from '../../training/proof/calls.ts';
import type { Command, Done, Measurable, Ready, SideTask } from '../../training/proof/protocol.ts';
import { SideHung } from '../../training/proof/side.ts';
import { patience } from './plan.ts';

type Conformance = typeof proofCalls.conformance;
type Memory = typeof proofCalls.memory;

/** The process of one engine: a crash or a hang ends this process alone, and the question that it was asked. */
export class EngineProcess {
  readonly name: EngineName;
  readonly #client: ProcessClient<typeof proofCalls>;
  readonly #signal: AbortSignal | undefined;

  /** @param entry module of the process; default: the product's own */
  constructor(
    name: EngineName,
    {
      environment = process.env,
      signal,
      entry,
    }: { environment?: NodeJS.ProcessEnv; signal?: AbortSignal; entry?: string },
  ) {
    this.name = name;
    this.#signal = signal;
    this.#client = new ProcessClient({
      calls: proofCalls,
      launcher: new ForkLauncher(environment),
      idleFor: null,
      patience,
      tries: 1,
      entry: entry ?? entryModule('training/proof/proof-child'),
      args: () => [name],
      died: (why, hungAfter) => {
        const message = `The process of the engine has ended: ${why}`;
        return hungAfter === null ? new Error(message) : new SideHung(message);
      },
      failed: (message) => new Error(message),
    });
  }

  describe() {
    return this.#client.ask('describe', undefined, this.#asking());
  }

  /** Null: passed. */
  selfCheck(): Promise<string | null> {
    return this.#client.ask('selfCheck', undefined, this.#asking());
  }

  async conformance(plan: ConformancePlan, onEvent: (event: Event<Conformance>) => void): Promise<void> {
    await this.#client.ask('conformance', plan, this.#asking(onEvent));
  }

  async memory(models: readonly string[], steps: number, onEvent: (event: Event<Memory>) => void): Promise<void> {
    await this.#client.ask('memory', { models: [...models], steps }, this.#asking(onEvent));
  }

  prepare(work: string, task: SideTask): Promise<Ready> {
    return this.#client.ask('prepare', { work, task }, this.#asking());
  }

  perform(work: string, command: Command): Promise<Done> {
    return this.#client.ask('perform', { work, command }, this.#asking());
  }

  /** Frees what was prepared; a process that has ended has nothing to free. */
  async release(work: string): Promise<void> {
    await this.#client.ask('release', { work }, this.#asking()).catch(() => undefined);
    this.#signal?.throwIfAborted();
  }

  /** Work that was prepared, to be measured beside others. */
  side(work: string): Measurable {
    return { name: this.name, do: (command) => this.perform(work, command) };
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #asking<E>(onEvent?: (event: E) => void): AskOptions<E> {
    return { signal: this.#signal, onEvent };
  }
}

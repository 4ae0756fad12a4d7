import type { RunState } from '../contract/run.ts';
import type { Executor, RunChange } from './executor.ts';

/** Executors of one queue, each of which claims runs of its own, as one. */
export class SeveralExecutors implements Executor {
  readonly broken: Promise<never>;
  readonly #all: readonly Executor[];

  constructor(all: readonly Executor[]) {
    this.#all = all;
    this.broken = Promise.race(all.map(({ broken }) => broken));
    this.broken.catch(() => undefined);
  }

  start(): void {
    for (const each of this.#all) each.start();
  }

  setWorkers(workers: number): void {
    for (const each of this.#all) each.setWorkers(workers);
  }

  refill(): void {
    for (const each of this.#all) each.refill();
  }

  pause(): void {
    for (const each of this.#all) each.pause();
  }

  resume(): void {
    for (const each of this.#all) each.resume();
  }

  suspend(): void {
    for (const each of this.#all) each.suspend();
  }

  stopTrainings(): void {
    for (const each of this.#all) each.stopTrainings();
  }

  stopRun(runId: number): void {
    for (const each of this.#all) each.stopRun(runId);
  }

  cancel(runId: number): RunState {
    // One that does not know the run changes nothing; the run works on until the one that does has stopped it.
    const states = this.#all.map((each) => each.cancel(runId));
    return states.find((state) => state === 'running') ?? states[0] ?? 'cancelled';
  }

  async idle(): Promise<void> {
    await Promise.all(this.#all.map((each) => each.idle()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all.map((each) => each.stop()));
  }

  onChange(listener: (change: RunChange) => void): () => void {
    const removers = this.#all.map((each) => each.onChange(listener));
    return () => removers.forEach((remove) => remove());
  }
}

import type { RunState } from '../contract/runs/run.ts';
import type { Executor, RunChange } from './executor.ts';

interface Listening {
  listener: (change: RunChange) => void;
  removers: (() => void)[];
}

/** Executors of one queue, each of which claims runs of its own, as one. More can join while they work. */
export class SeveralExecutors implements Executor {
  readonly #all: Executor[] = [];
  readonly #listening = new Set<Listening>();
  readonly #broken = Promise.withResolvers<never>();
  readonly #onStop: () => void;
  #workers: number | null = null;
  #state: 'new' | 'started' | 'stopped' = 'new';
  #paused: 'pause' | 'suspend' | null = null;

  /** @param onStop called when it begins to stop: none joins any more */
  constructor(all: readonly Executor[], onStop: () => void = () => undefined) {
    this.#onStop = onStop;
    this.#broken.promise.catch(() => undefined);
    for (const each of all) this.add(each);
  }

  get broken(): Promise<never> {
    return this.#broken.promise;
  }

  /** Adds an executor, which does from now on what the others do. */
  add(executor: Executor): void {
    if (this.#state === 'stopped') return;
    this.#all.push(executor);
    executor.broken.catch((error: unknown) => this.#broken.reject(error));
    for (const { listener, removers } of this.#listening) removers.push(executor.onChange(listener));
    if (this.#workers !== null) executor.setWorkers(this.#workers);
    if (this.#state === 'started') executor.start();
    if (this.#paused !== null) executor[this.#paused]();
  }

  start(): void {
    this.#state = 'started';
    for (const each of this.#all) each.start();
  }

  setWorkers(workers: number): void {
    this.#workers = workers;
    for (const each of this.#all) each.setWorkers(workers);
  }

  refill(): void {
    for (const each of this.#all) each.refill();
  }

  pause(): void {
    this.#paused = 'pause';
    for (const each of this.#all) each.pause();
  }

  resume(): void {
    this.#paused = null;
    for (const each of this.#all) each.resume();
  }

  suspend(): void {
    this.#paused = 'suspend';
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
    this.#state = 'stopped';
    this.#onStop();
    await Promise.all(this.#all.map((each) => each.stop()));
  }

  onChange(listener: (change: RunChange) => void): () => void {
    const listening = { listener, removers: this.#all.map((each) => each.onChange(listener)) };
    this.#listening.add(listening);
    return () => {
      this.#listening.delete(listening);
      for (const remove of listening.removers) remove();
    };
  }
}

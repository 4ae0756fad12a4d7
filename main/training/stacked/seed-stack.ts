import type { TrainerState } from '../classifier/trainer.ts';
import type { SlotStep, StackedNetworks } from './stacked-networks.ts';

interface Waiting {
  step: SlotStep;
  resolve: (loss: number) => void;
  reject: (error: unknown) => void;
}

/**
 * Who is in which slot of networks that are trained side by side, and when all of them take a step: as soon as each has
 * asked for one. A network that is looked at, written or read keeps the others waiting for that long; one that leaves
 * does not. The number of slots never changes, and an empty one computes with nothing: so what a network becomes does
 * not depend on who else is there.
 */
export class SeedStack {
  readonly #networks: StackedNetworks;
  readonly #taken = new Set<number>();
  #waiting = new Map<number, Waiting>();
  /** The call that the networks are at, as they take one at a time. */
  #last: Promise<unknown> = Promise.resolve();
  #disposed = false;

  constructor(networks: StackedNetworks) {
    this.#networks = networks;
  }

  /** True once the last network has left: the stack is of no more use. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /** Takes a free slot for a network that starts from this seed. */
  async join(seed: number): Promise<number> {
    const slot = Array.from({ length: this.#networks.slots }, (_, index) => index).find((k) => !this.#taken.has(k));
    if (slot === undefined) throw new Error('all slots are taken');
    this.#taken.add(slot);
    try {
      await this.#alone(async () => this.#networks.write(slot, await this.#networks.startOf(seed)));
      return slot;
    } catch (error) {
      this.leave(slot);
      throw error;
    }
  }

  /** Frees a slot. */
  leave(slot: number): void {
    this.#taken.delete(slot);
    if (this.#taken.size > 0) return this.#stepIfAllWait();
    this.#disposed = true;
    void this.#alone(async () => this.#networks.dispose());
  }

  /** Takes part in the next step, and gives the loss before it; not finite if it diverged. */
  train(slot: number, step: SlotStep): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(slot, { step, resolve, reject });
      this.#stepIfAllWait();
    });
  }

  measure(slot: number, images: Uint32Array): Promise<Float32Array> {
    return this.#alone(() => this.#networks.measure(slot, images));
  }

  read(slot: number): Promise<TrainerState> {
    return this.#alone(() => this.#networks.read(slot));
  }

  write(slot: number, state: TrainerState): Promise<void> {
    return this.#alone(() => this.#networks.write(slot, state));
  }

  #stepIfAllWait(): void {
    const waiting = this.#waiting;
    if (waiting.size < this.#taken.size) return;
    this.#waiting = new Map();
    const steps = Array.from({ length: this.#networks.slots }, (_, slot) => waiting.get(slot)?.step);
    this.#alone(() => this.#networks.train(steps)).then(
      (losses) => waiting.forEach(({ resolve }, slot) => resolve(losses[slot] as number)),
      (error: unknown) => waiting.forEach(({ reject }) => reject(error)),
    );
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

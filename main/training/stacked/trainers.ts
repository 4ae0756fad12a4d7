import type { ClassifierRecipe } from '../../contract/recipes/recipes.ts';
import { at } from '../../domain/numbers/arrays.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import { TrainingBatches } from '../classifier/images.ts';
import { encodeWeights, type TrainedStep, finiteStep, type Trainer, type TrainerState } from '../classifier/trainer.ts';
import type { TaughtDataSet } from '../classifier/soft-labels.ts';
import type { Engine } from '../engines/engine.ts';
import { type SlotStep, StackedNetworks } from './networks.ts';
import { detach } from '../../contract/wire/detach.ts';

/** Trainers of classifiers that share their steps with others of the same recipe and data. */
export class StackedTrainers {
  readonly #engine: Engine;
  #open: { key: string; stack: SeedStack } | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** A trainer from this seed, in the open stack or a new one. @throws UserError if the data set is too small */
  async join(recipe: ClassifierRecipe, seed: number, data: TaughtDataSet, slots: number): Promise<Trainer> {
    const batches = new TrainingBatches(recipe, seed, data);
    const key = canonicalJson([recipe, data.hash, slots]);
    if (this.#open === undefined || this.#open.stack.disposed) {
      this.#open = { key, stack: new SeedStack(new StackedNetworks(this.#engine, recipe, data, slots)) };
    }
    const { stack } = this.#open;
    if (this.#open.key !== key) throw new Error('a classifier of another recipe cannot share these steps');
    const slot = await stack.join(seed);
    // Used as if it were trained alone.
    return {
      stepsPerEpoch: batches.stepsPerEpoch,
      train: async (step) => finiteStep(await stack.train(slot, { batch: batches.batch(step), t: step }), step),
      testMargins: (images) => stack.testMargins(slot, images),
      readState: () => stack.read(slot),
      restore: (state) => stack.write(slot, state),
      encodeWeights: (parameters) => encodeWeights(recipe, data, parameters),
      dispose: () => stack.leave(slot),
    };
  }
}

interface StepRequest {
  step: SlotStep;
  resolve: (step: TrainedStep) => void;
  reject: (error: unknown) => void;
}

/**
 * Assigns slots to networks that are trained side by side, and runs a step as soon as every network has requested one.
 * Evaluating, writing or reading a network delays the others meanwhile; a network that leaves does not. The number of
 * slots never changes and empty slots compute on zeros, so a network's training does not depend on the others.
 */
class SeedStack {
  readonly #networks: StackedNetworks;
  readonly #taken = new Set<number>();
  #requests = new Map<number, StepRequest>();
  /** The end of the calls so far: the networks take one at a time. */
  #last: Promise<unknown> = Promise.resolve();
  #disposed = false;

  constructor(networks: StackedNetworks) {
    this.#networks = networks;
  }

  /** True once the last network has left: the stack cannot be used any more. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /** Takes a free slot for a network that starts from this seed. */
  async join(seed: number): Promise<number> {
    const slot = Array.from({ length: this.#networks.slots }, (_, index) => index).find((k) => !this.#taken.has(k));
    if (slot === undefined) throw new Error('all slots are taken');
    this.#taken.add(slot);
    try {
      await this.#exclusively(async () => this.#networks.write(slot, await this.#networks.initialState(seed)));
      return slot;
    } catch (error) {
      this.leave(slot);
      throw error;
    }
  }

  /** Frees a slot. */
  leave(slot: number): void {
    this.#taken.delete(slot);
    if (this.#taken.size > 0) return this.#stepIfAllRequested();
    this.#disposed = true;
    detach(this.#exclusively(async () => this.#networks.dispose()));
  }

  /** Takes part in the next step. The loss is not finite if the network diverged. */
  train(slot: number, step: SlotStep): Promise<TrainedStep> {
    return new Promise((resolve, reject) => {
      this.#requests.set(slot, { step, resolve, reject });
      this.#stepIfAllRequested();
    });
  }

  testMargins(slot: number, images: Uint32Array): Promise<Float32Array> {
    return this.#exclusively(() => this.#networks.testMargins(slot, images));
  }

  read(slot: number): Promise<TrainerState> {
    return this.#exclusively(() => this.#networks.read(slot));
  }

  write(slot: number, state: TrainerState): Promise<void> {
    return this.#exclusively(() => this.#networks.write(slot, state));
  }

  #stepIfAllRequested(): void {
    const requests = this.#requests;
    if (requests.size < this.#taken.size) return;
    this.#requests = new Map();
    const steps = Array.from({ length: this.#networks.slots }, (_, slot) => requests.get(slot)?.step);
    this.#exclusively(() => this.#networks.train(steps)).then(
      (trained) => requests.forEach(({ resolve }, slot) => resolve(at(trained, slot))),
      (error: unknown) => requests.forEach(({ reject }) => reject(error)),
    );
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

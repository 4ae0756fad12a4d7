import type { ClassifierRecipe } from '../../contract/recipes.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { encodeWeights, finiteLoss, type Trainer, type TrainerState } from '../classifier/trainer.ts';
import type { DataSet } from '../data/data-set.ts';
import type { Engine } from '../engines/engine.ts';
import { TrainingBatches } from '../classifier/training-batches.ts';
import type { ParameterValues } from '../weights/weights.ts';
import { SeedStack } from './seed-stack.ts';
import { StackedNetworks } from './stacked-networks.ts';

/** Trainers of classifiers that share their steps with others of the same recipe and data. */
export class StackedTrainers {
  readonly #engine: Engine;
  #open: { key: string; stack: SeedStack } | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * A classifier that starts from this seed, in a stack of `slots`: the one that is open, or a new one.
   * @throws UserError if the data set or the images are too small for the recipe
   */
  async join(recipe: ClassifierRecipe, seed: number, data: DataSet, slots: number): Promise<Trainer> {
    const batches = new TrainingBatches(recipe, seed, data);
    const key = canonicalJson([recipe, data.hash, slots]);
    if (this.#open === undefined || this.#open.stack.disposed) {
      this.#open = { key, stack: new SeedStack(new StackedNetworks(this.#engine, recipe, data, slots)) };
    }
    const { stack } = this.#open;
    if (this.#open.key !== key) throw new Error('a classifier of another recipe cannot share these steps');
    return new StackedTrainer(stack, await stack.join(seed), recipe, batches, data);
  }
}

/** One of the classifiers of a stack. To who trains it, it is as if it were alone. */
class StackedTrainer implements Trainer {
  readonly #stack: SeedStack;
  readonly #slot: number;
  readonly #recipe: ClassifierRecipe;
  readonly #batches: TrainingBatches;
  readonly #data: DataSet;

  constructor(stack: SeedStack, slot: number, recipe: ClassifierRecipe, batches: TrainingBatches, data: DataSet) {
    this.#stack = stack;
    this.#slot = slot;
    this.#recipe = recipe;
    this.#batches = batches;
    this.#data = data;
  }

  get stepsPerEpoch(): number {
    return this.#batches.stepsPerEpoch;
  }

  async train(step: number): Promise<number> {
    return finiteLoss(await this.#stack.train(this.#slot, { batch: this.#batches.at(step), t: step }), step);
  }

  measure(images: Uint32Array): Promise<Float32Array> {
    return this.#stack.measure(this.#slot, images);
  }

  state(): Promise<TrainerState> {
    return this.#stack.read(this.#slot);
  }

  restore(state: TrainerState): Promise<void> {
    return this.#stack.write(this.#slot, state);
  }

  encodeWeights(parameters: ParameterValues): Buffer {
    return encodeWeights(this.#recipe, this.#data, parameters);
  }

  dispose(): void {
    this.#stack.leave(this.#slot);
  }
}

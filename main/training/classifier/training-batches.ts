import type { ClassifierRecipe } from '../../contract/recipes.ts';
import { randomStream } from '../../domain/random.ts';
import { batchOrder, gatherLabels, indicesOfStep, stepsPerEpoch } from '../data/batches.ts';
import type { DataSet } from '../data/data-set.ts';
import type { Picked } from './image-source.ts';

/** What one training step takes. */
export interface TrainingBatch extends Picked {
  /** int32 [n] */
  labels: Int32Array;
  /** Seed of the step's dropout masks: two numbers in [0, 2^31). */
  dropoutSeed: [number, number];
}

/** What each step of a classifier's training takes: a function of (seed, step), whatever was asked for before. */
export class TrainingBatches {
  readonly stepsPerEpoch: number;
  readonly #recipe: ClassifierRecipe;
  readonly #seed: number;
  readonly #data: DataSet;
  #order: { epoch: number; indices: Uint32Array } | undefined;

  /** @throws UserError `data-set.smaller-than-batch` */
  constructor(recipe: ClassifierRecipe, seed: number, data: DataSet) {
    this.stepsPerEpoch = stepsPerEpoch(data.train.count, recipe.batch);
    this.#recipe = recipe;
    this.#seed = seed;
    this.#data = data;
  }

  /** Of step `step`, counted from 1. */
  at(step: number): TrainingBatch {
    const { train } = this.#data;
    const { batch, augmentation } = this.#recipe;
    const epoch = Math.floor((step - 1) / this.stepsPerEpoch);
    if (this.#order?.epoch !== epoch) {
      this.#order = { epoch, indices: batchOrder(this.#seed, epoch, train.count) };
    }
    const indices = indicesOfStep(this.#order.indices, batch, (step - 1) % this.stepsPerEpoch);
    const labels = gatherLabels(train, indices);
    const random = randomStream(this.#seed, 'dropout', step);
    const dropoutSeed: [number, number] = [random.int(0x7fff_ffff), random.int(0x7fff_ffff)];
    const change = augmentation && { change: { settings: augmentation, seed: this.#seed, epoch } };
    return { indices, ...change, labels, dropoutSeed };
  }
}

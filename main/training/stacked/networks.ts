import type { Variable } from '@tensorflow/tfjs-core';
import type { ClassifierRecipe } from '../../contract/recipes/recipes.ts';
import { at } from '../../domain/numbers/arrays.ts';
import { buildClassifier, initialSeeds } from '../architectures/classifiers.ts';
import type { Classifier, ImageShape } from '../architectures/model.ts';
import { checkpointMismatch, surroundings } from '../architectures/optimizer.ts';
import { loadParameters, parameterValues } from '../architectures/parameters.ts';
import {
  type ImageSource,
  imageSource,
  type InferName,
  type TestImages,
  testImages,
  type TrainingBatch,
} from '../classifier/images.ts';
import { mainLabels, targetFeed } from '../classifier/mixup.ts';
import type { TrainedStep, TrainerState } from '../classifier/trainer.ts';
import { countRight } from '../classifier/evaluation.ts';
import { stepsPerEpoch } from '../data/batches.ts';
import type { TaughtDataSet } from '../classifier/soft-labels.ts';
import type { Engine, Program } from '../engines/engine.ts';
import { stackedEngine } from '../engines/stacked.ts';
import { slotState, type Place, copySlot, type StackedOptimizer, stackedOptimizer, stackedStep } from './steps.ts';

/** A step of the network in one slot: its batch, and the step's number, from 1. */
export interface SlotStep {
  batch: TrainingBatch;
  t: number;
}

/**
 * Several classifiers of one recipe that are trained in one step. Their parameters have a leading axis of slots. To
 * evaluate or read one of them, its parameters are copied on the device into an ordinary network, so that this costs the
 * same as for a network trained alone. One call at a time.
 */
export class StackedNetworks {
  readonly slots: number;
  readonly #engine: Engine;
  readonly #recipe: ClassifierRecipe;
  readonly #shape: ImageShape;
  readonly #stacked: Classifier;
  readonly #single: Classifier;
  readonly #optimiser: StackedOptimizer;
  readonly #images: ImageSource;
  readonly #test: TestImages;
  readonly #program: Program<'train' | 'copy' | 'state' | InferName>;
  /**
   * Variables of all slots with the states that were written since the last step, copy or read. The engine gets them before the
   * next one, all at once: copying all slots for each of a hundred networks would take minutes.
   */
  #written: Map<Variable, Float32Array> | null = null;
  /** The slot that `#single` is a copy of. */
  #copied: number | null = null;

  /** @param slots at least 2 @throws UserError if the images do not suit the architecture */
  constructor(engine: Engine, recipe: ClassifierRecipe, data: TaughtDataSet, slots: number) {
    const { height, width, channels, classes } = data;
    const shape = { height, width, channels, classes: classes.length };
    const seeds = Array.from({ length: slots }, () => 0);
    const batches = { ...recipe, slots, classes: classes.length };
    this.slots = slots;
    this.#engine = engine;
    this.#recipe = recipe;
    this.#shape = shape;
    this.#stacked = buildClassifier(stackedEngine(engine, slots), recipe.architecture, shape, seeds);
    this.#single = buildClassifier(engine, recipe.architecture, shape, 0);
    this.#optimiser = stackedOptimizer(engine, this.#stacked.parameters, slots, {
      recipe: recipe.optimiser,
      ...surroundings(recipe, stepsPerEpoch(data.train.count, recipe.batch)),
    });
    this.#images = imageSource(engine, data, 'train', recipe.augmentation !== null);
    this.#test = testImages(engine, this.#single, recipe.architecture.kind, data);
    this.#program = engine.compile({
      train: stackedStep(engine, this.#stacked, this.#optimiser, batches, this.#images),
      copy: copySlot(engine, this.#stacked, this.#single),
      state: slotState(engine, this.#optimiser),
      ...this.#test.entries,
    });
  }

  /** One step of all slots; empty ones compute on zeros. */
  async train(steps: readonly (SlotStep | undefined)[]): Promise<TrainedStep[]> {
    const { tf } = this.#engine;
    const { batch } = this.#recipe;
    this.#pass();
    const labels = new Int32Array(this.slots * batch);
    const seeds = new Int32Array(this.slots * 2);
    steps.forEach((step, slot) => {
      if (!step) return;
      labels.set(step.batch.labels, slot * batch);
      seeds.set(step.batch.dropoutSeed, slot * 2);
    });
    const inputs = {
      images: this.#images.input(
        steps.map((step) => step?.batch ?? null),
        batch,
      ),
      labels: tf.tensor1d(labels, 'int32'),
      dropoutSeeds: tf.tensor2d(seeds, [this.slots, 2], 'int32'),
      ...targetFeed(
        tf,
        steps.map((step) => step?.batch),
        batch,
        this.#shape.classes,
      ),
      ...this.#optimiser.feed(steps.map((step) => step?.t)),
    };
    this.#copied = null;
    const { losses, logits } = await this.#program.run.train(inputs);
    tf.dispose(Object.values(inputs));
    if (!losses || !logits) throw new Error('the training step gave no losses or no logits');
    const size = logits.length / this.slots;
    return Array.from(losses, (loss, slot) => ({
      loss,
      right: countRight(
        logits.subarray(slot * size, (slot + 1) * size),
        steps[slot] ? mainLabels(steps[slot].batch) : labels.subarray(slot * batch, (slot + 1) * batch),
      ),
    }));
  }

  /** Margins of these test images by the network in a slot, at most as many as the longest evaluation chunk. */
  async testMargins(slot: number, images: Uint32Array): Promise<Float32Array> {
    await this.#copy(slot);
    return this.#test.margins(this.#program.run, images);
  }

  /** The training state of the network in a slot, in the same form as that of a network trained alone. */
  async read(slot: number): Promise<TrainerState> {
    await this.#copy(slot);
    const parameters = await parameterValues(this.#engine, this.#single);
    const rows = await this.#withSlot(slot, (input) => this.#program.run.state({ slot: input }));
    const optimiser: TrainerState['optimiser'] = {};
    this.#eachArray((key, name, { size }, from) => {
      optimiser[key] = (rows[name] as Float32Array).slice(from, from + size);
    });
    return { parameters, optimiser };
  }

  /** Writes all of a state into a slot, or nothing. @throws UserError `weights.mismatch`, `checkpoint.mismatch` */
  async write(slot: number, { parameters, optimiser }: TrainerState): Promise<void> {
    this.#eachArray((key, _name, { size }) => {
      if (optimiser[key]?.length !== size) throw checkpointMismatch(key);
    });
    const written = this.#written ?? (await this.#values());
    loadParameters(this.#engine, this.#single, parameters);
    this.#copied = slot;
    this.#written = written;
    const { state } = this.#optimiser;
    const set = (variable: Variable | undefined, values: ArrayLike<number> = [], from = 0): void => {
      const all = variable && written.get(variable);
      if (!all) throw new Error('a variable of the stack was not read');
      all.set(values, (slot * all.length) / this.slots + from);
    };
    for (const { name, variable } of this.#stacked.parameters) set(variable, parameters[name]?.values);
    this.#eachArray((key, name, _place, from) => set(state[name], optimiser[key], from));
  }

  /** The values of the variables of all slots. */
  async #values(): Promise<Map<Variable, Float32Array>> {
    const parameters = this.#stacked.parameters.map(({ variable }) => variable);
    const variables = [...parameters, ...Object.values(this.#optimiser.state)];
    const values = await this.#engine.read(variables);
    return new Map(variables.map((variable, index) => [variable, at(values, index)]));
  }

  /** Writes the states that wait for it on the engine. */
  #pass(): void {
    if (this.#written) this.#engine.write(this.#written);
    this.#written = null;
  }

  /** The state before the first step. */
  async initialState(seed: number): Promise<TrainerState> {
    const seeds = initialSeeds(this.#recipe, seed);
    const network = buildClassifier(this.#engine, this.#recipe.architecture, this.#shape, seeds);
    const parameters = await parameterValues(this.#engine, network);
    network.dispose();
    const optimiser: TrainerState['optimiser'] = {};
    this.#eachArray((key, _name, { size }) => (optimiser[key] = new Float32Array(size)));
    return { parameters, optimiser };
  }

  dispose(): void {
    this.#written = null;
    this.#program.dispose();
    this.#images.dispose();
    this.#test.dispose();
    this.#optimiser.dispose();
    this.#stacked.dispose();
    this.#single.dispose();
  }

  async #copy(slot: number): Promise<void> {
    if (this.#copied === slot) return;
    this.#copied = null;
    await this.#withSlot(slot, (input) => this.#program.run.copy({ slot: input }));
    this.#copied = slot;
  }

  async #withSlot<T>(slot: number, run: (input: ReturnType<Engine['tf']['tensor1d']>) => Promise<T>): Promise<T> {
    this.#pass();
    const input = this.#engine.tf.tensor1d([slot], 'int32');
    const result = await run(input);
    input.dispose();
    return result;
  }

  /** Visits each array of an optimizer's state, with its key there, its name in the rule, and its place in a row. */
  #eachArray(visit: (key: string, name: string, place: Place, from: number) => void): void {
    let from = 0;
    for (const place of this.#optimiser.places) {
      for (const name of Object.keys(this.#optimiser.state)) visit(`${place.name}/${name}`, name, place, from);
      from += place.size;
    }
  }
}

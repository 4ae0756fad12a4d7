import type { ClassifierRecipe } from '../../contract/recipes.ts';
import { buildClassifier } from '../architectures/build.ts';
import type { Classifier, ImageShape } from '../architectures/model.ts';
import { adamSettings, misfit } from '../architectures/optimiser.ts';
import { loadParameters, parameterValues } from '../architectures/parameters.ts';
import { type ImageSource, imageSource, type InferName, TestImages, type TrainingBatch } from '../classifier/images.ts';
import type { TrainerState } from '../classifier/trainer.ts';
import type { DataSet } from '../data/data-set.ts';
import type { AdamSettings, Engine, Program } from '../engines/engine.ts';
import { stackedEngine } from './ops.ts';
import { adamRates, momentsOfSlot, type Place, showSlot, StackedAdam, stackedStep } from './steps.ts';

/** What the network in one slot does in a step: its batch, and the step's number, from 1. */
export interface SlotStep {
  batch: TrainingBatch;
  t: number;
}

/**
 * Several classifiers of one recipe, whose parameters have a leading axis of slots, and which are trained in one step.
 * All that concerns a single network (looking at its accuracy, reading its weights) is done with an ordinary network
 * into which the slot's parameters are copied on the device, so it costs what it costs there. One call at a time.
 */
export class StackedNetworks {
  readonly slots: number;
  readonly #engine: Engine;
  readonly #recipe: ClassifierRecipe;
  readonly #shape: ImageShape;
  readonly #settings: AdamSettings;
  readonly #stacked: Classifier;
  readonly #single: Classifier;
  readonly #adam: StackedAdam;
  readonly #images: ImageSource;
  readonly #test: TestImages;
  readonly #program: Program<'train' | 'show' | 'moments' | InferName>;
  /** The slot whose parameters `#single` has. */
  #shown: number | null = null;

  /**
   * @param slots at least 2
   * @throws UserError if the images do not suit the architecture
   */
  constructor(engine: Engine, recipe: ClassifierRecipe, data: DataSet, slots: number) {
    const { height, width, classes } = data;
    const shape = { height, width, channels: 1, classes: classes.length };
    const seeds = Array.from({ length: slots }, () => 0);
    const settings = adamSettings(recipe.optimiser);
    const stacked = buildClassifier(stackedEngine(engine, slots), recipe.architecture, shape, seeds);
    const single = buildClassifier(engine, recipe.architecture, shape, 0);
    const adam = new StackedAdam(engine, stacked.parameters, slots, settings);
    const images = imageSource(engine, data, 'train', recipe.augmentation !== null);
    this.slots = slots;
    this.#engine = engine;
    this.#recipe = recipe;
    this.#shape = shape;
    this.#settings = settings;
    this.#stacked = stacked;
    this.#single = single;
    this.#adam = adam;
    this.#images = images;
    this.#test = new TestImages(engine, single, recipe.architecture.kind, data);
    this.#program = engine.compile({
      train: stackedStep(engine, stacked, adam, slots, recipe.batch, images),
      show: showSlot(engine, stacked, single),
      moments: momentsOfSlot(engine, adam),
      ...this.#test.entries,
    });
  }

  /**
   * One step of all slots. Those without a network (undefined) compute with nothing and stay as they are.
   * @returns the mean cross-entropy of each slot's batch before the update, in nats; not finite where it diverged
   */
  async train(steps: readonly (SlotStep | undefined)[]): Promise<Float32Array> {
    const { tf } = this.#engine;
    const { batch } = this.#recipe;
    const labels = new Int32Array(this.slots * batch);
    const seeds = new Int32Array(this.slots * 2);
    const stepSizes = new Float32Array(this.slots);
    const epsilons = new Float32Array(this.slots).fill(1);
    steps.forEach((step, slot) => {
      if (!step) return;
      labels.set(step.batch.labels, slot * batch);
      seeds.set(step.batch.dropoutSeed, slot * 2);
      const rates = adamRates(this.#settings, step.t);
      stepSizes[slot] = rates.stepSize;
      epsilons[slot] = rates.epsilon;
    });
    const picks = Array.from(steps, (step) => step?.batch ?? null);
    const inputs = {
      images: this.#images.give(picks, batch),
      labels: tf.tensor1d(labels, 'int32'),
      dropoutSeeds: tf.tensor2d(seeds, [this.slots, 2], 'int32'),
      stepSize: tf.tensor2d(stepSizes, [this.slots, 1]),
      epsilon: tf.tensor2d(epsilons, [this.slots, 1]),
    };
    this.#shown = null;
    const { losses } = await this.#program.run.train(inputs);
    tf.dispose(Object.values(inputs));
    if (!losses) throw new Error('the training step gave no losses');
    return losses;
  }

  /** Margins of these test images by the network in a slot, at most as many as the longest part of a look. */
  async measure(slot: number, images: Uint32Array): Promise<Float32Array> {
    await this.#show(slot);
    return this.#test.margins(this.#program.run, images);
  }

  /** All that training changes of the network in a slot, as a network that is trained alone would give it. */
  async read(slot: number): Promise<TrainerState> {
    await this.#show(slot);
    const parameters = await parameterValues(this.#engine, this.#single);
    const rows = await this.#withSlot(slot, (input) => this.#program.run.moments({ slot: input }));
    const optimiser: TrainerState['optimiser'] = {};
    this.#eachMoment((key, moment, { size }, from) => {
      optimiser[key] = (rows[moment] as Float32Array).slice(from, from + size);
    });
    return { parameters, optimiser };
  }

  /**
   * Puts a network's state into a slot. The whole stack goes to the host and back for that, but it is rare.
   * @throws UserError `weights.mismatch`, `checkpoint.mismatch`; the slot is then unchanged.
   */
  async write(slot: number, { parameters, optimiser }: TrainerState): Promise<void> {
    this.#eachMoment((key, _moment, { size }) => {
      if (optimiser[key]?.length !== size) throw misfit(key);
    });
    loadParameters(this.#engine, this.#single, parameters);
    this.#shown = slot;
    const variables = [...this.#stacked.parameters.map(({ variable }) => variable), this.#adam.m, this.#adam.v];
    const values = await this.#engine.read(variables);
    const start = (all: Float32Array): number => (slot * all.length) / this.slots;
    this.#stacked.parameters.forEach(({ name }, index) => {
      const all = values[index] as Float32Array;
      all.set(parameters[name]?.values ?? [], start(all));
    });
    const moments = { m: values.at(-2) as Float32Array, v: values.at(-1) as Float32Array };
    this.#eachMoment((key, moment, _place, from) => {
      moments[moment].set(optimiser[key] ?? [], start(moments[moment]) + from);
    });
    this.#engine.write(new Map(variables.map((variable, index) => [variable, values[index] as Float32Array])));
  }

  /** The state that a network starts from. */
  async startOf(seed: number): Promise<TrainerState> {
    const network = buildClassifier(this.#engine, this.#recipe.architecture, this.#shape, seed);
    const parameters = await parameterValues(this.#engine, network);
    network.dispose();
    const optimiser: TrainerState['optimiser'] = {};
    this.#eachMoment((key, _moment, { size }) => (optimiser[key] = new Float32Array(size)));
    return { parameters, optimiser };
  }

  dispose(): void {
    this.#program.dispose();
    this.#images.dispose();
    this.#test.dispose();
    this.#adam.dispose();
    this.#stacked.dispose();
    this.#single.dispose();
  }

  async #show(slot: number): Promise<void> {
    if (this.#shown === slot) return;
    this.#shown = null;
    await this.#withSlot(slot, (input) => this.#program.run.show({ slot: input }));
    this.#shown = slot;
  }

  async #withSlot<T>(slot: number, run: (input: ReturnType<Engine['tf']['tensor1d']>) => Promise<T>): Promise<T> {
    const input = this.#engine.tf.tensor1d([slot], 'int32');
    const result = await run(input);
    input.dispose();
    return result;
  }

  /** Each array of an optimiser's state, by the name it has there, with its place in a row of the moments. */
  #eachMoment(visit: (key: string, moment: 'm' | 'v', place: Place, from: number) => void): void {
    let from = 0;
    for (const place of this.#adam.places) {
      for (const moment of ['m', 'v'] as const) visit(`${place.name}/${moment}`, moment, place, from);
      from += place.size;
    }
  }
}

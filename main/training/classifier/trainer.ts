import { UserError } from '../../contract/wire/errors.ts';
import type { ClassifierRecipe } from '../../contract/recipes/recipes.ts';
import { buildClassifier, initialSeeds } from '../architectures/classifiers.ts';
import type { Classifier } from '../architectures/model.ts';
import { loadParameters, parameterValues } from '../architectures/parameters.ts';
import { classifierStep } from '../architectures/classifier-steps.ts';
import type { DataSet } from '../data/data-set.ts';
import { type Optimizer, optimizer, surroundings } from '../architectures/optimizer.ts';
import type { Engine, Program } from '../engines/engine.ts';
import { countRight } from './evaluation.ts';
import { mainLabels, targetFeed } from './mixup.ts';
import type { TaughtDataSet } from './soft-labels.ts';
import {
  type ImageSource,
  imageSource,
  type InferName,
  type TestImages,
  testImages,
  TrainingBatches,
} from './images.ts';
import { type ClassifierMeta, encodeClassifierWeights, type ParameterValues } from '../weights/weights.ts';

/** All that a training step changes. */
export interface TrainerState {
  parameters: ParameterValues;
  /** What the optimizer keeps for each weight, by name, e.g. Adam's moments. */
  optimiser: Record<string, Float32Array>;
}

/** What a batch gave before its step. */
export interface TrainedStep {
  /** Mean cross-entropy, in nats. */
  loss: number;
  /** Images of the batch, augmented and with dropout, that the network put into their class. */
  right: number;
}

/** A classifier in training: its steps, evaluations and state. One call at a time. */
export interface Trainer {
  readonly stepsPerEpoch: number;
  /** Steps count from 1. @throws UserError `training.diverged` */
  train(step: number): Promise<TrainedStep>;
  /** Margins of these test images (`computeMargins`), at most as many as the longest evaluation chunk. */
  testMargins(images: Uint32Array): Promise<Float32Array>;
  readState(): Promise<TrainerState>;
  /** @throws UserError `weights.mismatch`, `checkpoint.mismatch` */
  restore(state: TrainerState): Promise<void>;
  /** The weights as a blob for predictions and candidates. */
  encodeWeights(parameters: ParameterValues): Buffer;
  dispose(): void;
}

/** Makes the trainer of a run, e.g. one that shares its steps with other seeds. */
export type CreateTrainer = (recipe: ClassifierRecipe, seed: number, data: TaughtDataSet) => Promise<Trainer>;

/** Trains one classifier. Repeating a step from the same state gives the same weights (`TrainingBatches`). */
export class ClassifierTrainer implements Trainer {
  readonly #engine: Engine;
  readonly #recipe: ClassifierRecipe;
  readonly #data: DataSet;
  readonly #batches: TrainingBatches;
  readonly #classifier: Classifier;
  readonly #optimiser: Optimizer;
  readonly #images: ImageSource;
  readonly #test: TestImages;
  readonly #program: Program<'train' | InferName>;

  /** @throws UserError if the data set or the images are too small for the recipe */
  constructor(engine: Engine, recipe: ClassifierRecipe, seed: number, data: TaughtDataSet) {
    const { height, width, channels, classes } = data;
    const shape = { height, width, channels, classes: classes.length };
    this.#batches = new TrainingBatches(recipe, seed, data);
    this.#engine = engine;
    this.#recipe = recipe;
    this.#data = data;
    this.#classifier = buildClassifier(engine, recipe.architecture, shape, initialSeeds(recipe, seed));
    this.#optimiser = optimizer(
      engine,
      this.#classifier.parameters,
      recipe.optimiser,
      surroundings(recipe, this.#batches.stepsPerEpoch),
    );
    this.#images = imageSource(engine, data, 'train', recipe.augmentation !== null);
    this.#test = testImages(engine, this.#classifier, recipe.architecture.kind, data);
    this.#program = engine.compile({
      train: classifierStep(engine, this.#classifier, this.#optimiser, recipe.batch, this.#images, {
        ...recipe,
        classes: classes.length,
      }),
      ...this.#test.entries,
    });
  }

  get stepsPerEpoch(): number {
    return this.#batches.stepsPerEpoch;
  }

  async train(step: number): Promise<TrainedStep> {
    const { tf } = this.#engine;
    const batch = this.#batches.batch(step);
    const inputs = {
      images: this.#images.input([batch], this.#recipe.batch),
      labels: tf.tensor1d(batch.labels, 'int32'),
      dropoutSeed: tf.tensor1d(batch.dropoutSeed, 'int32'),
      ...targetFeed(tf, [batch], this.#recipe.batch, this.#data.classes.length),
      ...this.#optimiser.feed(step),
    };
    const { loss, logits } = await this.#program.run.train(inputs);
    tf.dispose(Object.values(inputs));
    if (!logits) throw new Error('the training step gave no logits');
    return finiteStep({ loss: loss?.[0] ?? Number.NaN, right: countRight(logits, mainLabels(batch)) }, step);
  }

  testMargins(images: Uint32Array): Promise<Float32Array> {
    return this.#test.margins(this.#program.run, images);
  }

  async readState(): Promise<TrainerState> {
    return {
      parameters: await parameterValues(this.#engine, this.#classifier),
      optimiser: await this.#optimiser.readState(),
    };
  }

  async restore(state: TrainerState): Promise<void> {
    loadParameters(this.#engine, this.#classifier, state.parameters);
    this.#optimiser.load(state.optimiser);
  }

  encodeWeights(parameters: ParameterValues): Buffer {
    return encodeWeights(this.#recipe, this.#data, parameters);
  }

  dispose(): void {
    this.#program.dispose();
    this.#images.dispose();
    this.#test.dispose();
    this.#optimiser.dispose();
    this.#classifier.dispose();
  }
}

/** @throws UserError `training.diverged` */
export function finiteStep(trained: TrainedStep, step: number): TrainedStep {
  if (Number.isFinite(trained.loss)) return trained;
  throw new UserError(
    'training.diverged',
    `The loss is not a number at step ${step}`,
    'recipe.optimiser',
    'Choose a lower learning rate.',
  );
}

/** A classifier's weights as a blob, with its architecture, the form of its inputs and its classes. */
export function encodeWeights({ architecture }: ClassifierRecipe, data: DataSet, parameters: ParameterValues): Buffer {
  const { height, width, channels, mean, std, classes } = data;
  const form = { height, width, channels, mean, std };
  const meta: ClassifierMeta = { architecture, form, classes: [...classes] };
  return encodeClassifierWeights({ meta, parameters });
}

import { UserError } from '../contract/errors.ts';
import type { ClassifierRecipe } from '../contract/recipes.ts';
import { randomStream } from '../domain/random.ts';
import { buildClassifier } from './architectures/build.ts';
import type { Classifier } from './architectures/model.ts';
import { loadParameters, parameterValues } from './architectures/parameters.ts';
import { classifierInfer, classifierStep } from './architectures/steps.ts';
import { margins } from './counting.ts';
import { type Batch, batchOrder, gatherBatch, indicesOfStep, stepsPerEpoch } from './data/batches.ts';
import type { DataSet } from './data/data-set.ts';
import { adamSettings, Optimiser } from './engines/adam.ts';
import type { Engine, Program } from './engines/engine.ts';
import { type ClassifierMeta, encodeClassifierWeights, type ParameterValues } from './weights.ts';

/** Everything that a training step changes. */
export interface TrainerState {
  parameters: ParameterValues;
  /** Adam's moments by name. */
  optimiser: Record<string, Float32Array>;
}

/** Test images evaluated at a time. Small enough that a stop is heard soon, large enough to keep an engine busy. */
export const evaluationBatch = 100;

/**
 * A classifier in training: one step, one look, its state. Batch order, dropout and augmentation of a step are functions
 * of (seed, step), so a step done again from the same state gives the same weights.
 */
export class ClassifierTrainer {
  readonly stepsPerEpoch: number;
  readonly #engine: Engine;
  readonly #recipe: ClassifierRecipe;
  readonly #seed: number;
  readonly #data: DataSet;
  readonly #classifier: Classifier;
  readonly #optimiser: Optimiser;
  readonly #program: Program<'train' | 'infer'>;
  #order: { epoch: number; indices: Uint32Array } | undefined;

  /** @throws UserError if the data set or the images are too small for the recipe */
  constructor(engine: Engine, recipe: ClassifierRecipe, seed: number, data: DataSet) {
    const { height, width, classes } = data;
    const shape = { height, width, channels: 1, classes: classes.length };
    this.stepsPerEpoch = stepsPerEpoch(data.train.count, recipe.batch);
    this.#engine = engine;
    this.#recipe = recipe;
    this.#seed = seed;
    this.#data = data;
    this.#classifier = buildClassifier(engine, recipe.architecture, shape, seed);
    this.#optimiser = new Optimiser(engine, this.#classifier.parameters, adamSettings(recipe.optimiser));
    this.#program = engine.compile({
      train: classifierStep(engine, this.#classifier, this.#optimiser, recipe.batch, shape),
      infer: classifierInfer(this.#classifier, evaluationBatch, shape),
    });
  }

  /**
   * One training step, counted from 1.
   * @returns the batch's mean cross-entropy before the update, in nats
   * @throws UserError `training.diverged` if it is not finite
   */
  async train(step: number): Promise<number> {
    const { tf } = this.#engine;
    const { images, labels } = this.#batch(step);
    const { height, width } = this.#data;
    const random = randomStream(this.#seed, 'dropout', step);
    const inputs = {
      images: tf.tensor4d(images, [labels.length, height, width, 1]),
      labels: tf.tensor1d(labels, 'int32'),
      dropoutSeed: tf.tensor1d([random.int(0x7fff_ffff), random.int(0x7fff_ffff)], 'int32'),
      t: tf.scalar(step),
    };
    const { loss: losses } = await this.#program.run.train(inputs);
    tf.dispose(Object.values(inputs));
    const loss = losses?.[0] ?? Number.NaN;
    if (Number.isFinite(loss)) return loss;
    throw new UserError({
      code: 'training.diverged',
      what: `The loss is not a number at step ${step}`,
      where: 'recipe.optimiser',
      remedy: 'Choose a smaller step size.',
    });
  }

  /** Margins of these test images, at most `evaluationBatch` of them. */
  async measure(images: Uint32Array): Promise<Float32Array> {
    const { tf } = this.#engine;
    const { height, width, test, classes } = this.#data;
    // One shape for all: the last, smaller part is filled up with image 0.
    const filled = new Uint32Array(evaluationBatch);
    filled.set(images);
    const batch = gatherBatch(test, filled, this.#data);
    const input = tf.tensor4d(batch.images, [evaluationBatch, height, width, 1]);
    const { logits } = await this.#program.run.infer({ images: input });
    input.dispose();
    if (!logits) throw new Error('the inference step gave no logits');
    return margins(logits, batch.labels.subarray(0, images.length), classes.length);
  }

  async state(): Promise<TrainerState> {
    return {
      parameters: await parameterValues(this.#engine, this.#classifier),
      optimiser: await this.#optimiser.state(),
    };
  }

  /** @throws UserError `weights.mismatch`, `checkpoint.mismatch` */
  restore(state: TrainerState): void {
    loadParameters(this.#engine, this.#classifier, state.parameters);
    this.#optimiser.load(state.optimiser);
  }

  /** The weights as a blob that predictions and candidates can use. */
  encodeWeights(parameters: ParameterValues): Buffer {
    const { height, width, mean, std, classes } = this.#data;
    const meta: ClassifierMeta = {
      architecture: this.#recipe.architecture,
      form: { height, width, mean, std },
      classes: [...classes],
    };
    return encodeClassifierWeights({ meta, parameters });
  }

  dispose(): void {
    this.#program.dispose();
    this.#optimiser.dispose();
    this.#classifier.dispose();
  }

  #batch(step: number): Batch {
    const { train } = this.#data;
    const { batch, augmentation } = this.#recipe;
    const epoch = Math.floor((step - 1) / this.stepsPerEpoch);
    if (this.#order?.epoch !== epoch) {
      this.#order = { epoch, indices: batchOrder(this.#seed, epoch, train.count) };
    }
    const indices = indicesOfStep(this.#order.indices, batch, (step - 1) % this.stepsPerEpoch);
    const change = augmentation ? { settings: augmentation, seed: this.#seed, epoch } : undefined;
    return gatherBatch(train, indices, this.#data, change);
  }
}

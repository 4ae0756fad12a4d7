import type { Tensor } from '@tensorflow/tfjs-core';
import { UserError } from '../../contract/wire/errors.ts';
import { optimizerSchema } from '../../contract/recipes/optimizers.ts';
import type { GeneratorRecipe } from '../../contract/recipes/recipes.ts';
import { at } from '../../domain/numbers/arrays.ts';
import type { ImageSize } from '../../domain/data/images.ts';
import { checkGenerator } from '../../domain/networks/trainable.ts';
import { randomStream } from '../../domain/random/random.ts';
import { type LatentSpace, pointLength } from '../../domain/anchors/latents.ts';
import { buildDiscriminator, buildGenerator, type GeneratorShape, generatorShape } from '../architectures/dcgan.ts';
import { ganStep, stepAugmentations } from '../architectures/gan-step.ts';
import type { Discriminator, GeneratorNet } from '../architectures/model.ts';
import { loadParameters, parameterValues } from '../architectures/parameters.ts';
import { batchOrder, stepIndices, stepsPerEpoch } from '../data/batches.ts';
import type { DataSet } from '../data/data-set.ts';
import { createUnitRangeGather, type UnitRangeGather } from './images.ts';
import { type Optimizer, optimizer } from '../architectures/optimizer.ts';
import type { Engine, Program } from '../engines/engine.ts';
import { imageRenderer, renderEntry } from './renderer.ts';
import { encodeGeneratorWeights, type ParameterValues } from '../weights/weights.ts';

/** All that a step of adversarial training changes. */
export interface GanState {
  generator: ParameterValues;
  discriminator: ParameterValues;
  /** The averaged generator, if the recipe has one. */
  average: ParameterValues | null;
  /** Adam's moments by name, of both networks: their names differ. */
  optimisers: Record<string, Float32Array>;
}

export const ganSeries = ['lossD', 'lossG', 'dReal', 'dFake'] as const;
type GanLosses = Record<(typeof ganSeries)[number], number>;

/** A DCGAN in training. A step is a function of the state before it and of (seed, step). */
export class GanTrainer {
  readonly render: ReturnType<typeof imageRenderer>;
  readonly #engine: Engine;
  readonly #recipe: GeneratorRecipe;
  readonly #seed: number;
  readonly #data: DataSet;
  readonly #shape: GeneratorShape;
  readonly #generator: GeneratorNet;
  /** The net that makes the samples: the generator, or its average. */
  readonly #sampled: GeneratorNet;
  readonly #discriminator: Discriminator;
  readonly #optimisers: { generator: Optimizer; discriminator: Optimizer };
  readonly #program: Program<'train' | 'infer'>;
  readonly #gather: UnitRangeGather;
  readonly #stepsPerEpoch: number;
  #order: { epoch: number; indices: Uint32Array } | undefined;

  /** @throws UserError where the recipe cannot be trained on these images: `generatorMisfit` */
  constructor(engine: Engine, recipe: GeneratorRecipe, seed: number, data: DataSet) {
    checkGenerator(recipe, { channels: data.channels, trainCount: data.train.count }, 'generator.recipe');
    this.#engine = engine;
    this.#recipe = recipe;
    this.#seed = seed;
    this.#data = data;
    this.#stepsPerEpoch = stepsPerEpoch(data.train.count, recipe.batch);
    this.#shape = generatorShape(recipe, data.classes.length);
    const generator = buildGenerator(engine, this.#shape, seed);
    const discriminator = buildDiscriminator(engine, { ...this.#shape, ...recipe }, seed);
    const { stepSize, beta1, average } = recipe;
    this.#sampled = average === undefined ? generator : buildGenerator(engine, this.#shape, seed);
    const adam = optimizerSchema.parse({ stepSize, beta1 });
    const generatorOptimiser = optimizer(engine, generator.parameters, adam);
    const discriminatorOptimiser = optimizer(engine, discriminator.parameters, adam);
    this.#generator = generator;
    this.#discriminator = discriminator;
    this.#optimisers = { generator: generatorOptimiser, discriminator: discriminatorOptimiser };
    const adversaries = {
      generator,
      discriminator,
      generatorOptimiser,
      discriminatorOptimiser,
      average: average === undefined ? undefined : { net: this.#sampled, decay: average },
    };
    this.#program = engine.compile({
      train: ganStep(engine, adversaries, recipe.batch, recipe),
      infer: renderEntry(this.#sampled),
    });
    this.#gather = createUnitRangeGather(data, generator.size);
    this.render = imageRenderer(engine, this.#sampled, this.#program.run.infer);
  }

  /** Size of the generator's images. */
  get size(): ImageSize {
    return this.#generator.size;
  }

  /** One step, from 1: discriminator, then generator. @throws UserError `training.diverged` if a loss is not finite */
  async train(step: number): Promise<GanLosses> {
    const { tf } = this.#engine;
    const { batch } = this.#recipe;
    const { size, space } = this.#generator;
    const inputs = {
      images: tf.tensor4d(this.realImages(step), [batch, size.height, size.width, size.channels]),
      z: tf.tensor2d(this.#points(step), [batch, pointLength(space)]),
      t: tf.scalar(step),
      ...(space.classes > 0 && { classes: tf.tensor2d(this.#realClasses(step), [batch, space.classes]) }),
      ...this.#augmentationInputs(step),
    };
    const values = await this.#program.run.train(inputs);
    tf.dispose(Object.values(inputs));
    const losses = Object.fromEntries(ganSeries.map((name) => [name, values[name]?.[0] ?? Number.NaN])) as GanLosses;
    if (Object.values(losses).every(Number.isFinite)) return losses;
    throw new UserError(
      'training.diverged',
      `A loss of the generator's training is not a number at step ${step}`,
      'generator.recipe',
      'Choose a lower learning rate, or another seed.',
    );
  }

  /** The real images of a step, float32 [batch, height, width, channels] in [-1, 1]. */
  realImages(step: number): Float32Array {
    return this.#gather(this.#data.train, this.#indices(step));
  }

  /** The training images of a step. */
  #indices(step: number): Uint32Array {
    const epoch = Math.floor((step - 1) / this.#stepsPerEpoch);
    if (this.#order?.epoch !== epoch) {
      this.#order = { epoch, indices: batchOrder(this.#seed, epoch, this.#data.train.count) };
    }
    const position = (step - 1) % this.#stepsPerEpoch;
    return stepIndices(this.#order.indices, this.#recipe.batch, position);
  }

  #augmentationInputs(step: number): Record<string, Tensor> {
    const { batch } = this.#recipe;
    const inputs = Object.entries(stepAugmentations(this.#recipe, this.size.width)).flatMap(([name, augmentations]) => {
      const forms = augmentations.inputs(batch);
      const drawn = augmentations.draw(batch, randomStream(this.#seed, 'gan-augmentation', name, step));
      return Object.entries(drawn).map(([key, values]) => {
        return [key, this.#engine.tf.tensor(values, [...forms[key]!.shape])] as const;
      });
    });
    return Object.fromEntries(inputs);
  }

  /** The latent points of a step; the classes asked for are drawn uniformly. */
  #points(step: number): Float32Array {
    const { batch, latent } = this.#recipe;
    const { space } = this.#generator;
    const z = normals(batch * latent, this.#seed, 'z', step);
    if (space.classes === 0) return z;
    const random = randomStream(this.#seed, 'classes', step);
    return withClasses(z, space, () => random.int(space.classes));
  }

  /** One-hot [batch, classes] of the real images of a step. */
  #realClasses(step: number): Float32Array {
    const { classes } = this.#generator.space;
    const indices = this.#indices(step);
    const oneHot = new Float32Array(indices.length * classes);
    indices.forEach((index, n) => {
      oneHot[n * classes + at(this.#data.train.labels, index)] = 1;
    });
    return oneHot;
  }

  /**
   * `count` latent points that stay the same during a training, to show its progress. Those of a conditional generator
   * ask for one class after the other, each for as many.
   */
  fixedLatents(count: number): Float32Array {
    const z = normals(count * this.#recipe.latent, this.#seed, 'fixed-z');
    const { space } = this.#generator;
    return space.classes === 0 ? z : withClasses(z, space, (n) => Math.floor((n * space.classes) / count));
  }

  async readState(): Promise<GanState> {
    return {
      generator: await parameterValues(this.#engine, this.#generator),
      discriminator: await parameterValues(this.#engine, this.#discriminator),
      average: this.#average ? await parameterValues(this.#engine, this.#average) : null,
      optimisers: {
        ...(await this.#optimisers.generator.readState()),
        ...(await this.#optimisers.discriminator.readState()),
      },
    };
  }

  /** @throws UserError `weights.mismatch`, `checkpoint.mismatch` */
  restore(state: GanState): void {
    loadParameters(this.#engine, this.#generator, state.generator);
    loadParameters(this.#engine, this.#discriminator, state.discriminator);
    if (this.#average) loadParameters(this.#engine, this.#average, state.average ?? {});
    this.#optimisers.generator.load(state.optimisers);
    this.#optimisers.discriminator.load(state.optimisers);
  }

  /** The net that makes the samples, as a blob. */
  async encodeWeights(): Promise<Buffer> {
    const parameters = await parameterValues(this.#engine, this.#sampled);
    return encodeGeneratorWeights({ meta: this.#shape, parameters });
  }

  dispose(): void {
    this.#program.dispose();
    this.#optimisers.generator.dispose();
    this.#optimisers.discriminator.dispose();
    this.#generator.dispose();
    this.#average?.dispose();
    this.#discriminator.dispose();
  }

  get #average(): GeneratorNet | null {
    return this.#sampled === this.#generator ? null : this.#sampled;
  }
}

/** Latent points of z [count, space.z] and a class for each. */
function withClasses(z: Float32Array, space: LatentSpace, classOf: (n: number) => number): Float32Array {
  const length = pointLength(space);
  const count = z.length / space.z;
  const points = new Float32Array(count * length);
  for (let n = 0; n < count; n++) {
    points.set(z.subarray(n * space.z, (n + 1) * space.z), n * length);
    points[n * length + space.z + classOf(n)] = 1;
  }
  return points;
}

function normals(count: number, seed: number, ...path: (string | number)[]): Float32Array {
  const random = randomStream(seed, ...path);
  return Float32Array.from({ length: count }, () => random.normal());
}

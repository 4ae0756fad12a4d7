import { UserError } from '../../contract/errors.ts';
import type { GeneratorRecipe } from '../../contract/recipes.ts';
import { randomStream } from '../../domain/random.ts';
import { buildDiscriminator, buildGenerator, ganStep } from '../architectures/dcgan.ts';
import type { Discriminator, GeneratorNet } from '../architectures/model.ts';
import { loadParameters, parameterValues } from '../architectures/parameters.ts';
import { batchOrder, stepIndices, stepsPerEpoch } from '../data/batches.ts';
import type { DataSet } from '../data/data-set.ts';
import { createUnitRangeGather, type UnitRangeGather } from './images.ts';
import { Optimiser } from '../architectures/optimiser.ts';
import type { AdamSettings, Engine, Program } from '../engines/engine.ts';
import { ImageRenderer, renderEntry } from './renderer.ts';
import { encodeGeneratorWeights, type ParameterValues } from '../weights/weights.ts';

/** All that a step of adversarial training changes. */
export interface GanState {
  generator: ParameterValues;
  discriminator: ParameterValues;
  /** Adam's moments by name, of both networks: their names differ. */
  optimisers: Record<string, Float32Array>;
}

export const ganSeries = ['lossD', 'lossG', 'dReal', 'dFake'] as const;
type GanLosses = Record<(typeof ganSeries)[number], number>;

/** A DCGAN in training. A step is a function of the state before it and of (seed, step). */
export class GanTrainer {
  readonly renderer: ImageRenderer;
  readonly #engine: Engine;
  readonly #recipe: GeneratorRecipe;
  readonly #seed: number;
  readonly #data: DataSet;
  readonly #generator: GeneratorNet;
  readonly #discriminator: Discriminator;
  readonly #optimisers: { generator: Optimiser; discriminator: Optimiser };
  readonly #program: Program<'train' | 'infer'>;
  readonly #gather: UnitRangeGather;
  readonly #stepsPerEpoch: number;
  #order: { epoch: number; indices: Uint32Array } | undefined;

  constructor(engine: Engine, recipe: GeneratorRecipe, seed: number, data: DataSet) {
    this.#engine = engine;
    this.#recipe = recipe;
    this.#seed = seed;
    this.#data = data;
    this.#stepsPerEpoch = stepsPerEpoch(data.train.count, recipe.batch);
    const generator = buildGenerator(engine, recipe, seed);
    const discriminator = buildDiscriminator(engine, recipe, seed);
    const { stepSize, beta1 } = recipe;
    const settings: AdamSettings = { stepSize, beta1, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, decoupled: false };
    const generatorOptimiser = new Optimiser(engine, generator.parameters, settings);
    const discriminatorOptimiser = new Optimiser(engine, discriminator.parameters, settings);
    this.#generator = generator;
    this.#discriminator = discriminator;
    this.#optimisers = { generator: generatorOptimiser, discriminator: discriminatorOptimiser };
    const adversaries = { generator, discriminator, generatorOptimiser, discriminatorOptimiser };
    this.#program = engine.compile({
      train: ganStep(engine, adversaries, recipe.batch),
      infer: renderEntry(generator),
    });
    this.#gather = createUnitRangeGather(data, generator.size);
    this.renderer = new ImageRenderer(engine, generator, this.#program.run.infer);
  }

  get size(): number {
    return this.#generator.size;
  }

  /** One step, from 1: discriminator, then generator. @throws UserError `training.diverged` if a loss is not finite */
  async train(step: number): Promise<GanLosses> {
    const { tf } = this.#engine;
    const { batch, latent } = this.#recipe;
    const { size } = this.#generator;
    const inputs = {
      images: tf.tensor4d(this.realImages(step), [batch, size, size, 1]),
      z: tf.tensor2d(normals(batch * latent, this.#seed, 'z', step), [batch, latent]),
      t: tf.scalar(step),
    };
    const values = await this.#program.run.train(inputs);
    tf.dispose(Object.values(inputs));
    const losses = Object.fromEntries(ganSeries.map((name) => [name, values[name]?.[0] ?? Number.NaN])) as GanLosses;
    if (Object.values(losses).every(Number.isFinite)) return losses;
    throw new UserError({
      code: 'training.diverged',
      what: `A loss of the generator's training is not a number at step ${step}`,
      where: 'generator.recipe',
      remedy: 'Choose a lower learning rate, or another seed.',
    });
  }

  /** The real images of a step, float32 [batch, size, size, 1] in [-1, 1]. */
  realImages(step: number): Float32Array {
    const epoch = Math.floor((step - 1) / this.#stepsPerEpoch);
    if (this.#order?.epoch !== epoch) {
      this.#order = { epoch, indices: batchOrder(this.#seed, epoch, this.#data.train.count) };
    }
    const position = (step - 1) % this.#stepsPerEpoch;
    return this.#gather(this.#data.train, stepIndices(this.#order.indices, this.#recipe.batch, position));
  }

  /** `count` latent points that stay the same during a training, to show its progress. */
  fixedLatents(count: number): Float32Array {
    return normals(count * this.#recipe.latent, this.#seed, 'fixed-z');
  }

  async readState(): Promise<GanState> {
    return {
      generator: await parameterValues(this.#engine, this.#generator),
      discriminator: await parameterValues(this.#engine, this.#discriminator),
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
    this.#optimisers.generator.load(state.optimisers);
    this.#optimisers.discriminator.load(state.optimisers);
  }

  /** The generator alone, as a blob. */
  async encodeWeights(): Promise<Buffer> {
    const { kind, latent, features } = this.#recipe;
    const parameters = await parameterValues(this.#engine, this.#generator);
    return encodeGeneratorWeights({ meta: { kind, latent, features }, parameters });
  }

  dispose(): void {
    this.#program.dispose();
    this.#optimisers.generator.dispose();
    this.#optimisers.discriminator.dispose();
    this.#generator.dispose();
    this.#discriminator.dispose();
  }
}

function normals(count: number, seed: number, ...path: (string | number)[]): Float32Array {
  const random = randomStream(seed, ...path);
  return Float32Array.from({ length: count }, () => random.normal());
}

import type { Rank, Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { GeneratorRecipe } from '../../contract/recipes.ts';
import type { Engine, Entry } from '../engines/engine.ts';
import { batchNorm, scaleOutputs } from './layers.ts';
import type { Discriminator, GeneratorNet, Statistics } from './model.ts';
import type { Optimiser } from './optimiser.ts';
import { normal, ParameterSet } from './parameters.ts';

/** Radford et al. 2016 and PyTorch's example: weights N(0, 0.02), batch norm's gamma N(1, 0.02), no biases. */
const weightInitial = normal(0, 0.02);
const gammaInitial = normal(1, 0.02);
const slope = 0.2;
const kernel = 4;

/** Side length of the first feature map, and features of each map up to the last, in units of `features`. */
const plans = {
  dcgan64: { start: 4, features: [8, 4, 2, 1] },
  dcgan28: { start: 7, features: [2, 1] },
} as const;

/** Decides the number and shapes of a generator's parameters. */
type GeneratorShape = Pick<GeneratorRecipe, 'kind' | 'latent' | 'features'>;

interface Plan {
  start: number;
  /** Features of the maps from the smallest to the largest; each is twice as wide as the previous one. */
  maps: number[];
  size: number;
}

function plan({ kind, features }: Pick<GeneratorRecipe, 'kind' | 'features'>): Plan {
  const { start, features: multiples } = plans[kind];
  return { start, maps: multiples.map((multiple) => multiple * features), size: start * 2 ** multiples.length };
}

/**
 * Generator: a transposed convolution from z to the smallest map, then each doubles the size; batch norm and ReLU
 * between them, tanh at the end. `dcgan64` has five of them, as in the paper.
 */
export function buildGenerator(engine: Engine, recipe: GeneratorShape, seed: number): GeneratorNet {
  const { ops, tf } = engine;
  const set = new ParameterSet(tf, seed);
  const { start, maps, size } = plan(recipe);
  const outputs = [...maps, 1];
  const layers = outputs.map((features, index) => {
    const inputs = outputs[index - 1] ?? recipe.latent;
    const first = index === 0;
    const side = first ? start : kernel;
    const name = `generator.${index + 1}`;
    const w = set.weight<Rank.R4>(`${name}.weight`, [side, side, features, inputs], weightInitial);
    const norm = index < maps.length ? batchNorm(engine, set, `${name}.norm`, features, gammaInitial) : undefined;
    const mapSize = start * 2 ** index;
    const grow = (x: Tensor4D, w: Tensor4D): Tensor4D =>
      first ? ops.conv2dTranspose(x, w, mapSize, 1, 'valid') : ops.conv2dTranspose(x, w, mapSize, 2, 'same');
    return (x: Tensor4D, statistics: Statistics): Tensor4D => {
      if (!norm) return ops.tanh(grow(x, w));
      if (statistics !== 'running') {
        return norm.byBatch(grow(x, w), { learn: statistics === 'batch-and-learn', slope: 0 });
      }
      const { factor, term } = norm.byRunning();
      return ops.relu(ops.biasAdd(grow(x, scaleOutputs(engine, w, factor, 2)), term));
    };
  });
  return {
    parameters: set.parameters,
    size,
    latent: recipe.latent,
    dispose: () => set.dispose(),
    images: (z, statistics) =>
      layers.reduce<Tensor4D>(
        (x, layer) => tf.tidy(() => layer(x, statistics)),
        tf.reshape(z, [z.shape[0], 1, 1, z.shape[1]]),
      ),
  };
}

/** The generator's mirror image: LeakyReLU 0.2; batch norm, always by the batch, except in first and last layer. */
export function buildDiscriminator(engine: Engine, recipe: GeneratorRecipe, seed: number): Discriminator {
  const { ops, tf } = engine;
  const set = new ParameterSet(tf, seed);
  const { start, maps, size } = plan(recipe);
  const outputs = maps.toReversed();
  const layers = outputs.map((features, index) => {
    const name = `discriminator.${index + 1}`;
    const w = set.weight<Rank.R4>(`${name}.weight`, [kernel, kernel, outputs[index - 1] ?? 1, features], weightInitial);
    const norm = index > 0 ? batchNorm(engine, set, `${name}.norm`, features, gammaInitial) : undefined;
    return (x: Tensor4D): Tensor4D => {
      const y = ops.conv2d(x, w, 2, 'same');
      return norm ? norm.byBatch(y, { learn: false, slope }) : ops.leakyRelu(y, slope);
    };
  });
  const last = set.weight<Rank.R4>('discriminator.last.weight', [start, start, maps[0]!, 1], weightInitial);
  return {
    parameters: set.parameters,
    size,
    dispose: () => set.dispose(),
    logits: (images) => {
      const features = layers.reduce((x, layer) => tf.tidy(() => layer(x)), images);
      return tf.reshape(ops.conv2d(features, last, 1, 'valid'), [images.shape[0]]) as Tensor1D;
    },
  };
}

/** Two networks and their optimisers. */
interface Adversaries {
  generator: GeneratorNet;
  discriminator: Discriminator;
  generatorOptimiser: Optimiser;
  discriminatorOptimiser: Optimiser;
}

/**
 * One step of adversarial training on batches of `n` images (Goodfellow et al. 2014; Radford et al. 2016): the
 * discriminator learns on a real and a generated batch, each with batch statistics of its own, then the generator
 * against the updated discriminator, by the same generated images and with the non-saturating loss.
 *
 * Takes `images` [n, size, size, 1] in [-1, 1]; `z` [n, latent], standard normal; `t`, a float32 scalar, 1 at the first
 * step. Gives `lossD` (sum over both batches) and `lossG` in nats, and the mean probability of being real that the
 * discriminator gives the real (`dReal`) and the generated batch (`dFake`) before its update.
 */
export function ganStep(engine: Engine, adversaries: Adversaries, n: number): Entry {
  const { ops, tf } = engine;
  const { generator, discriminator, generatorOptimiser, discriminatorOptimiser } = adversaries;
  const meanProbability = (logits: Tensor1D): Tensor => tf.keep(tf.mean(tf.sigmoid(logits)));
  const { size, latent } = generator;
  const inputs: Entry['inputs'] = {
    images: { shape: [n, size, size, 1], dtype: 'float32' },
    z: { shape: [n, latent], dtype: 'float32' },
    t: { shape: [], dtype: 'float32' },
  };
  const step: Entry['step'] = (inputs) => {
    const { images, z, t } = inputs as { images: Tensor4D; z: Tensor2D; t: Scalar };
    const results: Record<string, Tensor> = {};
    const generatorStep = generatorOptimiser.gradients(() => {
      const fake = generator.images(z, 'batch-and-learn');
      // Gradients of the discriminator's own weights: they end at the generated images.
      const discriminatorStep = discriminatorOptimiser.gradients(() => {
        const onReal = discriminator.logits(images);
        const onFake = discriminator.logits(fake);
        results.dReal = meanProbability(onReal);
        results.dFake = meanProbability(onFake);
        return tf.add(ops.sigmoidCrossEntropy(onReal, 1), ops.sigmoidCrossEntropy(onFake, 0)) as Scalar;
      });
      discriminatorOptimiser.apply(discriminatorStep.grads, t);
      results.lossD = tf.keep(discriminatorStep.value);
      return ops.sigmoidCrossEntropy(discriminator.logits(fake), 1);
    });
    generatorOptimiser.apply(generatorStep.grads, t);
    return { ...results, lossG: generatorStep.value };
  };
  return { step, inputs };
}

/** From `z` [n, latent] to `images` [n, size, size, 1] in [-1, 1], with running statistics, so that images do not influence each other. */
export function generatorInfer(generator: GeneratorNet, n: number): Entry {
  return {
    step: ({ z }) => ({ images: generator.images(z as Tensor2D, 'running') }),
    inputs: { z: { shape: [n, generator.latent], dtype: 'float32' } },
  };
}

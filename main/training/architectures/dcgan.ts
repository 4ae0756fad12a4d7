import type { Rank, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { GeneratorRecipe } from '../../contract/recipes/recipes.ts';
import { type LatentSpace, pointLength } from '../../domain/anchors/latents.ts';
import type { Engine, Entry } from '../engines/engine.ts';
import { batchNorm, flatten, scaleOutputs } from './layers.ts';
import type { Discriminator, DiscriminatorOptions, GeneratorNet, Statistics } from './model.ts';
import type { NetworkEngine } from '../engines/network-ops.ts';
import { constant, normal, ParameterSet } from './parameters.ts';
import { SpectralNorm } from './spectral-norm.ts';

/** Radford et al. 2016 and PyTorch's example: weights N(0, 0.02), batch norm's gamma N(1, 0.02), no biases. */
const weightInitial = normal(0, 0.02);
const gammaInitial = normal(1, 0.02);
const slope = 0.2;
const kernel = 4;

/** Side length of the first feature map, and features of each map up to the last, in units of `features`. */
const plans = {
  dcgan64: { start: 4, features: [8, 4, 2, 1] },
  dcgan32: { start: 4, features: [4, 2, 1] },
  dcgan28: { start: 7, features: [2, 1] },
} as const;

/** Decides the number and shapes of a generator's parameters. */
export interface GeneratorShape extends Pick<GeneratorRecipe, 'kind' | 'latent' | 'features' | 'channels'> {
  /** Number of classes of a conditional generator. */
  classes?: number | undefined;
}

/** The shape of a recipe's generator for a data set with so many classes. */
export function generatorShape(recipe: GeneratorRecipe, classes: number): GeneratorShape {
  const { kind, latent, features, channels, conditional } = recipe;
  return { kind, latent, features, ...(channels && { channels }), ...(conditional && { classes }) };
}

/** What a generator of this shape makes images from. */
export const latentSpace = ({ latent, classes = 0 }: GeneratorShape): LatentSpace => ({ z: latent, classes });

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
 * between them, tanh at the end. `dcgan64` has five of them, as in the paper. A conditional one takes the one-hot class
 * beside z (Mirza & Osindero 2014), so that the first weights of a class are its embedding.
 */
export function buildGenerator(engine: NetworkEngine, recipe: GeneratorShape, seed: number | null): GeneratorNet {
  const { ops, tf } = engine;
  const set = new ParameterSet(tf, seed);
  const { start, maps, size } = plan(recipe);
  const { channels = 1 } = recipe;
  const space = latentSpace(recipe);
  const outputs = [...maps, channels];
  const layers = outputs.map((features, index) => {
    const inputs = outputs[index - 1] ?? pointLength(space);
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
    size: { width: size, height: size, channels },
    space,
    dispose: () => set.dispose(),
    images: (points, statistics) =>
      layers.reduce<Tensor4D>(
        (x, layer) => tf.tidy(() => layer(x, statistics)),
        tf.reshape(points, [points.shape[0], 1, 1, points.shape[1]]),
      ),
  };
}

/** Lines of Python that define `images(z)` of what `buildGenerator` builds, see `ClassifierArchitecture.pytorch`. */
export function generatorInPytorch(shape: GeneratorShape): string[] {
  const layers = plan(shape).maps.length + 1;
  return [
    'def norm(x, name): return F.batch_norm(x, *(w[f"{name}.{part}"] for part in ("mean", "variance", "gamma", "beta")))',
    'def images(z):',
    '    x = F.conv_transpose2d(z[:, :, None, None], w["generator.1.weight"])',
    `    for k in range(2, ${layers + 1}):`,
    '        x = F.relu(norm(x, f"generator.{k - 1}.norm"))',
    '        x = F.conv_transpose2d(x, w[f"generator.{k}.weight"], stride=2, padding=1)',
    '    return torch.tanh(x)',
  ];
}

/**
 * The generator's mirror image: LeakyReLU 0.2; batch norm, always by the batch, except in first and last layer. With
 * spectral norm all weights have it, and biases replace batch norm, as in Miyato et al. 2018.
 *
 * A conditional one adds the product of the last map with an embedding of the class to the logit (the projection of
 * Miyato & Koyama 2018, of the map itself instead of its sum over positions).
 */
export function buildDiscriminator(
  engine: Engine,
  shape: GeneratorShape & Pick<GeneratorRecipe, 'spectralNorm'>,
  seed: number,
): Discriminator {
  const { ops, tf } = engine;
  const set = new ParameterSet(tf, seed);
  const { start, maps } = plan(shape);
  const { channels = 1, classes = 0, spectralNorm = false } = shape;
  const spectral = new SpectralNorm(tf, set);
  const outputs = maps.toReversed();
  /** A weight, and how a step uses it. */
  const weight = <R extends Rank>(name: string, sizes: number[]) => {
    const w = set.weight<R>(name, sizes, weightInitial);
    if (!spectralNorm) return () => w;
    spectral.add(name, w);
    return ({ directions }: DiscriminatorOptions) => spectral.normalized(name, w, directions);
  };
  const layers = outputs.map((features, index) => {
    const name = `discriminator.${index + 1}`;
    const w = weight<Rank.R4>(`${name}.weight`, [kernel, kernel, outputs[index - 1] ?? channels, features]);
    if (spectralNorm) {
      const b = set.weight<Rank.R1>(`${name}.bias`, [features], constant(0));
      return (x: Tensor4D, options: DiscriminatorOptions): Tensor4D =>
        ops.leakyRelu(ops.biasAdd(ops.conv2d(x, w(options), 2, 'same'), b), slope);
    }
    const norm = index > 0 ? batchNorm(engine, set, `${name}.norm`, features, gammaInitial) : undefined;
    return (x: Tensor4D, options: DiscriminatorOptions): Tensor4D => {
      const y = ops.conv2d(x, w(options), 2, 'same');
      return norm ? norm.byBatch(y, { learn: false, slope }) : ops.leakyRelu(y, slope);
    };
  });
  const last = weight<Rank.R4>('discriminator.last.weight', [start, start, maps[0]!, 1]);
  const length = start * start * maps[0]!;
  const embedding = classes > 0 ? weight<Rank.R2>('discriminator.classes.weight', [classes, length]) : undefined;
  return {
    parameters: set.parameters,
    dispose: () => set.dispose(),
    iterate: () => spectral.iterate(),
    logits: (images, options = {}) => {
      const map = layers.reduce((x, layer) => tf.tidy(() => layer(x, options)), images);
      const logits = tf.reshape(ops.conv2d(map, last(options), 1, 'valid'), [images.shape[0]]) as Tensor1D;
      if (!embedding) return logits;
      if (!options.classes) throw new Error('a conditional discriminator needs the classes of its images');
      const ofClass = ops.dense(options.classes, embedding(options), tf.zeros([length]));
      return tf.add(logits, tf.sum(tf.mul(flatten(engine, map), ofClass), 1));
    },
  };
}

/**
 * From latent points `z` [n, pointLength] to `images` [n, height, width, channels] in [-1, 1], with running statistics, so
 * that images do not influence each other.
 */
export function generatorInfer(generator: GeneratorNet, n: number): Entry {
  return {
    step: ({ z }) => ({ images: generator.images(z as Tensor2D, 'running') }),
    inputs: { z: { shape: [n, pointLength(generator.space)], dtype: 'float32' } },
  };
}

import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { NetworkEngine } from '../engines/network-ops.ts';
import { constant, type Initial, type ParameterSet, uniformByFanIn } from './parameters.ts';

/** PyTorch's batch norm: running = 0.9 running + 0.1 batch, epsilon 1e-5. */
const momentum = 0.1;
const epsilon = 1e-5;

/** A dense layer from `inputs` to `outputs` features. */
export function denseLayer(
  engine: NetworkEngine,
  set: ParameterSet,
  name: string,
  inputs: number,
  outputs: number,
): (x: Tensor2D) => Tensor2D {
  const { w, b } = denseParameters(set, name, inputs, outputs);
  return (x) => engine.ops.dense(x, w, b);
}

/** w [inputs, outputs] and b [outputs] */
function denseParameters(set: ParameterSet, name: string, inputs: number, outputs: number) {
  const initial = uniformByFanIn(inputs);
  const w = set.weight<Rank.R2>(`${name}.weight`, [inputs, outputs], initial);
  const b = set.weight<Rank.R1>(`${name}.bias`, [outputs], initial);
  return { w, b };
}

/**
 * A dense layer with batch norm after it, and ReLU. As before a convolution's norm, the bias is not trained
 * (`normalizedConvolutionLayer`); the running mean includes it.
 */
export function normalizedDenseLayer(
  engine: NetworkEngine,
  set: ParameterSet,
  names: { dense: string; norm: string },
  inputs: number,
  outputs: number,
): (x: Tensor2D, training: boolean) => Tensor2D {
  const { ops, tf } = engine;
  const initial = uniformByFanIn(inputs);
  const w = set.weight<Rank.R2>(`${names.dense}.weight`, [inputs, outputs], initial);
  const b = set.constant<Rank.R1>(`${names.dense}.bias`, [outputs], initial);
  const norm = batchNorm(engine, set, names.norm, outputs);
  return (x, training) =>
    tf.tidy(() => {
      const y: Tensor2D = ops.dense(x, w, b);
      if (training) {
        const places: Tensor4D = tf.reshape(y, [y.shape[0], 1, 1, outputs]);
        return tf.reshape(norm.byBatch(places, { learn: true, slope: 0 }), y.shape) as Tensor2D;
      }
      const { factor, term } = norm.byRunning();
      return ops.relu(ops.biasAdd(tf.mul(y, factor) as Tensor2D, term));
    });
}

interface AttentionShape {
  width: number;
  heads: number;
  headWidth: number;
  tokens: number;
}

/** Self-attention from `width` to `heads * headWidth` features, of images of `tokens` rows each. */
export function selfAttentionLayer(
  engine: NetworkEngine,
  set: ParameterSet,
  name: string,
  { width, heads, headWidth, tokens }: AttentionShape,
): (x: Tensor2D) => Tensor2D {
  const { w, b } = denseParameters(set, name, width, 3 * heads * headWidth);
  return (x) => engine.ops.selfAttention(x, w, b, tokens, heads);
}

interface ConvolutionShape {
  kernel: number;
  inputs: number;
  outputs: number;
  stride: number;
  /** A number: as many rows and columns of zeros on each side, as in PyTorch. */
  padding: 'same' | 'valid' | number;
}

function convolve(engine: NetworkEngine, x: Tensor4D, w: Tensor4D, { stride, padding }: ConvolutionShape): Tensor4D {
  const { ops, tf } = engine;
  if (typeof padding !== 'number') return ops.conv2d(x, w, stride, padding);
  const sides: [number, number] = [padding, padding];
  const none: [number, number] = [0, 0];
  return ops.conv2d(tf.pad(x, [none, sides, sides, none]), w, stride, 'valid');
}

/** A convolution with bias. Tidies up after itself, as its result is the largest thing in a network. */
export function convolutionLayer(
  engine: NetworkEngine,
  set: ParameterSet,
  name: string,
  shape: ConvolutionShape,
): (x: Tensor4D) => Tensor4D {
  const initial = uniformByFanIn(shape.kernel * shape.kernel * shape.inputs);
  const w = convolutionWeight(set, name, shape);
  const b = set.weight<Rank.R1>(`${name}.bias`, [shape.outputs], initial);
  return (x) => engine.tf.tidy(() => engine.ops.biasAdd(convolve(engine, x, w, shape), b));
}

function convolutionWeight(set: ParameterSet, name: string, { kernel, inputs, outputs }: ConvolutionShape) {
  const initial = uniformByFanIn(kernel * kernel * inputs);
  return set.weight<Rank.R4>(`${name}.weight`, [kernel, kernel, inputs, outputs], initial);
}

/**
 * A convolution with bias or without, batch norm after it, and optionally ReLU.
 *
 * Batch norm subtracts each channel's mean, and the bias with it. So training leaves the bias out: its gradient would
 * be rounding noise, and it would cost two passes over the largest tensors of a network. The bias keeps its initial
 * value, which the running mean includes. With running statistics the norm is folded into the convolution.
 */
export function normalizedConvolutionLayer(
  engine: NetworkEngine,
  set: ParameterSet,
  names: { convolution: string; norm: string },
  shape: ConvolutionShape,
  { relu, bias = true }: { relu: boolean; bias?: boolean },
): (x: Tensor4D, training: boolean) => Tensor4D {
  const { ops, tf } = engine;
  const { outputs } = shape;
  const w = convolutionWeight(set, names.convolution, shape);
  const initial = uniformByFanIn(shape.kernel * shape.kernel * shape.inputs);
  const b = bias ? set.constant<Rank.R1>(`${names.convolution}.bias`, [outputs], initial) : undefined;
  const norm = batchNorm(engine, set, names.norm, outputs);
  return (x, training) =>
    tf.tidy(() => {
      const rectify = relu ? { slope: 0 } : {};
      if (training) {
        return norm.byBatch(convolve(engine, x, w, shape), { learn: true, ...(b && { bias: b }), ...rectify });
      }
      const { factor, term } = norm.byRunning(b);
      const y = ops.biasAdd(convolve(engine, x, scaleOutputs(engine, w, factor, 3), shape), term);
      return relu ? ops.relu(y) : y;
    });
}

/** Multiplies the filter's outputs, which lie along `axis`, by a factor each. */
export function scaleOutputs(engine: NetworkEngine, w: Tensor4D, factor: Tensor1D, axis: 2 | 3): Tensor4D {
  const { tf } = engine;
  const outputs = factor.shape.at(-1) ?? 0;
  const along = axis === 3 ? [1, 1, 1, outputs] : [1, 1, outputs, 1];
  return tf.mul(w, tf.reshape<Rank>(factor, [...factor.shape.slice(0, -1), ...along])) as Tensor4D;
}

/** Batch norm, by the batch's own statistics or by running ones. */
interface BatchNormLayer {
  /** With a leaky ReLU of this slope, or none. `learn` updates the running statistics, those of x + `bias`. */
  byBatch(x: Tensor4D, options: { learn: boolean; slope?: number; bias?: Tensor1D }): Tensor4D;
  /** The norm of x + `bias` by running statistics is x factor + term. */
  byRunning(bias?: Tensor1D): { factor: Tensor1D; term: Tensor1D };
}

export function batchNorm(
  engine: NetworkEngine,
  set: ParameterSet,
  name: string,
  channels: number,
  gammaInitial: Initial = constant(1),
): BatchNormLayer {
  const { ops, tf } = engine;
  const gamma = set.weight<Rank.R1>(`${name}.gamma`, [channels], gammaInitial);
  const beta = set.weight<Rank.R1>(`${name}.beta`, [channels], constant(0));
  const mean = set.statistic<Rank.R1>(`${name}.mean`, [channels], 0);
  const variance = set.statistic<Rank.R1>(`${name}.variance`, [channels], 1);
  const move = (running: Variable<Rank.R1>, batch: Tensor1D): void => {
    tf.tidy(() => running.assign(tf.add(tf.mul(running, 1 - momentum), tf.mul(batch, momentum)) as Tensor1D));
  };
  return {
    byBatch: (x, { learn, slope, bias }) => {
      const batch =
        slope === undefined ? ops.bnTrain(x, gamma, beta, epsilon) : ops.bnRectified(x, gamma, beta, epsilon, slope);
      if (learn) {
        move(mean, bias ? tf.add(batch.mean, bias) : batch.mean);
        move(variance, batch.variance);
      }
      return batch.y;
    },
    byRunning: (bias) => {
      const factor: Tensor1D = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)));
      const shift = bias ? tf.sub(bias, mean) : tf.neg(mean);
      return { factor, term: tf.add(tf.mul(shift, factor), beta) };
    },
  };
}

/** Layer norm over the last axis of [n, width]. */
export function layerNormLayer(
  engine: NetworkEngine,
  set: ParameterSet,
  name: string,
  width: number,
): (x: Tensor2D) => Tensor2D {
  const gamma = set.weight<Rank.R1>(`${name}.gamma`, [width], constant(1));
  const beta = set.weight<Rank.R1>(`${name}.beta`, [width], constant(0));
  return (x) => engine.ops.layerNorm(x, gamma, beta, epsilon);
}

/**
 * The seed of a step's `layer`-th dropout, from 0: with one seed for all, layers of the same size would drop the same
 * places.
 */
export function dropoutSeedOf(engine: NetworkEngine, seed: Tensor1D, layer: number): Tensor1D {
  if (layer === 0) return seed;
  return engine.tf.add(seed, engine.tf.tensor(Int32Array.of(0, layer), [2], 'int32')) as Tensor1D;
}

/** [n, ...] as [n, the rest]. */
export function flatten(engine: NetworkEngine, x: Tensor): Tensor2D {
  const n = x.shape[0] ?? 0;
  return engine.tf.reshape(x, [n, n === 0 ? 0 : x.size / n]);
}

/** Zeros before and after the rows of x [..., rows, columns]. */
export function padRows<T extends Tensor>(engine: NetworkEngine, x: T, before: number, after: number): T {
  const outer = x.shape.slice(2).map((): [number, number] => [0, 0]);
  return engine.tf.pad(x, [...outer, [before, after], [0, 0]]) as T;
}

/** Adds a parameter [rows, columns] to each of x [n, rows, columns]. */
export function addToEach(engine: NetworkEngine, x: Tensor3D, parameter: Tensor): Tensor3D {
  const { tf, ops } = engine;
  const [n, rows, columns] = x.shape;
  const shape = [...parameter.shape.slice(0, -2), rows * columns];
  const flat = tf.reshape<Rank>(parameter, shape) as Tensor1D;
  return tf.reshape(ops.biasAdd(tf.reshape(x, [n, rows * columns]), flat), x.shape);
}

/** The mean over all places of x [n, height, width, channels], to [n, channels]. */
export function averagePlaces(engine: NetworkEngine, x: Tensor4D): Tensor2D {
  return engine.tf.mean(x, [1, 2]) as Tensor2D;
}

/** Every second row and column of x [n, height, width, channels], from the first. */
export function everySecond(engine: NetworkEngine, x: Tensor4D): Tensor4D {
  const { tf } = engine;
  const [, height, width] = x.shape;
  const none: [number, number] = [0, 0];
  const added: [number, number][] = [none, [0, height % 2], [0, width % 2], none];
  const even: Tensor4D = height % 2 === 0 && width % 2 === 0 ? x : tf.pad(x, added);
  return halve(engine, even, (pairs) => tf.slice(pairs, [0, 0, 0], [pairs.shape[0], 1, pairs.shape[2]]));
}

/** 2x2 average pooling, stride 2; an odd last row or column is dropped. */
export function averagePool2(engine: NetworkEngine, x: Tensor4D): Tensor4D {
  const { tf } = engine;
  const [n, height, width, channels] = x.shape;
  const isEven = height % 2 === 0 && width % 2 === 0;
  const cut = [n, height - (height % 2), width - (width % 2), channels] as [number, number, number, number];
  return halve(engine, isEven ? x : tf.slice(x, [0, 0, 0, 0], cut), (pairs) => tf.mean(pairs, [1]));
}

/** Makes one of each two rows and then of each two columns, by what `combine` makes of [all, 2, rest]: [all, rest]. */
function halve(engine: NetworkEngine, x: Tensor4D, combine: (pairs: Tensor3D) => Tensor): Tensor4D {
  const { tf } = engine;
  const [n, height, width, channels] = x.shape;
  const [rows, columns] = [height / 2, width / 2];
  const byRows = combine(tf.reshape(x, [n * rows, 2, width * channels]));
  const byColumns = combine(tf.reshape(byRows, [n * rows * columns, 2, channels]));
  return tf.reshape(byColumns, [n, rows, columns, channels]);
}

/** Batch norm by running statistics, as a line of Python. */
export const normInPytorch =
  'def norm(x, name): return F.batch_norm(x, *(w[f"{name}.{part}"] for part in ("mean", "variance", "gamma", "beta")))';

import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { NetworkEngine, Statistics } from './model.ts';
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
  const initial = uniformByFanIn(inputs);
  const w = set.weight<Rank.R2>(`${name}.weight`, [inputs, outputs], initial);
  const b = set.weight<Rank.R1>(`${name}.bias`, [outputs], initial);
  return (x) => engine.ops.dense(x, w, b);
}

export interface ConvolutionShape {
  kernel: number;
  inputs: number;
  outputs: number;
  stride: number;
  padding: 'same' | 'valid';
}

/** A convolution with bias. Tidies up after itself, as its result is the largest thing in a network. */
export function convolutionLayer(
  engine: NetworkEngine,
  set: ParameterSet,
  name: string,
  { kernel, inputs, outputs, stride, padding }: ConvolutionShape,
): (x: Tensor4D) => Tensor4D {
  const initial = uniformByFanIn(kernel * kernel * inputs);
  const w = set.weight<Rank.R4>(`${name}.weight`, [kernel, kernel, inputs, outputs], initial);
  const b = set.weight<Rank.R1>(`${name}.bias`, [outputs], initial);
  return (x) => engine.tf.tidy(() => engine.ops.biasAdd(engine.ops.conv2d(x, w, stride, padding), b));
}

/** Batch norm with running statistics for inference. */
export function batchNormLayer(
  engine: NetworkEngine,
  set: ParameterSet,
  name: string,
  channels: number,
  gammaInitial: Initial = constant(1),
): (x: Tensor4D, statistics: Statistics) => Tensor4D {
  const { ops, tf } = engine;
  const gamma = set.weight<Rank.R1>(`${name}.gamma`, [channels], gammaInitial);
  const beta = set.weight<Rank.R1>(`${name}.beta`, [channels], constant(0));
  const mean = set.statistic<Rank.R1>(`${name}.mean`, [channels], 0);
  const variance = set.statistic<Rank.R1>(`${name}.variance`, [channels], 1);
  const move = (running: Variable<Rank.R1>, batch: Tensor1D): void => {
    tf.tidy(() => running.assign(tf.add(tf.mul(running, 1 - momentum), tf.mul(batch, momentum)) as Tensor1D));
  };
  return (x, statistics) => {
    if (statistics === 'running') return ops.bnInfer(x, gamma, beta, mean, variance, epsilon);
    const batch = ops.bnTrain(x, gamma, beta, epsilon);
    if (statistics === 'batch-and-learn') {
      move(mean, batch.mean);
      move(variance, batch.variance);
    }
    return batch.y;
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
